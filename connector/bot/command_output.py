"""What a command tells: words for a person, or one JSON object on standard output for a program."""

import json
import signal
import sys
from collections.abc import Mapping
from typing import Annotated, Any, TextIO

import typer
from rich.console import Console

#: What was done, as it stands in the object. Never a secret.
Facts = dict[str, Any]

AsJsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object; words and questions go to standard error.")
]


class CommandOutput:
    """Of one command. With `as_json` nothing but the object is on standard output, and nothing at all where the command
    fails: the line of the failure is on standard error, as ever."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    @property
    def is_at_terminal(self) -> bool:
        """Whether a person can be asked, and can read what is asked."""
        # A program that was started without standard input has none at all.
        return bool(sys.stdin) and sys.stdin.isatty() and self.file.isatty()

    def say(self, line: str = "") -> None:
        """A line for a person."""
        typer.echo(line, err=self._as_json)

    @property
    def file(self) -> TextIO:
        """Where words for a person go."""
        return sys.stderr if self._as_json else sys.stdout

    @property
    def console(self) -> Console:
        """Where tables for a person go."""
        return Console(stderr=self._as_json)

    def asked(self, question: str) -> str:
        """A line that is typed. Raises `EOFError`, `KeyboardInterrupt`."""
        if not self._as_json:
            return input(question).strip()
        typer.echo(question, nl=False, err=True)
        return input().strip()

    def typed(self, question: str) -> str:
        """The same; what ends it is no word. A loop that runs would keep Ctrl-C to itself meanwhile."""
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return self.asked(question)
        except (EOFError, KeyboardInterrupt):
            return ""
        finally:
            signal.signal(signal.SIGINT, before)

    def give(self, facts: Mapping[str, Any], words: str = "") -> None:
        """How it ended: the object, or `words`, if any, for a person."""
        if self._as_json:
            typer.echo(json.dumps(facts, ensure_ascii=False))
        elif words:
            typer.echo(words)
