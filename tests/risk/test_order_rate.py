"""So many orders in any minute, wherever it begins."""

import random

from connector.risk.order_rate import WINDOW_MS, OrderRate


def test_one_more_may_leave_when_the_oldest_is_a_minute_old() -> None:
    rate = OrderRate(2)
    for at_ms in (0, 10):
        assert not rate.is_used_up(at_ms)
        rate.count(at_ms)
    assert rate.is_used_up(WINDOW_MS - 1)
    assert rate.wait_ms(WINDOW_MS - 1) == 1
    assert not rate.is_used_up(WINDOW_MS)
    assert (rate.used(WINDOW_MS), rate.wait_ms(WINDOW_MS)) == (1, 0)


def test_no_minute_holds_more_than_are_allowed() -> None:
    chance, rate, left, now_ms = random.Random(1), OrderRate(7), [], 0
    for _ in range(2_000):
        now_ms += chance.choice((0, 1, 500, 9_000, 30_000))
        if not rate.is_used_up(now_ms):
            rate.count(now_ms)
            left.append(now_ms)
    assert max(sum(first <= at_ms < first + WINDOW_MS for at_ms in left) for first in left) == 7
