"""A prompt without a terminal is none."""

import io
import sys

import pytest

from connector.bot.commands.prompts import Abandoned, Terminal, password_asker, terminal_or_none


def test_where_nobody_sits_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("yes\n"))
    assert terminal_or_none() is None
    assert password_asker(None) is None


@pytest.mark.parametrize(("typed", "agrees"), [("yes\n", True), ("Yes\n", False), ("y\n", False), ("\n", False)])
def test_the_whole_word_is_asked_for(monkeypatch: pytest.MonkeyPatch, typed: str, agrees: bool) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    assert Terminal().agrees("Go on?") is agrees


def test_the_end_of_the_input_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(Abandoned):
        Terminal().word("Go on?")
