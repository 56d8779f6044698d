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
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import ujson

from connector.core.figures import cut, whole
from connector.net.http import HttpAnswer
from connector.venue.limits import INTERVALS_MS, MOST_INTERVALS, counter_header

_LOG = logging.getLogger(__name__)
_NO_SENSE = (ValueError, LookupError, TypeError, OverflowError, RecursionError, AttributeError)


@dataclass(frozen=True, slots=True)
class Reply:
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
        return Reply(None, _answer(row), is_event="id" not in row and ("event" in row or "e" in row))
    return Reply(number, _answer(row))


def _answer(row: Mapping[str, Any]) -> HttpAnswer | None:
    try:
        status = row["status"]
        if type(status) is not int or not 100 <= status <= 599:
            return None
        told = row["result"] if status == 200 else row["error"]
        body = ujson.dumps(told, escape_forward_slashes=False).encode()
    except _NO_SENSE:
        return None
    headers = _counts(row)
    return HttpAnswer(status, headers if status == 200 else {**headers, **_silence(row)}, body)


def _counts(row: Mapping[str, Any]) -> dict[str, str]:
    """The venue's counts. A row that makes no sense tells nothing, and spoils no answer."""
    counts = {}
    limits = row.get("rateLimits")
    for limit in limits if isinstance(limits, list) else ():
        try:
            number = whole(limit["intervalNum"], "intervalNum", 1, MOST_INTERVALS)
            header = counter_header(limit["rateLimitType"], number * INTERVALS_MS[limit["interval"]])
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


def _silence(row: Mapping[str, Any]) -> dict[str, str]:
    """For how long the venue wants silence, in whole seconds; nothing where it does not say."""
    try:
        data = row["error"]["data"]
        left_ms = int(data["retryAfter"]) - int(data["serverTime"])
    except _NO_SENSE:
        return {}
    return {"Retry-After": str(max(0, -(-left_ms // 1000)))}
