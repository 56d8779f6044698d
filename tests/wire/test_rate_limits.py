"""The limits that the venue lists."""

import json

import pytest

from connector.venue.limits import ORDERS, REQUEST_WEIGHT, RateLimit
from connector.wire.rate_limits import order_limits, rate_limits


def row(kind: object = "ORDERS", interval: object = "SECOND", number: object = 10, limit: object = 300) -> object:
    return {"rateLimitType": kind, "interval": interval, "intervalNum": number, "limit": limit}


def test_limits_are_read_with_their_windows() -> None:
    body = json.dumps([row(), row(interval="MINUTE", number=1, limit=1200), row("REQUEST_WEIGHT", "MINUTE", 1, 2400)])
    limits, left_out = order_limits(body.encode())
    assert limits == (
        RateLimit(ORDERS, 10_000, 300), RateLimit(ORDERS, 60_000, 1200), RateLimit(REQUEST_WEIGHT, 60_000, 2400)
    )  # fmt: skip
    assert left_out == ()


@pytest.mark.parametrize(
    "odd",
    [
        row("RAW_REQUESTS"), row(["ORDERS"]), row(interval="FORTNIGHT"), row(interval=None), row(number=0),
        row(number=1.5), row(number=-10), row(number=10**18), row(number="ten"), row(number=None), row(number=True),
        row(number=float("nan")), {"rateLimitType": "ORDERS", "interval": "SECOND", "limit": 300}, row(limit=0),
        row(limit=-1), row(limit=float("nan")), row(limit=1e400), row(limit=10**18),
        {}, None, 7,
    ],
    ids=str,
)  # fmt: skip
def test_what_is_not_known_or_makes_no_sense_is_left_out_with_a_line(odd: object) -> None:
    limits, left_out = rate_limits([row(), odd])
    assert limits == (RateLimit(ORDERS, 10_000, 300),)
    assert len(left_out) == 1
    assert "left out" in left_out[0]
