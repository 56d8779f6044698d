"""What `connector run` takes, taken by a command that starts a run: one definition of each option, no second list."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints

from typer.models import ArgumentInfo, OptionInfo

Command = Callable[..., None]


@dataclass(frozen=True, slots=True)
class _Parameter:
    """One of a command's: as Python knows it, and as it is typed."""

    python: inspect.Parameter
    is_argument: bool
    #: Of an option.
    names: tuple[str, ...] = ()

    def without(self, taken: set[str]) -> "_Parameter | None":
        """The same, without names that another option has; None where none is left."""
        left = tuple(name for name in self.names if name not in taken)
        if self.python.name in taken or not (left or self.is_argument):
            return None
        if left == self.names:
            return self
        kind, about = get_args(self.python.annotation)
        renamed = copy(about)
        renamed.default, renamed.param_decls = left[0], left[1:]
        return replace(self, python=self.python.replace(annotation=Annotated[kind, renamed]), names=left)


class OptionsOf:
    """The options and arguments of a command, but those whose names in Python are in `but`."""

    def __init__(self, command: Command, *, but: tuple[str, ...] = ()) -> None:
        self._rows = [row for row in _parameters(command) if row.python.name not in but]

    def taken_by(self, command: Command) -> Command:
        """The same command, which takes them too and gets them as `**`. A name that is its own stays its own."""
        own = [row for row in _parameters(command) if row.python.kind is not inspect.Parameter.VAR_KEYWORD]
        taken = {name for row in own for name in (row.python.name, *row.names)}
        self._rows = [kept for row in self._rows if (kept := row.without(taken)) is not None]
        # The last two are --json and --home, as everywhere.
        shown = [row.python for row in (*own[:-2], *self._rows, *own[-2:])]

        def with_options(**given: Any) -> None:
            command(**given)

        with_options.__doc__, with_options.__name__ = command.__doc__, command.__name__
        with_options.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
        with_options.__annotations__ = {row.name: row.annotation for row in shown}
        return with_options

    def typed(self, given: Mapping[str, Any]) -> Iterator[str]:
        """The words that hand what was given on to the command whose options they are."""
        arguments = []
        for row in self._rows:
            value = given.get(row.python.name)
            if value is None or value is False or value == row.python.default:
                continue
            values = value if isinstance(value, (list, tuple)) else (value,)
            texts = [str(each.absolute() if isinstance(each, Path) else each) for each in values]
            if row.is_argument:
                arguments += texts
            elif value is True:
                yield row.names[0]
            else:
                yield from (word for text in texts for word in (row.names[0], text))
        if arguments:
            yield from ("--", *arguments)


def _parameters(command: Command) -> Iterator[_Parameter]:
    hints = get_type_hints(command, include_extras=True)
    for name, parameter in inspect.signature(command).parameters.items():
        annotation = hints.get(name, parameter.annotation)
        about = getattr(annotation, "__metadata__", ())
        is_argument = any(isinstance(row, ArgumentInfo) for row in about)
        named = [
            decl for row in about if isinstance(row, OptionInfo) for decl in (row.default, *(row.param_decls or ()))
        ]
        names = tuple(decl for decl in named if isinstance(decl, str)) or (f"--{name.replace('_', '-')}",)
        yield _Parameter(parameter.replace(annotation=annotation), is_argument, () if is_argument else names)
