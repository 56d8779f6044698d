"""Limits before exchangeInfo speaks."""

from connector.venue.limits import COUNTER_HEADERS, DEFAULT_RATE_LIMITS, ORDERS, REQUEST_WEIGHT


def test_the_defaults_are_the_documented_ones() -> None:
    rows = {(row.kind, row.window_ms): row.limit for row in DEFAULT_RATE_LIMITS}
    assert rows == {(REQUEST_WEIGHT, 60_000): 2400, (ORDERS, 10_000): 300, (ORDERS, 60_000): 1200}


def test_every_counter_header_is_of_a_window_that_is_limited() -> None:
    assert set(COUNTER_HEADERS.values()) == {(row.kind, row.window_ms) for row in DEFAULT_RATE_LIMITS}
