"""Rate limits, kept before they are hit."""

import time
from decimal import Decimal

from connector.net.limits.limit_window import MOST_IN_FLIGHT_UNSURE, UNTIL_ANSWERED_MS, Cost
from connector.net.limits.throttle import LimitPool, Throttle, Ticket, Use
from connector.venue.endpoints import Priority
from connector.venue.limits import FUNDING_LIMIT, ORDERS, REQUEST_WEIGHT, RateLimit

LIMITS = (
    RateLimit(REQUEST_WEIGHT, 60_000, 100),
    RateLimit(ORDERS, 10_000, 10),
    RateLimit(ORDERS, 60_000, 20),
)
ORDER = Cost(orders_10s=1, orders_1m=1)
LIGHT = Cost(weight=1)
WEIGHT_HEADER = "X-MBX-USED-WEIGHT-1M"


def spent(throttle: Throttle, cost: Cost, now_ms: int) -> None:
    """A request that was answered, without a count."""
    throttle.settle(throttle.spend(cost, now_ms), {}, now_ms)


def told(throttle: Throttle, ticket: Ticket, count: int | str) -> None:
    """The answer to a request, with the venue's count."""
    throttle.settle(ticket, {WEIGHT_HEADER: str(count)}, ticket.sent_ms)


def weight_used(throttle: Throttle, now_ms: int = 0) -> int:
    return throttle.use(now_ms)[0].used


def test_a_request_that_does_not_fit_waits_for_the_next_window_of_the_venues_clock() -> None:
    throttle = Throttle(LIMITS)
    spent(throttle, Cost(weight=90), 1_000)
    assert throttle.wait_ms(LIGHT, 59_400, 0) == 600
    assert throttle.wait_ms(LIGHT, 60_000, 0) == 0


def test_each_class_leaves_the_more_urgent_ones_their_reserve() -> None:
    throttle = Throttle(LIMITS)
    for used, priority in ((60, Priority.BULK), (20, Priority.NORMAL), (10, Priority.LOOK_UP), (10, Priority.RISK)):
        assert throttle.wait_ms(Cost(weight=used), 0, 0, priority) == 0
        spent(throttle, Cost(weight=used), 0)
        assert throttle.wait_ms(LIGHT, 0, 0, priority) == 60_000


def test_a_closing_order_uses_the_orders_that_opening_ones_leave() -> None:
    throttle = Throttle(LIMITS)
    for _ in range(9):
        spent(throttle, ORDER, 1_000)
    assert throttle.wait_ms(ORDER, 1_000, 0) == 9_000
    assert throttle.wait_ms(ORDER, 1_000, 0, Priority.RISK) == 0


def test_orders_are_counted_in_both_windows() -> None:
    throttle = Throttle(LIMITS)
    for at_ms in (1_000, 11_000):
        for _ in range(9):
            spent(throttle, ORDER, at_ms)
    assert throttle.wait_ms(ORDER, 21_000, 0) == 39_000, "the minute is full, though the ten seconds are not"


def test_the_venues_count_corrects_ours_upwards_and_downwards() -> None:
    throttle = Throttle(LIMITS)
    spent(throttle, Cost(weight=50), 0)
    told(throttle, throttle.spend(LIGHT, 0), 90)
    assert weight_used(throttle) == 90, "others use the address, too"
    told(throttle, throttle.spend(LIGHT, 0), 4)
    assert weight_used(throttle) == 4, "what was not counted is not ours to count"


def test_what_is_in_flight_comes_on_top_of_the_venues_count() -> None:
    throttle = Throttle(LIMITS)
    first, second = throttle.spend(Cost(weight=10), 0), throttle.spend(Cost(weight=20), 0)
    told(throttle, first, 10)
    assert weight_used(throttle) == 30
    told(throttle, second, 30)
    assert weight_used(throttle) == 30


def test_of_answers_that_overtake_each_other_the_higher_count_holds() -> None:
    throttle = Throttle(LIMITS)
    first, second = throttle.spend(LIGHT, 0), throttle.spend(LIGHT, 0)
    told(throttle, second, 42)
    told(throttle, first, 41)
    assert weight_used(throttle) == 42


def test_a_count_that_is_no_count_says_nothing() -> None:
    throttle = Throttle(LIMITS)
    for nonsense in ("-1", "²", "9" * 5_000, "", "1e9", "None"):
        told(throttle, throttle.spend(LIGHT, 0), nonsense)
    assert weight_used(throttle) == 6


def test_the_count_of_an_answer_that_is_known_to_be_wrong_is_not_taken() -> None:
    throttle = Throttle(LIMITS)
    throttle.settle(throttle.spend(Cost(weight=5), 0), {WEIGHT_HEADER: "1"}, 0, tells_weight=False)
    assert weight_used(throttle) == 5


def test_what_was_not_counted_is_given_back() -> None:
    throttle = Throttle(LIMITS)
    throttle.give_back(throttle.spend(Cost(weight=50), 0), 0, answered=True)
    assert weight_used(throttle) == 0


def test_a_request_that_was_not_answered_counts_until_a_later_count_knows_better() -> None:
    throttle = Throttle(LIMITS)
    throttle.settle(throttle.spend(Cost(weight=30), 0), None, 0)
    assert weight_used(throttle) == 30
    told(throttle, throttle.spend(LIGHT, 0), 1)
    assert weight_used(throttle) == 1


def test_while_the_count_is_stale_few_are_in_flight_at_once() -> None:
    throttle = Throttle(LIMITS)
    tickets = [throttle.spend(LIGHT, 0) for _ in range(MOST_IN_FLIGHT_UNSURE)]
    assert throttle.wait_ms(LIGHT, 0, 0, Priority.RISK) == UNTIL_ANSWERED_MS
    told(throttle, tickets[0], 1)
    throttle.spend(LIGHT, 0)
    assert throttle.wait_ms(LIGHT, 0, 0) == 0, "now it is known what others use"
    assert throttle.wait_ms(LIGHT, 0, 1_500) == UNTIL_ANSWERED_MS, "and forgotten again"


def test_a_pause_holds_everything_cancels_too_and_ends_with_one_probe() -> None:
    throttle = Throttle(LIMITS)
    throttle.address.pause.begin(5_000)
    throttle.address.pause.begin(3_000)
    assert throttle.wait_ms(LIGHT, 0, 1_000, Priority.RISK) == 4_000
    assert throttle.wait_ms(LIGHT, 0, 5_000, Priority.RISK) == 0
    probe = throttle.spend(LIGHT, 0)
    assert throttle.wait_ms(LIGHT, 0, 5_000, Priority.RISK) == UNTIL_ANSWERED_MS
    throttle.settle(probe, {WEIGHT_HEADER: "1"}, 5_100)
    assert throttle.wait_ms(LIGHT, 0, 5_100) == 0


def test_after_the_probe_few_are_in_flight_though_the_count_is_known() -> None:
    throttle = Throttle(LIMITS)
    throttle.address.pause.begin(5_000)
    throttle.settle(throttle.spend(LIGHT, 0), {WEIGHT_HEADER: "1"}, 5_000)
    for _ in range(MOST_IN_FLIGHT_UNSURE):
        throttle.spend(LIGHT, 0)
    assert throttle.wait_ms(LIGHT, 0, 5_000) == UNTIL_ANSWERED_MS


def test_new_limits_keep_what_is_spent() -> None:
    throttle = Throttle(LIMITS)
    spent(throttle, Cost(weight=50), 0)
    throttle.set_limits((RateLimit(REQUEST_WEIGHT, 60_000, 6000),))
    assert throttle.use(0) == (
        Use(REQUEST_WEIGHT, 60_000, 50, 6000), Use(ORDERS, 10_000, 0, 10), Use(ORDERS, 60_000, 0, 20)
    )  # fmt: skip


def test_a_count_of_a_window_that_is_over_does_not_fill_the_next() -> None:
    throttle = Throttle(LIMITS)
    ticket = throttle.spend(LIGHT, 59_990)
    throttle.wait_ms(LIGHT, 60_010, 0)
    told(throttle, ticket, 90)
    assert weight_used(throttle, 60_010) == 0


def test_a_request_that_takes_nothing_of_a_window_does_not_wait_for_it() -> None:
    throttle = Throttle(LIMITS)
    spent(throttle, Cost(weight=100), 0)
    assert throttle.wait_ms(ORDER, 0, 0) == 0


def test_a_pause_of_new_orders_lets_cancels_go() -> None:
    throttle = Throttle(LIMITS)
    throttle.account.pause.begin(5_000)
    assert throttle.wait_ms(ORDER, 0, 1_000) == 4_000
    assert throttle.wait_ms(LIGHT, 0, 1_000, Priority.RISK) == 0


def test_what_comes_in_crowds_leaves_room_for_all_else() -> None:
    throttle = Throttle(LIMITS)
    assert throttle.weight_slice(Priority.BULK) == 60


def test_a_count_that_no_window_can_reach_is_no_news() -> None:
    throttle = Throttle(LIMITS)
    for used in (2**63 - 1, 5 * 100 + 1):
        told(throttle, throttle.spend(LIGHT, 0), used)
    assert weight_used(throttle) == 2, "ours count all the same"
    told(throttle, throttle.spend(LIGHT, 0), 110)
    assert throttle.wait_ms(LIGHT, 0, 0) == 60_000, "others may have gone beyond"


def test_more_than_a_whole_slice_waits_for_an_empty_window_and_not_for_ever() -> None:
    throttle = Throttle((RateLimit(REQUEST_WEIGHT, 60_000, 30),))
    whole = Cost(weight=40)
    assert throttle.wait_ms(whole, 0, 0, Priority.LOOK_UP) == 0
    spent(throttle, LIGHT, 0)
    assert throttle.wait_ms(whole, 0, 0, Priority.LOOK_UP) == 60_000


def test_settled_rates_have_a_pool_of_their_own() -> None:
    throttle = Throttle(LIMITS)
    for _ in range(FUNDING_LIMIT.limit):
        spent(throttle, Cost(funding=1), 0)
    assert throttle.wait_ms(Cost(funding=1), 0, 0) == 300_000
    assert throttle.wait_ms(Cost(weight=60), 0, 0, Priority.BULK) == 0


def test_half_of_the_limits_is_half_of_each_slice_whatever_others_use() -> None:
    throttle = Throttle(LIMITS, share=Decimal("0.5"))
    spent(throttle, Cost(weight=40), 0)
    assert throttle.wait_ms(LIGHT, 0, 0) == 60_000
    assert throttle.wait_ms(Cost(weight=10), 0, 0, Priority.RISK) == 0
    other = Throttle(LIMITS, share=Decimal("0.5"))
    told(other, other.spend(LIGHT, 0), 60)
    assert other.wait_ms(Cost(weight=20), 0, 0) == 0, "what others use is not of our half"


def test_what_the_venue_did_not_count_does_not_bind_who_may_use_all_of_it() -> None:
    throttle = Throttle(LIMITS)
    for _ in range(500):
        told(throttle, throttle.spend(LIGHT, 0), 1)
    assert throttle.wait_ms(LIGHT, 0, 0) == 0


def test_two_accounts_of_one_address_share_its_weight_and_not_its_orders() -> None:
    address = LimitPool(LIMITS[:1])
    one, other = Throttle(LIMITS, address=address), Throttle(LIMITS, address=address)
    spent(one, Cost(weight=80), 0)
    for _ in range(9):
        spent(one, ORDER, 0)
    assert other.wait_ms(LIGHT, 0, 0) == 60_000
    assert other.wait_ms(ORDER, 0, 0) == 0


def test_each_threshold_is_told_once_until_a_window_stayed_below_it() -> None:
    throttle = Throttle(LIMITS)
    lines: list[int] = []
    throttle.address.on_threshold = lambda use: lines.append(use.used)
    for _ in range(100):
        spent(throttle, LIGHT, 0)
    assert lines == [80, 95]
    for now_ms in (60_000, 120_000):
        spent(throttle, Cost(weight=90), now_ms)
    assert lines == [80, 95], "the window before was full, too"
    spent(throttle, Cost(weight=1), 180_000)
    spent(throttle, Cost(weight=90), 240_000)
    assert lines == [80, 95, 90]


def test_a_call_takes_no_longer_when_much_was_sent() -> None:
    throttle = Throttle((RateLimit(REQUEST_WEIGHT, 60_000, 10**9), *LIMITS[1:]))
    for _ in range(100_000):
        spent(throttle, LIGHT, 0)
    best_s = min(_seconds_a_call(throttle) for _ in range(20))
    assert best_s < 10e-6, "a fifth of it is what this machine takes; more would be a walk through what was sent"


def _seconds_a_call(throttle: Throttle, calls: int = 1_000) -> float:
    began_s = time.perf_counter()
    for _ in range(calls):
        throttle.wait_ms(LIGHT, 0, 0)
    return (time.perf_counter() - began_s) / calls


def test_changes_leave_a_fifth_of_the_orders_to_new_ones() -> None:
    throttle = Throttle(LIMITS)
    assert throttle.changes_left(1_000, 0) == 8, "of the 9 that opening orders may use in 10 s"
    for _ in range(8):
        spent(throttle, ORDER, 1_000)
    assert throttle.changes_left(1_000, 0) == 0
    assert throttle.wait_ms(ORDER, 1_000, 0) == 0, "a new order goes"
    assert throttle.changes_left(10_000, 0) == 7, "of the minute 15 are for changes, and 8 are used"
    throttle.account.pause.begin(60_000, 9, "HTTP 429")
    assert throttle.changes_left(10_000, 0) == 0, "the exchange wants none"
