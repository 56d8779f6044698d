import pytest

from connector.simulator.pace import FUNDING, WEIGHT, Pace, Window
from connector.simulator.refusals import Refusal

MINUTE_MS = 60_000


def test_a_window_begins_anew_on_the_clock() -> None:
    window = Window(10_000)
    assert [window.add(1, ms) for ms in (0, 9_999, 10_000)] == [1, 2, 1]
    assert window.left_s(12_500) == 8


def test_weight_beyond_the_minute_is_refused_with_the_seconds_to_wait() -> None:
    pace = Pace(enforced=True)
    assert pace.spend(WEIGHT, 2_400, 5 * MINUTE_MS) == 2_400
    with pytest.raises(Refusal) as refusal:
        pace.spend(WEIGHT, 1, 5 * MINUTE_MS + 45_000)
    assert (refusal.value.code, refusal.value.status, refusal.value.retry_after_s) == (-1003, 429, 15)
    assert pace.spend(WEIGHT, 1, 6 * MINUTE_MS) == 1


def test_funding_queries_have_five_minutes_of_their_own() -> None:
    pace = Pace(enforced=True)
    pace.spend(WEIGHT, 2_400, 0)
    for count in range(1, 501):
        assert pace.spend(FUNDING, 1, 4 * MINUTE_MS) == count
    with pytest.raises(Refusal, match="500 requests per 5 minutes") as refusal:
        pace.spend(FUNDING, 1, 4 * MINUTE_MS)
    assert (refusal.value.code, refusal.value.retry_after_s) == (-1003, 60)
    assert pace.spend(WEIGHT, 1, 4 * MINUTE_MS) == 1


def test_orders_are_counted_per_account_in_both_windows() -> None:
    pace = Pace(enforced=True)
    for _ in range(300):
        pace.spend_orders(1, 0)
    with pytest.raises(Refusal) as refusal:
        pace.spend_orders(1, 0)
    assert (refusal.value.code, refusal.value.status, refusal.value.retry_after_s) == (-1015, 429, 10)
    pace.spend_orders(2, 0)
    assert pace.orders_used(2, 0) == (1, 1)
    assert pace.orders_used(1, 10_000) == (0, 301)


def test_the_minute_bounds_orders_too() -> None:
    pace = Pace(enforced=True)
    for number in range(1_200):
        pace.spend_orders(1, number // 300 * 10_000)
    with pytest.raises(Refusal, match="MINUTE"):
        pace.spend_orders(1, 50_000)


def test_limits_that_are_off_still_count() -> None:
    pace = Pace(enforced=False)
    assert pace.spend(WEIGHT, 9_000, 0) == 9_000
    for _ in range(400):
        pace.spend_orders(1, 0)
    assert pace.orders_used(1, 0) == (400, 400)
