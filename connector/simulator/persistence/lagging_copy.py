"""A copy of the exchange that is told everything some time after it happened, as a replica of the venue's databases is.

It is an engine of its own, made from the state of the real one as a state file is, and given each of its commands
`lag_ms` later by the steady clock. So all that is read from it is exactly what was true then; in the first `lag_ms` it
is what was true when it was made.
"""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from connector.simulator.engine import Engine
from connector.simulator.errors import VenueError
from connector.simulator.market.listing import Listing
from connector.simulator.persistence.columns import flattened, rebuilt
from connector.simulator.persistence.journal import COMMANDS

#: A command's name, arguments and named arguments.
Command = tuple[str, tuple[Any, ...], dict[str, Any]]


class CommandTap:
    """Tells listeners each command that an engine is given, refused ones too; costs nothing while nobody listens."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._listeners: list[Callable[[Command], None]] = []
        self._before: dict[str, Any] = {}
        self._depth = 0

    def join(self, listener: Callable[[Command], None]) -> None:
        if not self._listeners:
            self._open()
        self._listeners.append(listener)

    def leave(self, listener: Callable[[Command], None]) -> None:
        self._listeners.remove(listener)
        if not self._listeners:
            self._close()

    def _open(self) -> None:
        for name in COMMANDS:
            self._before[name] = vars(self._engine).get(name)
            setattr(self._engine, name, self._watched(name, getattr(self._engine, name)))

    def _close(self) -> None:
        """Leaves the engine as it was found, with the journal's ears where it has them."""
        for name, former in self._before.items():
            if former is None:
                delattr(self._engine, name)
            else:
                setattr(self._engine, name, former)

    def _watched(self, name: str, command: Callable[..., Any]) -> Callable[..., Any]:
        """A command that the engine gives itself is part of the one that came from outside."""

        def watched(*args: Any, **named: Any) -> Any:
            if not self._depth:
                for listener in self._listeners:
                    listener((name, args, named))
            self._depth += 1
            try:
                return command(*args, **named)
            finally:
                self._depth -= 1

        return watched


class LaggingCopy:
    """`engine` as the tapped one was `lag_ms` ago, after `catch_up`."""

    def __init__(self, engine: Engine, tap: CommandTap, lag_ms: int, steady_ms: Callable[[], int]) -> None:
        self.engine: Engine = rebuilt(flattened(engine))
        self._tap, self._lag_ms, self._steady_ms = tap, lag_ms, steady_ms
        self._waiting: deque[tuple[int, Command]] = deque()
        tap.join(self._hear)

    def catch_up(self) -> Engine:
        """The copy, up to the moment that it lags behind."""
        now_ms = self._steady_ms()
        while self._waiting and self._waiting[0][0] <= now_ms:
            self._obey(self._waiting.popleft()[1])
        return self.engine

    def end(self) -> None:
        self._tap.leave(self._hear)

    def _hear(self, command: Command) -> None:
        self._waiting.append((self._steady_ms() + self._lag_ms, command))

    def _obey(self, command: Command) -> None:
        """Nobody hears of what the copy does."""
        name, args, named = command
        with suppress(VenueError):
            getattr(self.engine, name)(*(self._own(each) for each in args), **named)
        self.engine.drain()
        self.engine.ids.touched.clear()

    def _own(self, argument: Any) -> Any:
        return self.engine.listing(argument.symbol) if isinstance(argument, Listing) else argument
