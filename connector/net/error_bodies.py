"""What little of an answer's body the way out has to understand: the venue's errors and its time.

A body may be anything: a page of HTML, a number without an end, a million brackets. What is no sense is a fault of
ours, never an exception of the reader.
"""

import json
from typing import Any

from connector.core.faults import UnreadableFault, failure_text
from connector.core.figures import MOST_LETTERS, MOST_TIME_MS, cut, whole

#: Years 2001 to 2286, in ms: a time outside is none.
_EARLIEST_MS = 10**12
#: The venue's codes have four or five digits.
_MOST_CODE = 999_999
_NO_SENSE = (ValueError, LookupError, TypeError, RecursionError)


def server_time_ms(body: bytes) -> int:
    """The venue's time. Raises `UnreadableFault`."""
    try:
        return whole(json.loads(body)["serverTime"], "serverTime", _EARLIEST_MS, MOST_TIME_MS)
    except _NO_SENSE as error:
        raise UnreadableFault("server time", cut(failure_text(error))) from error


def refusals_within(body: bytes) -> list[tuple[int, str]]:
    """Code and text of each refusal among the rows of an answer that tells of several; none of another shape."""
    if b'"code"' not in body:
        return []
    try:
        return [_shape(row) for row in json.loads(body) if isinstance(row, dict) and "code" in row]
    except _NO_SENSE:
        return []


def error_shape(body: bytes) -> tuple[int, str]:
    """Code and text of the venue's error body; (0, the text) for a body of another shape. The text is cut to a line."""
    try:
        return _shape(json.loads(body))
    except _NO_SENSE:
        return 0, cut(body[: 4 * MOST_LETTERS].decode("utf-8", "replace"))


def _shape(row: Any) -> tuple[int, str]:
    code = whole(row["code"], "code", -_MOST_CODE, _MOST_CODE)
    return code, cut(row["msg"] if isinstance(row["msg"], str) else type(row["msg"]).__name__)
