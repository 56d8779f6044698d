import pytest

from connector.core.events import LiquidationEvent
from connector.core.reports import OrderStatus
from tests.companions.orders.scenes import PAIR, report, takeovers


@pytest.mark.parametrize(("client_order_id", "deleveraged"), [("autoclose-17", False), ("adl_autoclose", True)])
def test_a_position_closed_by_the_venue_is_told_once(client_order_id: str, deleveraged: bool) -> None:
    watch = takeovers()
    seen = report(OrderStatus.NEW, client_order_id=client_order_id)
    traded = report(OrderStatus.FILLED, client_order_id=client_order_id)
    assert watch.notice(seen, 3.0) == (LiquidationEvent(3.0, PAIR, client_order_id, deleveraged),)
    assert watch.notice(traded, 4.0) == ()


def test_each_auto_deleveraging_is_told_though_all_have_one_client_id() -> None:
    watch = takeovers()
    orders = [report(OrderStatus.NEW, client_order_id="adl_autoclose", exchange_order_id=i) for i in "12"]
    assert [len(watch.notice(order, 3.0)) for order in orders] == [1, 1]


def test_an_order_of_another_bot_is_no_takeover() -> None:
    assert takeovers().notice(report(OrderStatus.NEW, client_order_id="web_1"), 3.0) == ()


def test_a_takeover_of_a_pair_that_is_not_traded_here_is_not_told() -> None:
    foreign = report(OrderStatus.NEW, client_order_id="autoclose-1", symbol="ETHUSDT")
    assert takeovers().notice(foreign, 3.0) == ()


def test_only_the_latest_takeovers_are_remembered() -> None:
    watch = takeovers()
    for number in range(300):
        watch.notice(report(OrderStatus.NEW, client_order_id=f"autoclose-{number}"), 3.0)
    assert watch.notice(report(OrderStatus.NEW, client_order_id="autoclose-299"), 3.0) == ()
    assert watch.notice(report(OrderStatus.NEW, client_order_id="autoclose-0"), 3.0) != ()
