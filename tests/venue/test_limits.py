"""Limits before exchangeInfo speaks."""

from connector.venue.limits import DEFAULT_RATE_LIMITS, FUNDING_LIMIT, ORDERS, REQUEST_WEIGHT, counter_header


def test_the_defaults_are_the_documented_ones() -> None:
    rows = {(row.kind, row.window_ms): row.limit for row in DEFAULT_RATE_LIMITS}
    assert rows == {(REQUEST_WEIGHT, 60_000): 2400, (ORDERS, 10_000): 300, (ORDERS, 60_000): 1200}
    assert (FUNDING_LIMIT.window_ms, FUNDING_LIMIT.limit) == (300_000, 500)


def test_the_header_of_a_limit_names_its_window() -> None:
    assert [counter_header(row.kind, row.window_ms) for row in DEFAULT_RATE_LIMITS] == [
        "X-MBX-USED-WEIGHT-1M", "X-MBX-ORDER-COUNT-10S", "X-MBX-ORDER-COUNT-1M"
    ]  # fmt: skip
    assert counter_header(ORDERS, 86_400_000) == "X-MBX-ORDER-COUNT-1D"
    assert counter_header(REQUEST_WEIGHT, 7_200_000) == "X-MBX-USED-WEIGHT-2H"
    assert counter_header(FUNDING_LIMIT.kind, FUNDING_LIMIT.window_ms) == "", "no answer tells it"
    assert [counter_header(ORDERS, window_ms) for window_ms in (0, 500)] == ["", ""], "no window of the venue's"
