"""Trades of others on the account: each once, and ours never."""

from decimal import Decimal

from connector.core.account_events import ForeignFillEvent
from connector.core.enums import TradeType
from connector.core.reports import OrderReport, OrderStatus, ReportSource
from connector.orders.foreign_fills import ForeignFills
from tests.companions.orders.scenes import PAIR, SYMBOL, fill

D = Decimal


def _fills() -> ForeignFills:
    return ForeignFills({SYMBOL: PAIR}.get, lambda name: name.startswith(("own-", "autoclose-")))


def _row(name: str, trade_id: str, symbol: str = SYMBOL) -> OrderReport:
    return OrderReport(
        ReportSource.STREAM, OrderStatus.PARTIALLY_FILLED, symbol, name, "17", 5_000,
        fills=(fill(trade_id, "2"),), trade_type=TradeType.SELL,
    )  # fmt: skip


def test_a_trade_of_another_order_is_told_once_by_whatever_it_is_shown() -> None:
    watch = _fills()
    ((event, _),) = watch.fresh(_row("web_1", "1"))
    assert isinstance(event, ForeignFillEvent)
    assert (event.trading_pair, event.order_id, event.trade_type) == (PAIR, "web_1", TradeType.SELL)
    assert (event.amount, event.exchange_trade_id, event.exchange_order_id) == (D(2), "1", "17")
    assert watch.fresh(_row("web_1", "1")) == ()
    assert watch.fresh(_row("", "1")) == ()
    assert watch.unnamed() == ()


def test_ours_the_venues_and_those_of_other_pairs_are_not_told() -> None:
    watch = _fills()
    for name, symbol in (("own-1", SYMBOL), ("autoclose-1", SYMBOL), ("web_1", "ETHUSDT")):
        assert watch.fresh(_row(name, "1", symbol)) == ()
    assert watch.unnamed() == ()


def test_a_trade_of_the_list_is_told_only_by_whoever_knows_that_it_is_nobodys() -> None:
    watch = _fills()
    assert watch.fresh(_row("", "1")) == watch.fresh(_row("", "2")) == ()
    watch.fresh(_row("autoclose-1", "1"))
    (left,) = watch.unnamed()
    ((event, _),) = watch.told_without_name(left)
    assert (event.order_id, event.exchange_trade_id) == ("", "2")
    assert (tuple(watch.told_without_name(left)), watch.unnamed()) == ((), ())
    assert watch.fresh(_row("web_1", "2")) == ()


def test_a_trade_of_the_list_that_is_not_to_be_told_is_forgotten() -> None:
    watch = _fills()
    watch.fresh(_row("", "1"))
    watch.forget(_row("", "1"))
    assert watch.unnamed() == ()
