from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.enums import OrderState
from connector.core.order_ends import ExpiryReason
from connector.core.order_options import OrderOptions
from connector.core.reports import OrderStatus
from connector.orders.in_flight_order import InFlightOrder
from tests.companions.orders.scenes import fill, intent, report, tracked, tracker


@pytest.fixture
def order() -> InFlightOrder:
    return tracked(tracker())


def test_a_fill_is_new_once(order: InFlightOrder) -> None:
    partial = report(OrderStatus.PARTIALLY_FILLED, fill("1"))
    assert [len(order.take(partial, 3_000)) for _ in range(3)] == [1, 0, 0]
    assert order.executed_amount == order.executed_amount_base == Decimal(1)


def test_fills_of_one_report_come_oldest_first(order: InFlightOrder) -> None:
    fresh = order.take(report(OrderStatus.UNCHANGED, fill("2", time_ms=20), fill("1", time_ms=10)), 3_000)
    assert [one.trade_id for one in fresh] == ["1", "2"]


def test_average_price_and_fees_come_from_the_fills(order: InFlightOrder) -> None:
    order.take(report(OrderStatus.PARTIALLY_FILLED, fill("1", "1", "100"), fill("2", "1", "98")), 3_000)
    assert order.average_executed_price == Decimal(99)
    assert order.executed_amount_quote == Decimal(198)
    assert order.fees == {"USDT": Decimal("0.04")}


def test_without_fills_the_average_price_is_the_venues(order: InFlightOrder) -> None:
    assert order.average_executed_price is None
    order.take(report(OrderStatus.PARTIALLY_FILLED, executed="1", average_price=Decimal("99.9")), 3_000)
    assert order.average_executed_price == Decimal("99.9")


def test_an_executed_amount_ahead_of_the_fills_is_missing_fills(order: InFlightOrder) -> None:
    order.take(report(OrderStatus.PARTIALLY_FILLED, fill("1"), executed="2"), 3_000)
    assert order.missing_fills
    assert order.remaining_amount == Decimal(1)
    order.take(report(OrderStatus.UNCHANGED, fill("2")), 3_000)
    assert not order.missing_fills


def test_an_executed_amount_never_shrinks(order: InFlightOrder) -> None:
    order.take(report(OrderStatus.PARTIALLY_FILLED, executed="2", time_ms=2_000), 3_000)
    order.take(report(OrderStatus.PARTIALLY_FILLED, executed="1", time_ms=3_000), 3_000)
    assert order.reported_executed == Decimal(2)


def test_filled_without_a_figure_means_the_whole_amount(order: InFlightOrder) -> None:
    order.take(report(OrderStatus.FILLED), 3_000)
    assert order.reported_executed == Decimal(3)
    assert order.missing_fills


def test_filled_by_nothing_is_filled_by_trades_that_are_missing(order: InFlightOrder) -> None:
    order.take(report(OrderStatus.FILLED, executed="0"), 3_000)
    assert order.missing_fills


@pytest.mark.parametrize(("time_ms", "reason"), [(9_000, ExpiryReason.GOOD_TILL_DATE), (8_999, ExpiryReason.OTHER)])
def test_an_order_whose_date_came_expired_for_that(time_ms: int, reason: ExpiryReason) -> None:
    dated = tracked(tracker(), wanted=replace(intent(), options=OrderOptions(good_till_ms=9_000)))
    dated.take(report(OrderStatus.EXPIRED, expiry=ExpiryReason.OTHER, time_ms=time_ms), 9_100)
    assert dated.expiry is reason


def test_the_amount_that_the_venue_echoes_wins(order: InFlightOrder) -> None:
    """An oversize reduce-only order is cut to the position: it is full when that much has traded."""
    order.take(report(OrderStatus.NEW, amount=Decimal(1), price=Decimal("99.9")), 3_000)
    assert (order.amount, order.price) == (Decimal(1), Decimal("99.9"))
    order.take(report(OrderStatus.PARTIALLY_FILLED, fill("1")), 3_000)
    assert order.state is OrderState.FILLED


def test_an_older_echo_does_not_undo_an_amendment(order: InFlightOrder) -> None:
    order.take(report(OrderStatus.NEW, amount=Decimal(2), time_ms=5_000), 5_000)
    order.take(report(OrderStatus.NEW, amount=Decimal(3), time_ms=4_000), 5_100)
    assert order.amount == Decimal(2)


def test_a_market_order_keeps_having_no_price_though_the_venue_echoes_0() -> None:
    order = tracked(tracker(), wanted=intent(price=None))
    order.take(report(OrderStatus.NEW, price=Decimal(0)), 3_000)
    assert order.price is None


def test_a_request_to_cancel_is_dated_until_it_is_refused(order: InFlightOrder) -> None:
    order.take(report(OrderStatus.NEW), 3_000)
    order.take(report(OrderStatus.CANCEL_REQUESTED), 4_000)
    assert (order.state, order.cancel_requested_ms) == (OrderState.PENDING_CANCEL, 4_000)
    order.take(report(OrderStatus.CANCEL_REFUSED), 5_000)
    assert (order.state, order.cancel_requested_ms) == (OrderState.OPEN, None)
    assert order.cancel_wanted, "what was asked for is wanted still"


def test_doubt_is_dated_from_its_first_moment(order: InFlightOrder) -> None:
    for now_ms in (4_000, 5_000):
        order.take(report(OrderStatus.OUTCOME_UNKNOWN), now_ms)
    assert (order.state, order.unknown_since_ms) == (OrderState.PENDING_UNKNOWN, 4_000)
    order.take(report(OrderStatus.NEW), 6_000)
    assert order.unknown_since_ms is None


@pytest.mark.parametrize("word", [OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED, OrderStatus.CANCELED])
def test_an_order_lost_from_sight_is_found_by_any_word_of_it(order: InFlightOrder, word: OrderStatus) -> None:
    order.take(report(OrderStatus.NEW), 3_000)
    order.take(report(OrderStatus.NOT_FOUND), 4_000)
    assert order.lost
    assert order.is_open
    order.take(report(word), 5_000)
    assert not order.lost


def test_a_look_up_that_outran_the_request_loses_nothing(order: InFlightOrder) -> None:
    order.take(report(OrderStatus.NOT_FOUND), 3_000)
    assert (order.state, order.lost) == (OrderState.PENDING_CREATE, False)


def test_an_order_given_up_that_the_venue_has_is_a_ghost_until_it_ends(order: InFlightOrder) -> None:
    order.take(report(OrderStatus.OUTCOME_UNKNOWN), 3_000)
    order.take(report(OrderStatus.NOT_FOUND), 9_000)
    assert (order.state, order.ghost, order.is_settled) == (OrderState.FAILED, False, True)
    order.take(report(OrderStatus.NEW), 9_100)
    assert (order.state, order.ghost, order.is_settled) == (OrderState.FAILED, True, False)
    order.take(report(OrderStatus.CANCELED), 9_200)
    assert (order.ghost, order.is_settled) == (False, True)


def test_a_late_word_of_a_cancelled_order_makes_no_ghost(order: InFlightOrder) -> None:
    order.take(report(OrderStatus.CANCELED), 3_000)
    order.take(report(OrderStatus.NEW), 3_100)
    assert not order.ghost


def test_times_are_in_seconds(order: InFlightOrder) -> None:
    order.take(report(OrderStatus.NEW), 3_500)
    assert (order.creation_timestamp, order.last_update_timestamp) == (1.0, 3.5)
