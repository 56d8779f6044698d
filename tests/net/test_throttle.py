"""Rate limits, kept before they are hit."""

from connector.net.throttle import Cost, Throttle
from connector.venue.endpoints import Priority
from connector.venue.limits import ORDERS, REQUEST_WEIGHT, RateLimit

LIMITS = (
    RateLimit(REQUEST_WEIGHT, 60_000, 100),
    RateLimit(ORDERS, 10_000, 10),
    RateLimit(ORDERS, 60_000, 20),
)
ORDER = Cost(orders_10s=1, orders_1m=1)


def test_a_request_that_does_not_fit_waits_for_the_next_window_of_the_venues_clock() -> None:
    throttle = Throttle(LIMITS)
    throttle.spend(Cost(weight=90), 1_000)
    assert throttle.wait_ms(Cost(weight=1), 59_400) == 600
    assert throttle.wait_ms(Cost(weight=1), 60_000) == 0


def test_the_last_tenth_is_for_cancels() -> None:
    throttle = Throttle(LIMITS)
    throttle.spend(Cost(weight=90), 0)
    assert throttle.wait_ms(Cost(weight=1), 0) > 0
    assert throttle.wait_ms(Cost(weight=10), 0, Priority.RISK) == 0
    assert throttle.wait_ms(Cost(weight=11), 0, Priority.RISK) > 0


def test_orders_are_counted_in_both_windows() -> None:
    throttle = Throttle(LIMITS)
    for _ in range(9):
        throttle.spend(ORDER, 1_000)
    assert throttle.wait_ms(ORDER, 1_000) == 9_000
    for _ in range(9):
        throttle.spend(ORDER, 11_000)
    assert throttle.wait_ms(ORDER, 21_000) == 39_000, "the minute is full, though the ten seconds are not"


def test_the_venues_count_corrects_ours_upwards_only() -> None:
    throttle = Throttle(LIMITS)
    throttle.spend(Cost(weight=50), 0)
    throttle.correct(REQUEST_WEIGHT, 60_000, 30, 0, 0)
    throttle.correct(REQUEST_WEIGHT, 60_000, -1, 0, 0)
    assert throttle.use(0)[0].used == 50
    throttle.correct(REQUEST_WEIGHT, 60_000, 90, 0, 0)
    assert throttle.wait_ms(Cost(weight=1), 0) == 60_000


def test_a_pause_holds_everything_cancels_too() -> None:
    throttle = Throttle(LIMITS)
    throttle.pause_until(5_000)
    throttle.pause_until(3_000)
    assert throttle.wait_ms(Cost(), 1_000, Priority.RISK) == 4_000
    assert throttle.wait_ms(Cost(), 5_000) == 0


def test_new_limits_keep_what_is_spent() -> None:
    throttle = Throttle(LIMITS)
    throttle.spend(Cost(weight=50), 0)
    throttle.set_limits((RateLimit(REQUEST_WEIGHT, 60_000, 6000),))
    (use,) = throttle.use(0)
    assert (use.used, use.limit) == (50, 6000)


def test_a_count_of_a_window_that_is_over_does_not_fill_the_next() -> None:
    throttle = Throttle(LIMITS)
    throttle.correct(REQUEST_WEIGHT, 60_000, 90, sent_ms=59_990, now_ms=60_010)
    assert throttle.wait_ms(Cost(weight=90), 60_010) == 0


def test_a_request_that_takes_nothing_of_a_window_does_not_wait_for_it() -> None:
    throttle = Throttle(LIMITS)
    throttle.spend(Cost(weight=100), 0)
    assert throttle.wait_ms(ORDER, 0) == 0


def test_a_pause_of_new_orders_lets_cancels_go() -> None:
    throttle = Throttle(LIMITS)
    throttle.pause_until(5_000, orders_only=True)
    assert throttle.wait_ms(ORDER, 1_000) == 4_000
    assert throttle.wait_ms(Cost(weight=1), 1_000, Priority.RISK) == 0


def test_what_comes_in_crowds_leaves_room_for_all_else() -> None:
    throttle = Throttle(LIMITS)
    assert throttle.weight_slice(Priority.BULK) == 60
    throttle.spend(Cost(weight=60), 0)
    assert throttle.wait_ms(Cost(weight=1), 0, Priority.BULK) == 60_000
    assert throttle.wait_ms(Cost(weight=30), 0) == 0
