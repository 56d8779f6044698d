from decimal import Decimal

import pytest

from connector.core.events import LiquidationEvent
from connector.core.reports import OrderStatus
from tests.companions.orders.scenes import PAIR, fill, report, system_orders


@pytest.mark.parametrize(("client_order_id", "deleveraged"), [("autoclose-17", False), ("adl_autoclose", True)])
def test_a_position_closed_by_the_venue_is_one_event(client_order_id: str, deleveraged: bool) -> None:
    watch = system_orders()
    seen = report(OrderStatus.NEW, client_order_id=client_order_id)
    fills = fill("1", "2"), fill("2", "1")
    traded = report(
        OrderStatus.FILLED, *fills, client_order_id=client_order_id, executed="3", average_price=Decimal(90)
    )
    assert watch.apply(seen, 3.0) == ()
    told = LiquidationEvent(
        4.0, PAIR, client_order_id, deleveraged, amount=Decimal(3), price=Decimal(90), fee=Decimal("0.04")
    )
    assert watch.apply(traded, 4.0) == (told,)
    assert watch.apply(traded, 5.0) == ()


def test_each_auto_deleveraging_is_an_event_though_all_have_one_client_id() -> None:
    watch = system_orders()
    orders = [report(OrderStatus.FILLED, client_order_id="adl_autoclose", exchange_order_id=i) for i in "12"]
    assert [len(watch.apply(order, 3.0)) for order in orders] == [1, 1]


def test_an_order_of_another_bot_is_none_of_the_venues() -> None:
    assert system_orders().apply(report(OrderStatus.NEW, client_order_id="web_1"), 3.0) == ()


def test_a_system_order_of_a_pair_that_is_not_traded_here_is_no_event() -> None:
    foreign = report(OrderStatus.NEW, client_order_id="autoclose-1", symbol="ETHUSDT")
    assert system_orders().apply(foreign, 3.0) == ()


def test_only_the_latest_system_orders_are_remembered() -> None:
    watch = system_orders()
    for number in range(300):
        watch.apply(report(OrderStatus.FILLED, client_order_id=f"autoclose-{number}"), 3.0)
    assert watch.apply(report(OrderStatus.FILLED, client_order_id="autoclose-299"), 3.0) == ()
    assert watch.apply(report(OrderStatus.FILLED, client_order_id="autoclose-0"), 3.0) != ()


def test_each_trade_of_a_system_order_is_new_once_however_often_it_is_told() -> None:
    watch = system_orders()
    first, second = fill("1", "2"), fill("2", "1")
    partly = report(OrderStatus.PARTIALLY_FILLED, first, client_order_id="autoclose-17")
    whole = report(OrderStatus.FILLED, first, second, client_order_id="autoclose-17")
    watch.apply(partly, 3.0)
    assert watch.new_fills(partly) == (first,)
    watch.apply(whole, 4.0)
    assert watch.new_fills(whole) == (second,)
    assert watch.new_fills(whole) == ()
    assert watch.new_fills(report(OrderStatus.FILLED, first, client_order_id="web_1")) == ()
