"""The lines of the control socket: versioned, bounded, and never a surprise."""

import json

import pytest

from connector.bot.control.lines import (
    MOST_BYTES_ANSWERED,
    Ask,
    BadLine,
    Question,
    answer,
    answered,
    asked,
    question,
    refusal,
)


@pytest.mark.parametrize("ask", Ask)
def test_what_is_asked_is_heard(ask: Ask) -> None:
    assert asked(question(Question(ask))) == Question(ask)
    assert asked(question(Question(ask, "eth"))) == Question(ask, "eth")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"", "is no JSON"),
        (b"hello\n", "is no JSON"),
        (b"[1]\n", "is no JSON object"),
        (b'{"ask": "status"}\n', "speaks version None; this is version 1"),
        (b'{"v": 2, "ask": "status"}\n', "speaks version 2; this is version 1"),
        (b'{"v": 1, "ask": "sing"}\n', "asks for nothing that is known; it is one of status, orders"),
        (b'{"v": 1, "ask": ["status"]}\n', "asks for nothing that is known"),
        (b'{"v": 1, "ask": "pause", "strategy": 1}\n', "the name of a strategy is text"),
        (b"[" * 4_000, "is no JSON"),
    ],
)
def test_a_line_that_asks_nothing_is_refused_with_a_reason(line: bytes, why: str) -> None:
    with pytest.raises(BadLine, match=why):
        asked(line)


def test_an_answer_and_a_refusal_come_back_as_they_were_given() -> None:
    assert answered(answer({"state": "paused", "orders": [1]})) == {"state": "paused", "orders": [1]}
    with pytest.raises(BadLine, match="it is stopping"):
        answered(refusal("it is stopping"))


def test_an_answer_that_is_too_long_for_a_line_is_said_to_be() -> None:
    line = answer({"orders": "x" * MOST_BYTES_ANSWERED})
    assert json.loads(line) == {"v": 1, "ok": False, "error": "the answer is too long for a line"}
