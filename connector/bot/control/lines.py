"""The lines of the control socket: one JSON object each, versioned and bounded.

{"v": 1, "ask": "status"}                ──▶
◀── {"v": 1, "ok": true, "answer": {…}}
◀── {"v": 1, "ok": false, "error": "what, and what would do"}
{"v": 1, "ask": "pause", "strategy": …}  ──▶                                                             one of several
{"v": 1, "ask": "stop"}                  ──▶
◀── {"v": 1, "ok": true, "answer": {"state": "stopping"}}
◀── {"v": 1, "ok": true, "answer": {"exit_code": 0, "text": ""}}      when the run is over
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

VERSION: Final = 1
#: Of a question.
MOST_BYTES_ASKED: Final = 4_096
#: Of an answer: thousands of orders.
MOST_BYTES_ANSWERED: Final = 4_194_304


class Ask(StrEnum):
    """What a bot can be asked or told."""

    STATUS = "status"
    ORDERS = "orders"
    POSITIONS = "positions"
    BALANCE = "balance"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Question:
    """One line of who asks."""

    ask: Ask
    #: The one of several strategies that is meant; empty: the whole bot.
    strategy: str = ""


class BadLine(ValueError):
    """A line that is none of these; the text says why."""


def question(what: Question) -> bytes:
    """The line that asks."""
    of = {"strategy": what.strategy} if what.strategy else {}
    return _line({"v": VERSION, "ask": str(what.ask), **of})


def asked(line: bytes) -> Question:
    """What a line asks. Raises `BadLine`."""
    row = _object(line)
    strategy = row.get("strategy", "")
    if not isinstance(strategy, str):
        raise BadLine("the name of a strategy is text")
    try:
        return Question(Ask(row.get("ask", "")), strategy)
    except ValueError:
        raise BadLine(f"asks for nothing that is known; it is one of {', '.join(Ask)}") from None


def answer(what: dict[str, Any]) -> bytes:
    """The line of an answer; of one that is too long, a refusal."""
    line = _line({"v": VERSION, "ok": True, "answer": what})
    return line if len(line) <= MOST_BYTES_ANSWERED else refusal("the answer is too long for a line")


def refusal(text: str) -> bytes:
    """The line that says why there is no answer."""
    return _line({"v": VERSION, "ok": False, "error": text})


def answered(line: bytes) -> dict[str, Any]:
    """What a line answers. Raises `BadLine`, with the bot's own words where it refuses."""
    row = _object(line)
    if row.get("ok") is not True:
        raise BadLine(str(row.get("error", "no answer")))
    what = row.get("answer")
    if not isinstance(what, dict):
        raise BadLine("its answer is no object")
    return what


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def _object(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise BadLine("is no JSON") from None
    if not isinstance(row, dict):
        raise BadLine("is no JSON object")
    if row.get("v") != VERSION:
        raise BadLine(f"speaks version {row.get('v')!r}; this is version {VERSION}")
    return row
