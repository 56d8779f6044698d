"""Hummingbot's interactive client at a terminal, and what stands on its screen."""

import time
from pathlib import Path
from typing import Any, Final

import pexpect
import pyte

from tests.hummingbot.environment import PYTHON, surroundings
from tests.hummingbot.hbot import PASSWORD

_COLUMNS, _ROWS = 200, 60
_READ_S: Final = 0.1
#: It takes a key in its own time: a command and its return that come as one piece are a paste.
_BETWEEN_KEYS_S: Final = 0.3


class Client:
    """One that runs; ended by `ends`."""

    def __init__(self, tree: Path) -> None:
        self._child: Any = pexpect.spawn(
            str(PYTHON), ["-W", "ignore", "-m", "tests.hummingbot.client_program"], cwd=str(tree), encoding="utf-8",
            env=surroundings(tree, HBOT_PASSWORD=PASSWORD, TERM="xterm-256color"), dimensions=(_ROWS, _COLUMNS),
        )  # fmt: skip
        self._screen = pyte.Screen(_COLUMNS, _ROWS)
        self._stream = pyte.Stream(self._screen)

    @property
    def shown(self) -> str:
        """The rows of now that are not empty."""
        return "\n".join(row.rstrip() for row in self._screen.display if row.strip())

    def shows(self, words: str, within_s: float) -> None:
        """Waits for words on the screen."""
        until_s = time.monotonic() + within_s
        while words not in self.shown:
            assert time.monotonic() < until_s, f"never showed {words!r}:\n{self.shown}"
            self._reads()

    def types(self, text: str) -> None:
        """Text and a return."""
        self._child.send(text)
        until_s = time.monotonic() + _BETWEEN_KEYS_S
        while time.monotonic() < until_s:
            self._reads()
        self._child.send("\r")

    def ends(self) -> None:
        """However it stands."""
        self._child.close(force=True)

    def _reads(self) -> None:
        try:
            self._stream.feed(self._child.read_nonblocking(65_536, _READ_S))
        except pexpect.TIMEOUT:
            return
        except pexpect.EOF:
            raise AssertionError(f"the client ended:\n{self.shown}") from None
