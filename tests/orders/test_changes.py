"""Another price or amount of an open order: asked for, crossed by fills, answered late, twice or never."""

from decimal import Decimal as D

import pytest

from connector.core.enums import OrderState, PositionAction, TradeType
from connector.core.events import OrderModifiedEvent, OrderModifyFailedEvent
from connector.core.intents import OrderIntent
from connector.core.reports import OrderReport, OrderStatus
from connector.orders.changes import Change
from connector.orders.tracker import Tracker
from tests.companions.orders.scenes import ORDER_ID, VENUE_ID, fill, intent, names, report, tracked, tracker

W, S = OrderStatus, OrderState


def told(status: OrderStatus, at_ms: int, price: str, amount: str, *fills: object, executed: str = "0") -> OrderReport:
    """A word of the venue on an order with these terms."""
    return report(status, *fills, time_ms=at_ms, price=D(price), amount=D(amount), executed=executed)  # type: ignore[arg-type]


def asked(price: str, amount: str) -> OrderReport:
    return report(W.MODIFY_REQUESTED, time_ms=0, price=D(price), amount=D(amount))


@pytest.fixture
def desk() -> Tracker:
    """A buy of 3 at 100 that the venue has since its time 3,000."""
    orders = tracker()
    tracked(orders)
    orders.apply(told(W.NEW, 3_000, "100", "3"), 5_000)
    return orders


def hear(desk: Tracker, *reports: OrderReport) -> list[str]:
    return [name for each in reports for name in names(desk.apply(each, 6_000))]


def state(desk: Tracker) -> tuple[OrderState, D | None, D, Change | None]:
    order = desk.order(ORDER_ID)
    assert order is not None
    return order.state, order.price, order.amount, order.change


def test_what_is_asked_for_is_not_in_force_before_it_is_answered(desk: Tracker) -> None:
    assert hear(desk, asked("101", "4")) == []
    assert state(desk) == (S.PENDING_MODIFY, D(100), D(3), Change(D(101), D(4)))


@pytest.mark.parametrize("word", [W.MODIFIED, W.NEW, W.PARTIALLY_FILLED])
def test_whatever_way_shows_the_new_terms_first_answers_and_is_told_once(desk: Tracker, word: OrderStatus) -> None:
    hear(desk, asked("101", "4"))
    (event,) = desk.apply(told(word, 3_100, "101", "4"), 6_000)
    assert isinstance(event, OrderModifiedEvent)
    assert (event.price, event.amount, event.order_id) == (D(101), D(4), ORDER_ID)
    again = [told(each, 3_100, "101", "4") for each in (W.MODIFIED, W.NEW, W.MODIFIED)]
    assert hear(desk, *again) == []
    assert state(desk)[1:] == (D(101), D(4), None)


def test_a_refused_change_is_told_with_what_was_asked_for_and_leaves_the_order_as_it_stood(desk: Tracker) -> None:
    hear(desk, asked("101", "4"))
    (event,) = desk.apply(report(W.MODIFY_REFUSED, time_ms=0), 6_000)
    assert isinstance(event, OrderModifyFailedEvent)
    assert (event.price, event.amount) == (D(101), D(4))
    assert state(desk) == (S.OPEN, D(100), D(3), None)
    assert hear(desk, report(W.MODIFY_REFUSED, time_ms=0)) == []


def test_a_fill_of_before_the_change_is_counted_and_answers_nothing(desk: Tracker) -> None:
    crossing = told(W.PARTIALLY_FILLED, 3_050, "100", "3", fill("1"), executed="1")
    assert hear(desk, asked("101", "4"), crossing) == ["OrderFilled"]
    assert state(desk)[0] is S.PENDING_MODIFY
    assert hear(desk, told(W.MODIFIED, 3_100, "101", "4", executed="1")) == ["OrderModified"]
    assert state(desk) == (S.PARTIALLY_FILLED, D(101), D(4), None)


def test_trades_that_make_up_the_old_total_do_not_end_an_order_that_may_have_a_larger_one(desk: Tracker) -> None:
    trades = report(W.UNCHANGED, fill("1", "3"), client_order_id="", exchange_order_id=VENUE_ID)
    assert hear(desk, asked("100", "5"), trades) == ["OrderFilled"]
    assert state(desk)[0] is S.PENDING_MODIFY
    assert hear(desk, told(W.PARTIALLY_FILLED, 3_100, "100", "5", executed="3")) == ["OrderModified"]
    assert hear(desk, report(W.UNCHANGED, fill("2", "2"))) == ["OrderFilled", "BuyOrderCompleted"]


def test_trades_of_the_new_total_are_taken_before_the_change_is_heard_of(desk: Tracker) -> None:
    assert hear(desk, asked("100", "5"), report(W.UNCHANGED, fill("1", "5"))) == ["OrderFilled", "BuyOrderCompleted"]


def test_an_order_that_was_full_before_its_change_arrived_is_completed(desk: Tracker) -> None:
    hear(desk, asked("100", "5"), report(W.UNCHANGED, fill("1", "3")))
    assert hear(desk, report(W.MODIFY_REFUSED, time_ms=0)) == ["BuyOrderCompleted"]


def test_a_new_total_that_is_filled_already_ends_the_order_with_one_event(desk: Tracker) -> None:
    hear(desk, told(W.PARTIALLY_FILLED, 3_050, "100", "3", fill("1", "2"), executed="2"), asked("100", "2"))
    assert hear(desk, told(W.CANCELED, 3_100, "100", "2", executed="2")) == ["OrderCancelled"]
    assert state(desk) == (S.CANCELED, D(100), D(3), None)
    assert hear(desk, report(W.MODIFY_REFUSED, time_ms=0)) == []


def test_a_word_of_the_same_millisecond_that_was_said_before_brings_back_no_old_terms(desk: Tracker) -> None:
    hear(desk, asked("101", "4"), told(W.MODIFIED, 3_000, "101", "4"))
    assert hear(desk, told(W.NEW, 3_000, "100", "3")) == []
    assert state(desk)[1:3] == (D(101), D(4))


def test_an_earlier_change_that_is_told_late_does_not_answer_the_next_one(desk: Tracker) -> None:
    hear(desk, asked("101", "3"), told(W.MODIFIED, 3_100, "101", "3"), asked("102", "3"))
    assert hear(desk, told(W.MODIFIED, 3_100, "101", "3")) == []
    assert state(desk) == (S.PENDING_MODIFY, D(101), D(3), Change(D(102), D(3)))


def test_terms_of_before_it_was_asked_for_do_not_answer_a_change_back_to_them(desk: Tracker) -> None:
    hear(desk, asked("101", "3"), told(W.MODIFIED, 3_100, "101", "3"), asked("100", "3"))
    assert hear(desk, told(W.NEW, 3_000, "100", "3")) == []
    assert state(desk)[0] is S.PENDING_MODIFY
    assert hear(desk, told(W.MODIFIED, 3_200, "100", "3")) == ["OrderModified"]


def test_a_change_by_somebody_else_is_told_and_answers_nothing_of_ours(desk: Tracker) -> None:
    hear(desk, asked("101", "3"))
    assert hear(desk, told(W.MODIFIED, 3_100, "99", "3")) == ["OrderModified"]
    assert state(desk) == (S.PENDING_MODIFY, D(99), D(3), Change(D(101), D(3)))


def test_a_closing_order_that_is_cut_to_the_position_is_changed_all_the_same() -> None:
    desk = tracker()
    wanted = intent(TradeType.SELL)
    closing = OrderIntent(
        wanted.trading_pair, TradeType.SELL, wanted.order_type, wanted.amount, wanted.price, PositionAction.CLOSE
    )
    tracked(desk, wanted=closing)
    hear(desk, told(W.NEW, 3_000, "100", "3"), asked("100", "5"))
    # An old word is no cut one.
    assert hear(desk, told(W.NEW, 3_050, "100", "3")) == []
    assert hear(desk, told(W.MODIFIED, 3_100, "100", "4")) == ["OrderModified"]
    assert state(desk) == (S.OPEN, D(100), D(4), None)


def test_a_cancel_goes_past_a_change_and_the_orders_end_is_its_only_answer(desk: Tracker) -> None:
    wishes = report(W.CANCEL_WANTED, time_ms=0), report(W.CANCEL_REQUESTED, time_ms=0)
    assert hear(desk, asked("101", "4"), *wishes) == []
    assert state(desk)[0] is S.PENDING_CANCEL
    assert hear(desk, told(W.CANCELED, 3_100, "100", "3"), report(W.MODIFY_REFUSED, time_ms=0)) == ["OrderCancelled"]


def test_a_change_in_doubt_outlives_a_cancel_that_brought_nothing(desk: Tracker) -> None:
    hear(desk, asked("101", "4"), report(W.MODIFY_UNKNOWN, time_ms=0))
    hear(desk, report(W.CANCEL_REQUESTED, time_ms=0), report(W.CANCEL_REFUSED, time_ms=0))
    assert [order.client_order_id for order in desk.changes_in_doubt()] == [ORDER_ID]
    assert hear(desk, told(W.NEW, 3_100, "101", "4")) == ["OrderModified"]
    assert desk.changes_in_doubt() == ()


def test_until_it_is_answered_the_budget_holds_the_more_of_both(desk: Tracker) -> None:
    order = desk.order(ORDER_ID)
    assert order is not None
    assert order.claimed_amount == order.remaining_amount == D(3)
    hear(desk, told(W.PARTIALLY_FILLED, 3_050, "100", "3", fill("1", "2"), executed="2"), asked("99", "5"))
    assert (order.claimed_amount, order.remaining_amount) == (D(3), D(1))
    hear(desk, report(W.MODIFY_REFUSED, time_ms=0), asked("101", "3"))
    assert order.claimed_amount == D(1)


def test_a_change_that_a_run_left_unanswered_is_in_doubt_in_the_next_one(desk: Tracker) -> None:
    hear(desk, asked("101", "4"))
    again = tracker()
    assert again.restore(desk.states(), 7_000) == ()
    (order,) = again.changes_in_doubt()
    assert (order.state, order.change) == (S.PENDING_MODIFY, Change(D(101), D(4)))
    assert hear(again, told(W.NEW, 3_100, "101", "4")) == ["OrderModified"]


def test_a_second_change_takes_the_place_of_none_that_is_awaited(desk: Tracker) -> None:
    hear(desk, asked("101", "4"), asked("102", "5"))
    assert state(desk)[3] == Change(D(101), D(4))
