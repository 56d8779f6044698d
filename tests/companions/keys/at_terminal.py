"""Commands in a real pseudo-terminal, as a person sits before it."""

import os
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect

from tests.companions.flows.programs import listed
from tests.companions.keys.canaries import CANARIES
from tests.companions.keys.stores import API_KEY, API_SECRET, PASSWORD
from tests.companions.places import ROOT

#: A closed port: what is asked for over the network fails at once, in the program's own way.
NOWHERE = "http://127.0.0.1:9"
PASTE = "\x1b[200~{}\x1b[201~"


class Person:
    """One command at a terminal. `shown` is all that stood there."""

    def __init__(self, home: Path, *words: str, **environment: str) -> None:
        offline = {"HTTPS_PROXY": NOWHERE, "HTTP_PROXY": NOWHERE, "ALL_PROXY": NOWHERE, "CONNECTOR_HOME": str(home)}
        self.child: Any = pexpect.spawn(
            sys.executable, ["-m", "connector", *words], cwd=ROOT, timeout=60, encoding="utf-8", echo=True,
            dimensions=(40, 200), env={**os.environ, **offline, **environment},
        )  # fmt: skip
        self.shown = ""
        self.modes_before = termios.tcgetattr(self.child.child_fd)

    def sees(self, words: str) -> None:
        """Waits for these words, to the letter."""
        self.child.expect_exact(words)
        self.shown += self.child.before + self.child.after
        CANARIES.hear("the list of processes", listed(self.child.pid))

    def sits_until(self, holds: Callable[[], bool], within_s: float = 60.0) -> None:
        """Reads on until something holds elsewhere."""
        until_s = time.monotonic() + within_s
        while not holds():
            assert time.monotonic() < until_s, self.child.before
            self.child.expect(pexpect.TIMEOUT, timeout=0.1)

    def types(self, text: str) -> None:
        self.child.send(text)

    def answers(self, prompt: str, text: str) -> None:
        self.sees(prompt)
        self.types(f"{text}\r")

    def ends(self) -> int:
        """Waits for the end; the exit code."""
        self.child.expect(pexpect.EOF)
        self.shown += self.child.before
        CANARIES.hear("what stood at the terminal", self.shown)
        self._modes_after = termios.tcgetattr(self.child.child_fd)
        self.child.close()
        assert self.child.exitstatus is not None, self.shown
        return int(self.child.exitstatus)

    def is_as_before(self) -> bool:
        """Whether the terminal's modes were those that it had when the command ended."""
        return bool(self._modes_after == self.modes_before)


def connects(home: Path, domain: str = "binance_perpetual", title: str = "Binance Perpetual") -> Person:
    """Gives the first key, without a network, and stores it nevertheless."""
    person = Person(home, "connect", domain)
    person.answers(f"Enter your {title} API key >>> ", API_KEY)
    person.answers(f"Enter your {title} API secret >>> ", API_SECRET)
    person.answers("Store it nevertheless? Type yes to go on, anything else to leave: ", "yes")
    return person


def with_password(person: Person, password: str = PASSWORD) -> Person:
    """The first key's password, twice."""
    person.answers("Choose a password for your keys >>> ", password)
    person.answers("Enter it again >>> ", password)
    return person
