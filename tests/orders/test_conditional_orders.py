"""A conditional order and its child are one order, however the words of both families are mixed."""

import json
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.enums import OrderState, OrderType, PositionAction, TradeType, TriggerState
from connector.core.intents import OrderIntent
from connector.core.order_ends import ExpiryReason, Rejection, RejectionKind
from connector.core.order_options import OrderOptions
from connector.core.reports import ConditionalReport, OrderReport, OrderStatus
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.journal_records import restated
from connector.orders.journal_replay import replayed
from connector.orders.saved_orders import restored, saved
from connector.orders.tracker import Tracker
from connector.store.record_lines import line_of, record_at
from tests.companions.orders.scenes import ORDER_ID, PAIR, fill, names, report, tracked, tracker

D = Decimal
OPTIONS = OrderOptions(trigger_price=D(110))
WANTED = OrderIntent(PAIR, TradeType.BUY, OrderType.STOP, D(3), D(112), PositionAction.OPEN, OPTIONS)
CLOSING = replace(
    WANTED, order_type=OrderType.STOP_MARKET, amount=D(0), price=None, position_action=PositionAction.CLOSE,
    options=replace(OPTIONS, close_position=True),
)  # fmt: skip


def algo(
    trigger: TriggerState,
    status: OrderStatus = OrderStatus.NEW,
    *,
    child: str = "",
    finished: bool = False,
    **more: object,
) -> OrderReport:
    told = ConditionalReport("77", trigger, finished, OrderType.STOP, OPTIONS, closes=False)
    return report(status, exchange_order_id=child, conditional=told, **more)


WAITS = algo(TriggerState.WAITING, amount=D(3), price=D(112))
TRIGGERING = algo(TriggerState.TRIGGERING, amount=D(3), price=D(112))
TRIGGERED = algo(TriggerState.TRIGGERED, child="8001", amount=D(3), price=D(112))
FINISHED = algo(TriggerState.TRIGGERED, child="8001", finished=True, amount=D(3), executed="3")
REFUSED = algo(TriggerState.REFUSED, OrderStatus.TRIGGER_REFUSED, rejection=Rejection(RejectionKind.MARGIN, -2019))
CHILD = report(OrderStatus.NEW, amount=D(3), price=D(112))
PART = report(OrderStatus.PARTIALLY_FILLED, fill("1"), executed="1", amount=D(3))
FULL = report(OrderStatus.FILLED, fill("2", "2"), executed="3", amount=D(3))
LIFE = (WAITS, TRIGGERING, TRIGGERED, CHILD, PART, FULL, FINISHED)


@pytest.fixture
def desk() -> Tracker:
    return tracker()


def told(desk: Tracker, *reports: OrderReport) -> list[str]:
    return [name for each in reports for name in names(desk.apply(each, 5_000))]


def test_it_is_created_triggered_filled_and_completed(desk: Tracker) -> None:
    order = tracked(desk, wanted=WANTED)
    assert order.trigger is TriggerState.WAITING
    assert told(desk, *LIFE) == [
        "BuyOrderCreated", "OrderTriggered", "OrderFilled", "OrderFilled", "BuyOrderCompleted"
    ]  # fmt: skip
    assert (order.algo_id, order.exchange_order_id, order.executed_amount) == ("77", "8001", D(3))


def test_before_there_is_a_child_its_exchange_id_is_told_as_the_algo_id(desk: Tracker) -> None:
    tracked(desk, wanted=WANTED)
    (created,) = desk.apply(WAITS, 5_000)
    assert getattr(created, "exchange_order_id", "") == "77"


@given(order=st.permutations(LIFE), again=st.lists(st.sampled_from(LIFE), max_size=4))
def test_in_whatever_order_and_however_often_it_is_told_amounts_count_once(
    order: list[OrderReport], again: list[OrderReport]
) -> None:
    desk = tracker()
    one = tracked(desk, wanted=WANTED)
    heard = told(desk, *order, *again)
    assert heard.count("OrderFilled") == 2
    assert [heard.count(name) for name in ("BuyOrderCreated", "OrderTriggered", "BuyOrderCompleted")] == [1, 1, 1]
    assert heard[-1] == "BuyOrderCompleted"
    assert (one.state, one.executed_amount, one.amount) == (OrderState.FILLED, D(3), D(3))


@given(order=st.permutations((WAITS, TRIGGERING, REFUSED)), again=st.lists(st.sampled_from(LIFE[:2]), max_size=3))
def test_a_refused_child_ends_it_whatever_old_word_comes_later(
    order: list[OrderReport], again: list[OrderReport]
) -> None:
    desk = tracker()
    one = tracked(desk, wanted=WANTED)
    heard = told(desk, *order, *again)
    assert heard.count("OrderFailure") == 1
    assert (one.state, one.ghost, one.is_settled) == (OrderState.FAILED, False, True)
    assert one.end is not None
    assert one.end.rejection == Rejection(RejectionKind.MARGIN, -2019)


def test_a_child_that_is_seen_outranks_the_word_that_it_was_refused(desk: Tracker) -> None:
    order = tracked(desk, wanted=WANTED)
    told(desk, CHILD, REFUSED)
    assert (order.state, order.trigger) == (OrderState.OPEN, TriggerState.TRIGGERED)
    other = tracked(desk, "desk-2", WANTED)
    told(desk, replace(REFUSED, client_order_id="desk-2"), replace(CHILD, client_order_id="desk-2"))
    assert other.ghost, "it is in the book though it was given up: it is cancelled"


def test_the_cut_amount_of_a_child_is_not_undone_by_what_was_asked_for(desk: Tracker) -> None:
    order = tracked(desk, wanted=WANTED)
    told(desk, replace(WAITS, time_ms=1_000), TRIGGERED, report(OrderStatus.NEW, amount=D(1), time_ms=2_000), FINISHED)
    assert order.amount == D(1)


def test_what_closes_a_position_takes_fills_before_its_amount_is_known(desk: Tracker) -> None:
    order = tracked(desk, wanted=CLOSING)
    assert (order.amount, order.is_open, order.remaining_amount) == (0, True, 0)
    told(desk, report(OrderStatus.UNCHANGED, fill("1", "0.5")))
    assert (order.executed_amount, order.state) == (D("0.5"), OrderState.PARTIALLY_FILLED)
    told(desk, report(OrderStatus.FILLED, fill("2", "0.5"), executed="1", amount=D(1)))
    assert (order.state, order.amount, order.executed_amount) == (OrderState.FILLED, D(1), D(1))


def test_a_child_that_is_over_in_a_way_that_nobody_told_is_looked_for(desk: Tracker) -> None:
    tracked(desk, wanted=WANTED)
    assert desk.finished_children() == ()
    told(desk, WAITS, algo(TriggerState.TRIGGERED, child="8001", finished=True))
    assert [order.client_order_id for order in desk.finished_children()] == [ORDER_ID]
    told(desk, report(OrderStatus.CANCELED))
    assert desk.finished_children() == ()


def test_what_expires_since_it_was_triggered_goes_on(desk: Tracker) -> None:
    order = tracked(desk, wanted=WANTED)
    told(desk, WAITS, report(OrderStatus.EXPIRED, expiry=ExpiryReason.TRIGGERED))
    assert (order.state, order.trigger) == (OrderState.OPEN, TriggerState.TRIGGERED)


@pytest.mark.parametrize("end", [OrderStatus.CANCELED, OrderStatus.EXPIRED])
def test_one_that_waits_ends_without_a_child(desk: Tracker, end: OrderStatus) -> None:
    order = tracked(desk, wanted=WANTED)
    heard = told(desk, WAITS, algo(TriggerState.WAITING, end))
    assert heard == ["BuyOrderCreated", "OrderCancelled" if end is OrderStatus.CANCELED else "OrderExpired"]
    assert order.exchange_order_id == ""


@given(reports=st.lists(st.sampled_from((*LIFE, REFUSED)), max_size=6))
def test_it_outlives_a_restart_as_it_was(reports: list[OrderReport]) -> None:
    desk = tracker()
    order = tracked(desk, wanted=WANTED)
    told(desk, *reports)
    lines, records, at = b"".join(line_of(record) for record in restated(order)), [], 0
    while at < len(lines):
        record, at = record_at(lines, at)
        records.append(record)
    back = replayed(records).orders[ORDER_ID]
    back.last_update_ms = order.last_update_ms
    assert back == order
    assert restored(json.loads(json.dumps(saved(order)))) == order


RANK = {TriggerState.WAITING: 0, TriggerState.TRIGGERING: 1, TriggerState.REFUSED: 2, TriggerState.TRIGGERED: 3}


@pytest.mark.parametrize("place", list(TriggerState))
@pytest.mark.parametrize("state", list(OrderState))
def test_from_every_state_and_place_no_report_of_either_family_leads_back(
    state: OrderState, place: TriggerState
) -> None:
    for status, word in product(OrderStatus, (None, *TriggerState)):
        order = tracked(tracker(), wanted=WANTED)
        order.state, order.trigger = state, place
        order.take(report(status) if word is None else algo(word, status), 5_000)
        assert order.trigger is not None
        assert RANK[order.trigger] >= RANK[place]
        assert order.state is state or not state.is_final
        if status is OrderStatus.TRIGGER_REFUSED and order.trigger is TriggerState.TRIGGERED:
            assert word is None or order.state is state, "a child was seen: the refusal is no word of it"


def test_only_a_desk_that_has_had_one_asks_for_them(desk: Tracker) -> None:
    tracked(desk)
    assert not desk.has_conditional
    order: InFlightOrder = tracked(desk, "desk-2", WANTED)
    assert desk.has_conditional
    again = tracker()
    again.restore({order.client_order_id: saved(order)}, 5_000)
    assert again.has_conditional
