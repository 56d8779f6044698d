"""A prompt without a terminal is none."""

import io
import os
import sys
import termios
from collections.abc import Iterator

import pytest

from connector.bot.keys.prompts import Abandoned, Terminal, Unanswered, terminal_or_none


def test_where_nobody_sits_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("yes\n"))
    assert terminal_or_none() is None


@pytest.mark.parametrize(("typed", "agrees"), [("yes\n", True), ("Yes\n", False), ("y\n", False), ("\n", False)])
def test_the_whole_word_is_asked_for(monkeypatch: pytest.MonkeyPatch, typed: str, agrees: bool) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    assert Terminal().agrees("Go on?") is agrees


def test_the_end_of_the_input_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(Abandoned):
        Terminal().word("Go on?")


@pytest.fixture
def pseudo_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """This process's standard input is a terminal; what is written here was typed."""
    mine, theirs = os.openpty()
    before = os.dup(0)
    os.dup2(theirs, 0)
    yield mine
    os.dup2(before, 0)
    for number in (before, mine, theirs):
        os.close(number)


def test_a_prompt_that_has_an_end_waits_no_longer_and_gives_the_terminal_back(pseudo_terminal: int) -> None:
    modes = termios.tcgetattr(0)
    page = io.StringIO()
    with pytest.raises(Unanswered):
        Terminal(page).hidden("Code >>> ", within_s=0.05)
    assert termios.tcgetattr(0) == modes
    os.write(pseudo_terminal, b"123456\r")
    assert Terminal(page).hidden("Code >>> ", within_s=30) == "123456"
    assert "123456" not in page.getvalue()


def test_what_is_asked_never_stands_among_what_a_command_prints(
    pseudo_terminal: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`connector doctor --json > file`, at a terminal."""
    stdin = os.fdopen(os.dup(0))
    monkeypatch.setattr(sys, "stdin", stdin)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert not sys.stdout.isatty()
    terminal = terminal_or_none()
    assert terminal is not None
    os.write(pseudo_terminal, b"a word\n")
    assert terminal.hidden("Enter your password >>> ") == "a word"
    os.write(pseudo_terminal, b"yes\n")
    assert terminal.agrees("Go on?")
    terminal.say("thank you")
    stdin.close()
    told = capsys.readouterr()
    assert told.out == ""
    assert all(words in told.err for words in ("Enter your password >>> ", "Go on? Type yes", "thank you"))
