"""One window of one limit, and its count."""

import pytest

from connector.net.limits.limit_window import Cost, LimitWindow
from connector.venue.endpoints import Priority
from connector.venue.limits import FUNDING_LIMIT, ORDERS, REQUEST_WEIGHT, RateLimit


@pytest.mark.parametrize(
    ("limit", "amount"),
    [
        (RateLimit(REQUEST_WEIGHT, 60_000, 9), 1),
        (RateLimit(ORDERS, 10_000, 9), 2),
        (RateLimit(ORDERS, 60_000, 9), 3),
        (RateLimit(ORDERS, 86_400_000, 9), 3),
        (FUNDING_LIMIT, 4),
    ],
    ids=str,
)
def test_each_window_counts_its_own_part_of_a_cost(limit: RateLimit, amount: int) -> None:
    assert Cost(weight=1, orders_10s=2, orders_1m=3, funding=4)[LimitWindow(limit).slot] == amount


def test_a_window_begins_empty_with_the_venues_minute() -> None:
    window = LimitWindow(RateLimit(REQUEST_WEIGHT, 60_000, 100))
    window.spend(70, 59_000)
    assert window.used == 70
    window.roll(60_000)
    assert (window.used, window.in_flight) == (0, 1), "what is in flight is in flight still"


def test_what_leaves_in_one_minute_and_is_answered_in_the_next_is_of_neither_count() -> None:
    window = LimitWindow(RateLimit(REQUEST_WEIGHT, 60_000, 100))
    window.spend(70, 59_000)
    window.roll(60_000)
    assert not window.settle(70, 1, 59_000, 70, 2, 60_000)
    assert (window.used, window.in_flight) == (0, 0)


def test_a_clock_of_the_venue_that_steps_back_leaves_nothing_below_zero() -> None:
    window = LimitWindow(RateLimit(REQUEST_WEIGHT, 60_000, 100))
    window.spend(10, 120_000)
    window.roll(60_000)
    window.roll(120_000)
    window.give_back(10, 120_000)
    assert (window.used, window.own, window.in_flight) == (0, 0, 0)


def test_the_slices_of_the_venues_weight() -> None:
    window = LimitWindow(RateLimit(REQUEST_WEIGHT, 60_000, 2400))
    assert {priority: window.most(priority) for priority in Priority} == {
        Priority.BOOKKEEPING: 1200, Priority.BULK: 1440, Priority.NORMAL: 1920, Priority.LOOK_UP: 2160,
        Priority.RISK: 2400,
    }  # fmt: skip
