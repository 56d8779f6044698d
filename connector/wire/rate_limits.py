"""The rate limits that the venue lists, in exchangeInfo and, of one account, in rateLimit/order.

What is not known here (a kind, an interval) or makes no sense (a limit of 0) is left out and told: a new row must not
end a start, and a limit of none would stop everything.
Source: "Exchange Information", "Query User Rate Limit", as of 2026-11.
"""

from collections.abc import Iterable
from typing import Any

from connector.core import figures
from connector.venue.limits import INTERVALS_MS, MOST_INTERVALS, ORDERS, REQUEST_WEIGHT, RateLimit
from connector.wire.json_text import NOT_AS_PROMISED, read

_KINDS = frozenset({REQUEST_WEIGHT, ORDERS})
#: Beyond this a row is nonsense.
_MOST_UNITS = 10**9


def order_limits(body: bytes) -> tuple[tuple[RateLimit, ...], tuple[str, ...]]:
    """The body of rateLimit/order: the limits, and a line for each row that is left out."""
    return read(body, "rateLimit/order", rate_limits)


def rate_limits(rows: Iterable[Any]) -> tuple[tuple[RateLimit, ...], tuple[str, ...]]:
    """The limits of a list of rows, and a line for each row that is left out."""
    limits: list[RateLimit] = []
    left_out: list[str] = []
    for row in rows:
        limit = _limit(row)
        if limit is None:
            left_out.append(f"a rate limit that is not known is left out: {figures.cut(str(row))}")
        else:
            limits.append(limit)
    return tuple(limits), tuple(left_out)


def _limit(row: Any) -> RateLimit | None:
    try:
        unit_ms = INTERVALS_MS[row["interval"]]
        window_ms = unit_ms * figures.whole(row["intervalNum"], "intervalNum", 1, MOST_INTERVALS)
        limit = RateLimit(row["rateLimitType"], window_ms, figures.whole(row["limit"], "limit", 1, _MOST_UNITS))
        return limit if limit.kind in _KINDS else None
    except NOT_AS_PROMISED:
        return None
