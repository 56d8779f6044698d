"""Frames of the WS-API as answers in REST's form, so that whoever classifies them needs no second rule.

    {"id": 7, "status": 200, "result": {...}, "rateLimits": [...]}
    {"id": 7, "status": 418, "error": {"code": -1003, "msg": "...", "data": {"serverTime": ..., "retryAfter": ...}}}

Counts and the end of a silence stand under the names of REST's headers. Counts of a limit that is not known here, or
makes no sense, are left out and told once. What can't be read is nobody's answer; where
its id can, it is no answer to that one alone.
Source: "WebSocket API general info", as of 2026-11; `retryAfter`, a time of the venue's, as spot's page has it.
"""

import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

import ujson

from connector.core.figures import cut, whole
from connector.net.http import HttpAnswer
from connector.venue.limits import INTERVALS_MS, MOST_INTERVALS, counter_header

_LOG = logging.getLogger(__name__)
_NO_SENSE = (ValueError, LookupError, TypeError, OverflowError, RecursionError, AttributeError)
#: The keys of a success, as the venue writes them.
_USUAL: Final = ("id", "status", "result", "rateLimits")


class Reply(NamedTuple):
    """One frame."""

    #: Whose answer it is; None where it does not say, or something that no request of ours has.
    id: int | None
    #: None where it makes no sense.
    answer: HttpAnswer | None
    #: It is no answer but an event of the venue's own, such as that a server ends soon.
    is_event: bool = False


def reply_of(frame: bytes) -> Reply:
    """Reads a frame, whatever it is."""
    try:
        row = ujson.loads(frame)
        number = row.get("id")
    except _NO_SENSE:
        return Reply(None, None)
    if type(number) is not int:
        return Reply(None, _answer(row, b""), is_event="id" not in row and ("event" in row or "e" in row))
    return Reply(number, _answer(row, _usual_result(frame, row, number)))


def _usual_result(frame: bytes, row: Mapping[str, Any], number: int) -> bytes:
    """The result as it stands in a frame of the usual form; empty where the frame has another. To write anew what was
    just read is half the work of an answer."""
    head = b'{"id":%d,"status":200,"result":' % number
    if tuple(row) != _USUAL or not frame.startswith(head):
        return b""
    end = frame.rfind(b',"rateLimits":')
    return frame[len(head) : end] if end > 0 else b""


def _answer(row: Mapping[str, Any], body: bytes) -> HttpAnswer | None:
    try:
        status = row["status"]
        if type(status) is not int or not 100 <= status <= 599:
            return None
        told = row["result"] if status == 200 else row["error"]
        body = body or ujson.dumps(told, escape_forward_slashes=False).encode()
    except _NO_SENSE:
        return None
    headers = _counts(row)
    return HttpAnswer(status, headers if status == 200 else {**headers, **_silence(row)}, body)


def _counts(row: Mapping[str, Any]) -> dict[str, str]:
    """The venue's counts. A row that makes no sense tells nothing, and spoils no answer."""
    limits = row.get("rateLimits")
    if type(limits) is not list:
        return {}
    counts: dict[str, str] = {}
    for limit in limits:
        try:
            header = _counter(limit["rateLimitType"], limit["interval"], limit["intervalNum"])
            if header:
                counts[header] = str(limit["count"])
        except _NO_SENSE:
            header = ""
        if not header:
            _leave_out(cut(str({**limit, "count": "..."} if isinstance(limit, dict) else limit)))
    return counts


@lru_cache(maxsize=64)
def _leave_out(limit: str) -> None:
    """Told once: every answer carries it."""
    _LOG.warning("WS-API: a rate limit that is not known is left out: %s", limit)


@lru_cache(maxsize=64, typed=True)
def _counter(kind: str, interval: str, number: int) -> str:
    """The header of a limit's count; empty for a limit that is not kept. Raises LookupError or ValueError for none."""
    return counter_header(kind, whole(number, "intervalNum", 1, MOST_INTERVALS) * INTERVALS_MS[interval])


def _silence(row: Mapping[str, Any]) -> dict[str, str]:
    """For how long the venue wants silence, in whole seconds; nothing where it does not say."""
    try:
        data = row["error"]["data"]
        left_ms = int(data["retryAfter"]) - int(data["serverTime"])
    except _NO_SENSE:
        return {}
    return {"Retry-After": str(max(0, -(-left_ms // 1000)))}
