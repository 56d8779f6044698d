"""Prompts at a terminal that show nothing of what is typed or pasted, and leave the terminal as it was."""

import contextlib
import getpass
import os
import select
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn, TextIO

from connector.core.secrets import Secret
from connector.keys.password_rules import hint_about, too_short
from connector.keys.typed_text import MARK_NO_PASTES, MARK_PASTES, TypedText

try:
    import termios
except ImportError:  # Windows
    termios = None  # type: ignore[assignment]


class Abandoned(Exception):
    """Ctrl-C or Ctrl-D at a prompt."""


class Unanswered(Abandoned):
    """Nothing was typed at a prompt for as long as it waits."""


class Terminal:
    """The terminal that a command was typed at. `out` shows what is asked: never what a command prints, which may go
    into a file."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._ahead = b""

    def say(self, line: str = "") -> None:
        """Shows a line."""
        self._out.write(f"{line}\n")
        self._out.flush()

    def hidden(self, prompt: str, within_s: float | None = None) -> str:
        """What is typed or pasted until Enter, unseen. Raises `Abandoned`, and `Unanswered` where nothing is typed for
        `within_s`."""
        if termios is None:
            return _hidden_by_the_system(prompt, self._out)
        typed = TypedText()
        try:
            with _unseen(self._out):
                # Not before echo is off: who types at once is not shown either.
                _show(self._out, prompt)
                while not (typed.is_done or typed.is_left):
                    data, self._ahead = self._ahead or _read(within_s), b""
                    if not data:
                        raise Abandoned
                    self._ahead = typed.feed(data)
        except KeyboardInterrupt:
            raise Abandoned from None
        finally:
            with contextlib.suppress(OSError):
                self.say()
        if typed.is_left:
            raise Abandoned
        return typed.text

    def word(self, question: str) -> str:
        """A line that may be seen. Raises `Abandoned`."""
        self._ahead = b""
        _show(self._out, question)
        try:
            line = sys.stdin.readline()
        except KeyboardInterrupt:
            line = ""
        if not line:
            self.say()
            raise Abandoned
        return line.strip()

    def agrees(self, question: str) -> bool:
        """Whether the answer is `yes`. Raises `Abandoned`."""
        return self.word(f"{question} Type yes to go on, anything else to leave: ") == "yes"

    def password(self, prompt: str = "Enter your password >>> ") -> Secret:
        """Raises `Abandoned`."""
        return Secret(self.hidden(prompt))

    def new_password(self) -> Secret:
        """Asked twice, long enough, with a hint when it is weak. Raises `Abandoned`."""
        while True:
            password = self.password("Choose a password for your keys >>> ")
            if problem := too_short(password):
                self.say(problem)
                continue
            if hint := hint_about(password):
                self.say(hint)
            if self.password("Enter it again >>> ").reveal() == password.reveal():
                return password
            self.say("the two are not the same")


def terminal_or_none() -> Terminal | None:
    """None where no person is. What a command prints may go into a file meanwhile."""
    # A program that was started without standard input has none at all.
    if not sys.stdin or not sys.stdin.isatty():
        return None
    for out in (sys.stderr, sys.stdout):
        if out.isatty():
            return Terminal(out)
    with contextlib.suppress(OSError):
        return Terminal(Path("/dev/tty").open("w", encoding="utf-8"))
    return None


def _read(within_s: float | None) -> bytes:
    """What was typed by now. Raises `Unanswered`."""
    if within_s is not None and not select.select([0], [], [], within_s)[0]:
        raise Unanswered
    return os.read(0, 4_096)


def _hidden_by_the_system(prompt: str, out: TextIO) -> str:
    """Line by line, as far as a system without POSIX terminals goes."""
    try:
        while not (text := getpass.getpass(prompt, out)):
            pass
    except (KeyboardInterrupt, EOFError):
        raise Abandoned from None
    return text


@contextlib.contextmanager
def _unseen(out: TextIO) -> Iterator[None]:
    """No echo, every key at once, pastes marked; and all as it was, however this ends."""
    assert termios is not None
    before = termios.tcgetattr(0)
    hidden = termios.tcgetattr(0)
    hidden[3] &= ~(termios.ECHO | termios.ICANON)
    for key in (termios.VSUSP, termios.VQUIT):
        hidden[6][key] = b"\0"
    with _ended_by_signals():
        try:
            # What was typed ahead is kept: a paste of two lines answers two prompts.
            termios.tcsetattr(0, termios.TCSADRAIN, hidden)
            _show(out, MARK_PASTES)
            yield
        finally:
            _show(out, MARK_NO_PASTES)
            termios.tcsetattr(0, termios.TCSADRAIN, before)


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A terminal that is closed and a kill unwind too, so that echo is on again."""
    numbers = (signal.SIGTERM, signal.SIGHUP)
    before: dict[signal.Signals, Any] = {number: signal.signal(number, _end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def _show(out: TextIO, text: str) -> None:
    with contextlib.suppress(OSError):
        out.write(text)
        out.flush()
