import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.enums import OrderState
from connector.core.events import LiquidationEvent, MarketOrderFailureEvent, OrderOutcomeUnknownEvent
from connector.core.faults import Blame, Fate, Fault, FaultRule, Retry
from connector.core.order_ends import ExpiryReason, OrderEnd, Rejection, RejectionKind
from connector.core.reports import Fill, OrderReport, OrderStatus
from connector.orders.tracker import Memory, Tracker
from tests.companions.orders.scenes import (
    ORDER_ID,
    PAIR,
    fill,
    intent,
    names,
    report,
    system_orders,
    tracked,
    tracker,
)

NEW, PARTIAL, FILLED = OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED, OrderStatus.FILLED
CANCELED, EXPIRED, REJECTED = OrderStatus.CANCELED, OrderStatus.EXPIRED, OrderStatus.REJECTED
UNKNOWN, NOT_FOUND, UNCHANGED = OrderStatus.OUTCOME_UNKNOWN, OrderStatus.NOT_FOUND, OrderStatus.UNCHANGED
FAULT = Fault(FaultRule(Fate.UNKNOWN, Retry.NEVER, Blame.VENUE, "no answer"), "New Order", code=-1007)


@pytest.fixture
def orders() -> Tracker:
    orders = tracker()
    tracked(orders)
    return orders


def apply(orders: Tracker, *reports: OrderReport) -> list[str]:
    return [name for one in reports for name in names(orders.apply(one, 3_000))]


def test_an_order_has_events_from_creation_to_completion(orders: Tracker) -> None:
    events = [
        apply(orders, report(NEW)),
        apply(orders, report(PARTIAL, fill("1"), executed="1")),
        apply(orders, report(PARTIAL, fill("2"), executed="2")),
        apply(orders, report(FILLED, fill("3"), executed="3")),
    ]
    assert events == [
        ["BuyOrderCreated"],
        ["OrderFilled"],
        ["OrderFilled"],
        ["OrderFilled", "BuyOrderCompleted"],
    ]
    assert orders.active == ()


def test_fill_that_outruns_its_ack_is_counted_once(orders: Tracker) -> None:
    assert apply(orders, report(PARTIAL, fill("1"), executed="1")) == ["BuyOrderCreated", "OrderFilled"]
    assert apply(orders, report(NEW), report(PARTIAL, fill("1"), executed="1")) == []


@pytest.mark.parametrize("status", OrderStatus)
def test_a_report_that_is_repeated_says_nothing_the_second_time(orders: Tracker, status: OrderStatus) -> None:
    apply(orders, report(status))
    assert apply(orders, report(status)) == []


def test_completion_waits_for_the_fill_that_explains_it(orders: Tracker) -> None:
    assert apply(orders, report(FILLED, fill("1"), executed="3")) == ["BuyOrderCreated", "OrderFilled"]
    assert [order.state for order in orders.orders_missing_fills()] == [OrderState.FILLED]
    assert apply(orders, report(UNCHANGED, fill("1"), fill("2"))) == ["OrderFilled"]
    assert apply(orders, report(UNCHANGED, fill("3"))) == ["OrderFilled", "BuyOrderCompleted"]
    assert orders.orders_missing_fills() == ()


def test_a_cancel_is_an_event_at_once_and_its_missing_fills_are_asked_for(orders: Tracker) -> None:
    assert apply(orders, report(CANCELED, executed="2")) == ["BuyOrderCreated", "OrderCancelled"]
    assert [order.client_order_id for order in orders.orders_missing_fills()] == [ORDER_ID]
    assert apply(orders, report(UNCHANGED, fill("1"), fill("2"))) == ["OrderFilled", "OrderFilled"]
    assert orders.orders_missing_fills() == ()
    assert orders.order(ORDER_ID).state is OrderState.CANCELED


@pytest.mark.parametrize(
    ("end", "event"), [(CANCELED, "OrderCancelled"), (EXPIRED, "OrderExpired"), (REJECTED, "OrderFailure")]
)
def test_late_fills_of_an_ended_order_are_emitted_and_may_complete_it(
    end: OrderStatus, event: str, orders: Tracker
) -> None:
    assert event in apply(orders, report(end))
    late = apply(orders, report(UNCHANGED, fill("1")), report(UNCHANGED, fill("2")), report(UNCHANGED, fill("3")))
    assert [name for name in late if name != "BuyOrderCreated"] == ["OrderFilled"] * 3 + ["BuyOrderCompleted"]
    assert orders.order(ORDER_ID).state is OrderState.FILLED


def test_an_unknown_outcome_is_emitted_and_the_order_keeps_its_place(orders: Tracker) -> None:
    events = orders.apply(report(UNKNOWN, fault=FAULT, time_ms=0), 5_000)
    assert events == (OrderOutcomeUnknownEvent(5.0, ORDER_ID, PAIR, FAULT),)
    assert [order.unknown_since_ms for order in orders.pending_unknown()] == [5_000]
    assert len(orders.active) == 1


def test_an_order_thought_unknown_that_fills_is_no_failure(orders: Tracker) -> None:
    apply(orders, report(UNKNOWN))
    assert apply(orders, report(FILLED, fill("1", "3"), executed="3")) == [
        "BuyOrderCreated",
        "OrderFilled",
        "BuyOrderCompleted",
    ]
    assert orders.pending_unknown() == ()


def test_an_unknown_order_that_is_proved_absent_has_failed(orders: Tracker) -> None:
    apply(orders, report(UNKNOWN))
    assert orders.apply(report(NOT_FOUND, fault=None, time_ms=0), 9_000) == (
        MarketOrderFailureEvent(9.0, ORDER_ID, intent().order_type, None),
    )


def test_a_refused_order_fails_without_ever_having_been_created(orders: Tracker) -> None:
    assert orders.apply(report(REJECTED, fault=FAULT), 3_000) == (
        MarketOrderFailureEvent(3.0, ORDER_ID, intent().order_type, FAULT),
    )


def test_a_living_order_that_is_not_found_is_lost_and_stays_tracked(orders: Tracker) -> None:
    assert apply(orders, report(NEW), report(NOT_FOUND)) == ["BuyOrderCreated"]
    assert [order.client_order_id for order in orders.lost()] == [ORDER_ID]
    assert apply(orders, report(FILLED, fill("1", "3"))) == ["OrderFilled", "BuyOrderCompleted"]
    assert orders.lost() == ()


def test_an_order_given_up_that_lives_after_all_is_a_ghost_to_be_cancelled(orders: Tracker) -> None:
    assert apply(orders, report(UNKNOWN), report(NOT_FOUND), report(NEW)) == ["OrderOutcomeUnknown", "OrderFailure"]
    assert [order.client_order_id for order in orders.ghosts()] == [ORDER_ID]
    apply(orders, report(CANCELED))
    assert orders.ghosts() == ()


def test_a_refused_cancel_says_nothing_and_the_order_stands(orders: Tracker) -> None:
    apply(orders, report(NEW))
    assert apply(orders, report(OrderStatus.CANCEL_REQUESTED), report(OrderStatus.CANCEL_REFUSED)) == []
    assert orders.order(ORDER_ID).state is OrderState.OPEN


def test_a_fill_that_races_the_cancel_is_emitted_before_the_end(orders: Tracker) -> None:
    apply(orders, report(NEW), report(OrderStatus.CANCEL_REQUESTED))
    assert apply(orders, report(PARTIAL, fill("1")), report(CANCELED, executed="1")) == [
        "OrderFilled",
        "OrderCancelled",
    ]


def test_a_report_without_our_id_finds_the_order_by_the_venues(orders: Tracker) -> None:
    apply(orders, report(NEW))
    assert apply(orders, report(PARTIAL, fill("1"), client_order_id="")) == ["OrderFilled"]


def test_order_ids_count_per_symbol(orders: Tracker) -> None:
    apply(orders, report(NEW))
    assert apply(orders, report(PARTIAL, fill("1"), client_order_id="", symbol="ETHUSDT")) == []


def test_an_order_of_someone_else_says_nothing(orders: Tracker) -> None:
    assert apply(orders, report(FILLED, fill("1"), client_order_id="web_1", exchange_order_id="9")) == []


def test_the_venue_closing_our_position_is_emitted(orders: Tracker) -> None:
    liquidation = report(
        FILLED, fill("1", "2", "90"), client_order_id="autoclose-1", exchange_order_id="9", executed="2"
    )
    told = LiquidationEvent(3.0, PAIR, "autoclose-1", False, amount=Decimal(2), price=Decimal(90), fee=Decimal("0.02"))
    assert orders.apply(liquidation, 3_000) == (told,)


def test_an_order_that_is_not_paid_for_holds_nothing_until_it_has_failed(orders: Tracker) -> None:
    order = orders.open_order(intent(), "desk-2", leverage=5, now_ms=1_000, unpaid="too little")
    assert (order.claimed_amount, order.remaining_amount, order.is_open) == (0, 3, True)
    assert names(orders.apply(report(REJECTED, client_order_id="desk-2"), 2_000)) == ["OrderFailure"]


def test_an_id_is_tracked_once(orders: Tracker) -> None:
    with pytest.raises(ValueError, match=ORDER_ID):
        tracked(orders)
    apply(orders, report(CANCELED))
    with pytest.raises(ValueError, match=ORDER_ID):
        tracked(orders)


def test_a_pair_without_a_rule_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(KeyError):
        Tracker({}, system_orders(), Memory()).open_order(intent(), "desk-2", leverage=5, now_ms=0)


def test_two_orders_of_ours_that_trade_with_each_other_both_book_the_trade(orders: Tracker) -> None:
    tracked(orders, "desk-2")
    other = report(PARTIAL, fill("1"), client_order_id="desk-2", exchange_order_id="8002")
    assert apply(orders, report(PARTIAL, fill("1")), other) == ["BuyOrderCreated", "OrderFilled"] * 2


def test_ended_orders_are_forgotten_by_age() -> None:
    orders = tracker(Memory(keep_ms=1_000, keep_count=10))
    tracked(orders, "old")
    tracked(orders, "young")
    orders.apply(report(CANCELED, client_order_id="old", exchange_order_id="1"), 3_000)
    orders.apply(report(CANCELED, client_order_id="young", exchange_order_id="2"), 4_001)
    assert orders.order("old") is None
    assert orders.order("young") is not None
    assert apply(orders, report(UNCHANGED, fill("1"), client_order_id="", exchange_order_id="1")) == []


def test_an_ended_order_whose_fills_are_missing_outlives_its_age() -> None:
    orders = tracker(Memory(keep_ms=1_000, keep_count=10))
    tracked(orders, "old")
    tracked(orders, "young")
    orders.apply(report(FILLED, client_order_id="old"), 3_000)
    orders.apply(report(CANCELED, client_order_id="young", exchange_order_id="2"), 9_000)
    late = report(UNCHANGED, fill("1", "3"), client_order_id="old")
    assert names(orders.apply(late, 9_000)) == ["OrderFilled", "BuyOrderCompleted"]


def test_the_memory_of_ended_orders_is_bounded() -> None:
    orders = tracker(Memory(keep_count=2))
    for number in range(5):
        tracked(orders, f"desk-{number}")
        apply(orders, report(FILLED, client_order_id=f"desk-{number}", exchange_order_id=f"{number}"))
    assert [number for number in range(5) if orders.order(f"desk-{number}")] == [3, 4]


def test_a_restart_takes_back_what_is_not_settled(orders: Tracker) -> None:
    for name in ("open", "cancelled", "unexplained"):
        tracked(orders, name)
    apply(orders, report(PARTIAL, fill("1"), client_order_id="open", exchange_order_id="1"))
    apply(orders, report(CANCELED, client_order_id="cancelled", exchange_order_id="2"))
    apply(orders, report(FILLED, client_order_id="unexplained", exchange_order_id="3"))
    states = json.loads(json.dumps(orders.states()))
    after = tracker()
    assert names(after.restore(states, 50_000)) == ["OrderOutcomeUnknown"]
    assert set(states) == {ORDER_ID, "open", "unexplained"}
    assert [order.client_order_id for order in after.pending_unknown()] == [ORDER_ID]
    assert apply(after, report(PARTIAL, fill("1"), client_order_id="", exchange_order_id="1")) == []
    assert apply(after, report(UNCHANGED, fill("9", "3"), client_order_id="unexplained")) == [
        "OrderFilled",
        "BuyOrderCompleted",
    ]


def test_what_is_already_tracked_is_not_overwritten_by_a_saved_state(orders: Tracker) -> None:
    states = orders.states()
    apply(orders, report(NEW))
    assert orders.restore(states, 9_000) == ()
    assert orders.order(ORDER_ID).state is OrderState.OPEN


FILLS = [fill("1", time_ms=1), fill("2", time_ms=2), fill("3", time_ms=3)]
LIFE = [
    report(NEW, time_ms=1_000, executed="0"),
    report(UNKNOWN, time_ms=0),
    report(PARTIAL, FILLS[0], time_ms=2_000, executed="1"),
    report(UNCHANGED, FILLS[0], FILLS[1], time_ms=0),
    report(PARTIAL, FILLS[1], time_ms=3_000, executed="2"),
    report(OrderStatus.CANCEL_REQUESTED, time_ms=0),
    report(OrderStatus.CANCEL_REFUSED, time_ms=0),
    report(FILLED, FILLS[2], time_ms=4_000, executed="3"),
]
CUT_SHORT = [*LIFE[:-1], report(CANCELED, time_ms=4_000, executed="2")]


def booked(orders: Tracker) -> list[tuple[str, Fill]]:
    order = orders.order(ORDER_ID)
    assert order is not None
    return sorted(order.fills.items())


def in_some_order(life: list[OrderReport]) -> st.SearchStrategy[list[OrderReport]]:
    repeats = st.lists(st.sampled_from(life), max_size=8)
    return repeats.flatmap(lambda again: st.permutations([*life, *again]))


@given(reports=in_some_order(LIFE))
def test_any_order_and_repetition_of_reports_ends_in_the_same_fills_and_one_completion(
    reports: list[OrderReport],
) -> None:
    orders = tracker()
    tracked(orders)
    events = [name for name in apply(orders, *reports) if name != "OrderOutcomeUnknown"]
    assert events == ["BuyOrderCreated", "OrderFilled", "OrderFilled", "OrderFilled", "BuyOrderCompleted"]
    assert booked(orders) == [(one.trade_id, one) for one in FILLS]
    assert orders.order(ORDER_ID).average_executed_price == Decimal(100)


@given(reports=in_some_order(CUT_SHORT))
def test_any_order_and_repetition_of_a_cancelled_life_emits_each_fill_and_one_cancel(
    reports: list[OrderReport],
) -> None:
    orders = tracker()
    tracked(orders)
    events = apply(orders, *reports)
    assert events.index("BuyOrderCreated") < events.index("OrderFilled")
    assert sorted(set(events) - {"OrderOutcomeUnknown"}) == ["BuyOrderCreated", "OrderCancelled", "OrderFilled"]
    assert [events.count(name) for name in ("BuyOrderCreated", "OrderFilled", "OrderCancelled")] == [1, 2, 1]
    assert booked(orders) == [(one.trade_id, one) for one in FILLS[:2]]
    assert orders.orders_missing_fills() == ()


WORDS = st.sampled_from([one for one in OrderStatus if one is not UNCHANGED])


@given(words=st.lists(WORDS, max_size=12))
def test_whatever_is_reported_each_end_is_emitted_at_most_once_and_last(words: list[OrderStatus]) -> None:
    orders = tracker()
    tracked(orders)
    events = apply(orders, *(report(word) for word in words))
    ends = [name for name in events if name in ("OrderCancelled", "OrderExpired", "OrderFailure")]
    assert len(ends) <= 1
    assert events[-1:] == ends or not ends
    assert bool(ends) <= (orders.active == ())


@pytest.mark.parametrize("amount", ["0", "-1", "3.1"])
def test_a_fill_that_can_be_none_is_refused(orders: Tracker, amount: str) -> None:
    assert apply(orders, report(NEW), report(PARTIAL, fill("1", amount))) == ["BuyOrderCreated"]
    order = orders.order(ORDER_ID)
    assert order is not None
    assert (order.executed_amount, [each.trade_id for each in order.refused_fills]) == (0, ["1"])


def test_fills_of_before_the_venue_cut_the_amount_stay_possible(orders: Tracker) -> None:
    apply(orders, report(NEW), report(NEW, amount=Decimal(1), time_ms=4_000))
    assert apply(orders, report(UNCHANGED, fill("1", "2"))) == ["OrderFilled", "BuyOrderCompleted"]


def test_a_sum_above_the_amount_is_not_believed(orders: Tracker) -> None:
    apply(orders, report(PARTIAL, fill("1"), executed="4"))
    assert orders.orders_missing_fills() == ()


@pytest.mark.parametrize("word", [FILLED, CANCELED, EXPIRED])
def test_an_order_that_the_venue_lists_after_its_end_is_a_ghost_until_its_cancel_is_confirmed(
    orders: Tracker, word: OrderStatus
) -> None:
    apply(orders, report(NEW), report(word))
    assert orders.ghosts() == ()
    assert apply(orders, report(OrderStatus.STILL_LISTED, executed="0")) == []
    assert [order.client_order_id for order in orders.ghosts()] == [ORDER_ID]
    told = apply(orders, report(CANCELED, executed="0"))
    assert told == (["OrderCancelled"] if word is FILLED else [])
    assert (orders.ghosts(), orders.orders_missing_fills()) == ((), ())


def test_a_ghost_that_fills_to_the_last_unit_is_completed(orders: Tracker) -> None:
    apply(orders, report(NEW), report(CANCELED), report(OrderStatus.STILL_LISTED, executed="0"))
    assert apply(orders, report(FILLED, fill("1", "3"), executed="3")) == ["OrderFilled", "BuyOrderCompleted"]
    assert orders.ghosts() == ()


def test_a_wish_to_cancel_stays_until_the_order_is_over(orders: Tracker) -> None:
    apply(orders, report(OrderStatus.CANCEL_WANTED), report(UNKNOWN), report(OrderStatus.CANCEL_REFUSED), report(NEW))
    assert [order.cancel_wanted for order in orders.active] == [True]
    again = tracker()
    again.restore(json.loads(json.dumps(orders.states())), 5_000)
    assert [order.cancel_wanted for order in again.active] == [True]


def test_an_end_has_its_reason(orders: Tracker) -> None:
    order = orders.order(ORDER_ID)
    assert order is not None
    assert order.end is None
    apply(orders, report(NEW), report(EXPIRED, expiry=ExpiryReason.SELF_TRADE_PREVENTION))
    assert order.end == OrderEnd(OrderState.EXPIRED, expiry=ExpiryReason.SELF_TRADE_PREVENTION)


def test_a_refusal_is_told_with_its_kind(orders: Tracker) -> None:
    refused = Rejection(RejectionKind.FILTER, -4164, "MIN_NOTIONAL", "minimum 5 USDT", "amount 0.01")
    (event,) = orders.apply(report(REJECTED, rejection=refused, fault=FAULT), 3_000)
    assert isinstance(event, MarketOrderFailureEvent)
    assert event.rejection == refused
    order = orders.order(ORDER_ID)
    assert order is not None
    assert order.end == OrderEnd(OrderState.FAILED, rejection=refused)
