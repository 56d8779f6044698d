"""The one door."""

from decimal import Decimal

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.reports import LeverageReport, ListenKeyExpired, OrderReport, OrderStatus, ReportSource
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR, SYMBOL, EventLog

D = Decimal


async def test_whatever_way_a_report_comes_it_enters_once(connector: PerpetualDerivative, log: EventLog) -> None:
    name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    dispatcher = connector.components.dispatcher
    for source in (ReportSource.QUERY, ReportSource.OPEN_ORDERS, ReportSource.STREAM):
        dispatcher.dispatch(OrderReport(source, OrderStatus.NEW, SYMBOL, name))
    assert log.tags() == ["BuyOrderCreated"]
    for source in (ReportSource.STREAM, ReportSource.ACK):
        dispatcher.dispatch(OrderReport(source, OrderStatus.CANCELED, SYMBOL, name))
    assert log.tags() == ["BuyOrderCreated", "OrderCancelled"]


async def test_reports_of_the_account_reach_the_ledger(connector: PerpetualDerivative, log: EventLog) -> None:
    connector.components.dispatcher.dispatch(LeverageReport(SYMBOL, 33))
    connector.components.dispatcher.dispatch(ListenKeyExpired(1))
    assert connector.get_leverage(PAIR) == 33
    assert log.tags() == ["LeverageConfirmed"]
