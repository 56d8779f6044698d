from decimal import Decimal

import pytest

from connector.core.account_events import PositionSettledEvent
from connector.core.events import LiquidationEvent
from connector.core.reports import OrderReport, OrderStatus
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


def _ended(client_order_id: str, exchange_order_id: str = "8001") -> OrderReport:
    traded = fill("1", "2")
    return report(
        OrderStatus.FILLED, traded, client_order_id=client_order_id, exchange_order_id=exchange_order_id, executed="2"
    )


def test_each_auto_deleveraging_is_an_event_though_all_have_one_client_id() -> None:
    watch = system_orders()
    assert [len(watch.apply(_ended("adl_autoclose", number), 3.0)) for number in "1213"] == [1, 1, 0, 1]


def test_it_is_told_once_it_is_over_with_all_that_it_traded() -> None:
    watch = system_orders()
    partly = report(
        OrderStatus.PARTIALLY_FILLED, fill("1", "2"), client_order_id="autoclose-1", executed="2", amount=Decimal(3)
    )
    assert watch.apply(partly, 3.0) == ()
    rest = report(
        OrderStatus.EXPIRED, fill("2", "0.5", "94"), client_order_id="autoclose-1", executed="2.5", amount=Decimal(3)
    )
    (told,) = watch.apply(rest, 4.0)
    assert isinstance(told, LiquidationEvent)
    assert (told.amount, told.fee, told.price) == (Decimal("2.5"), Decimal("0.04"), Decimal("98.8"))


def test_one_that_the_insurance_fund_takes_over_is_over_though_its_status_is_that_of_a_new_one() -> None:
    taken = report(OrderStatus.NEW, fill("1", "3"), client_order_id="autoclose-1", executed="3", amount=Decimal(3))
    assert len(system_orders().apply(taken, 3.0)) == 1


def test_one_that_closed_nothing_is_no_event() -> None:
    nothing = report(OrderStatus.FILLED, client_order_id="autoclose-1", executed="0", amount=Decimal(0))
    assert system_orders().apply(nothing, 3.0) == ()


@pytest.mark.parametrize("name", ["settlement_autoclose-1", "delivery_autoclose-1"])
def test_the_end_of_a_contract_is_a_settlement_and_no_liquidation(name: str) -> None:
    (told,) = system_orders().apply(_ended(name), 3.0)
    assert told == PositionSettledEvent(3.0, PAIR, name, Decimal(2), Decimal(100), Decimal(0), Decimal("0.02"))


def test_an_order_of_another_bot_is_none_of_the_venues() -> None:
    assert system_orders().apply(report(OrderStatus.NEW, client_order_id="web_1"), 3.0) == ()


def test_a_system_order_of_a_pair_that_is_not_traded_here_is_no_event() -> None:
    foreign = report(OrderStatus.NEW, client_order_id="autoclose-1", symbol="ETHUSDT")
    assert system_orders().apply(foreign, 3.0) == ()


def test_only_the_latest_system_orders_are_remembered() -> None:
    watch = system_orders()
    for number in range(300):
        watch.apply(_ended(f"autoclose-{number}", str(number)), 3.0)
    assert watch.apply(_ended("autoclose-299", "299"), 3.0) == ()
    assert watch.apply(_ended("autoclose-0", "0"), 3.0) != ()


def test_each_trade_of_a_system_order_is_new_once_however_often_it_is_told() -> None:
    watch = system_orders()
    first, second = fill("1", "2"), fill("2", "1")
    partly = report(OrderStatus.PARTIALLY_FILLED, first, client_order_id="autoclose-17", executed="2")
    whole = report(OrderStatus.FILLED, first, second, client_order_id="autoclose-17", executed="3")
    watch.apply(partly, 3.0)
    assert watch.new_fills(partly) == (first,)
    watch.apply(whole, 4.0)
    assert watch.new_fills(whole) == (second,)
    watch.apply(whole, 4.0)
    assert watch.new_fills(whole) == ()


def test_a_report_of_our_own_order_has_no_trades_of_the_venue_whatever_came_before_it() -> None:
    watch = system_orders()
    watch.apply(_ended("autoclose-17"), 3.0)
    assert watch.new_fills(report(OrderStatus.FILLED, fill("9", "4"))) == ()


def _trade(trade_id: str, amount: str) -> OrderReport:
    """One trade as the list of trades has it: by the order's number alone."""
    return report(OrderStatus.UNCHANGED, fill(trade_id, amount), client_order_id="")


def test_one_whose_trades_are_missing_is_told_once_they_are_known() -> None:
    watch = system_orders()
    first = report(OrderStatus.PARTIALLY_FILLED, fill("1", "2"), client_order_id="autoclose-1", executed="2")
    end = report(OrderStatus.FILLED, fill("3", "1"), client_order_id="autoclose-1", executed="4", time_ms=4_000)
    assert watch.apply(first, 3.0) == watch.apply(end, 4.0) == ()
    assert (watch.owed(), watch.waits()) == ((end,), {PAIR})
    (told,) = watch.apply(_trade("2", "1"), 9.0)
    assert isinstance(told, LiquidationEvent)
    assert (told.timestamp, told.amount, told.fee) == (4.0, Decimal(4), Decimal("0.06"))
    assert (watch.owed(), watch.waits()) == ((), set())
    assert watch.apply(_trade("2", "1"), 9.0) == ()


def test_one_whose_trades_can_not_be_had_is_told_with_what_nobody_knows_as_unknown() -> None:
    watch = system_orders()
    end = report(
        OrderStatus.FILLED, fill("1", "1"), client_order_id="autoclose-1", executed="3", average_price=Decimal(90)
    )
    watch.apply(end, 4.0)
    (told,), (lacking,) = watch.give_up(end)
    assert isinstance(told, LiquidationEvent)
    assert (told.amount, told.price) == (Decimal(3), Decimal(90))
    assert told.realized_pnl.is_nan()
    assert told.fee.is_nan()
    assert lacking.amount == 2
    assert watch.give_up(end) == ((), ())
    late = _trade("2", "2")
    assert (watch.apply(late, 9.0), watch.new_fills(late)) == ((), ())


def test_a_trade_that_names_no_order_of_the_venue_is_none_of_them() -> None:
    watch = system_orders()
    assert not watch.knows(_trade("1", "2"))
    watch.apply(_ended("autoclose-17"), 3.0)
    assert watch.knows(_trade("1", "2"))
