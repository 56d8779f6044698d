"""How far the account's own trades were read."""

import logging
from decimal import Decimal

import pytest

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.account.trade_marks import TradeMarks
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, EventLog, Trader

D = Decimal
SYMBOL = "BTCUSDT"


async def marks_of(connector: PerpetualDerivative) -> TradeMarks:
    """Marks of their own, which no comparison moves."""
    parts = connector.components
    marks = TradeMarks(parts.api, parts.journaling, parts.clock)
    await marks.set(SYMBOL)
    return marks


async def amounts(marks: TradeMarks, *, doubts: bool = False) -> list[Decimal]:
    return [report.fills[0].amount async for report in marks.later(SYMBOL, doubts=doubts)]


async def test_each_trade_is_later_than_the_mark_once(connector: PerpetualDerivative, log: EventLog) -> None:
    marks = await marks_of(connector)
    assert await amounts(marks) == []
    for number, amount in enumerate(("0.010", "0.020"), 1):
        connector.buy(PAIR, D(amount), OrderType.MARKET)
        await log.waits_for(MarketEvent.BuyOrderCompleted, number)
    assert await amounts(marks) == [D("0.010"), D("0.020")]
    assert await amounts(marks, doubts=True) == []


async def test_a_symbol_without_a_mark_has_no_later_trades(connector: PerpetualDerivative, log: EventLog) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    parts = connector.components
    assert await amounts(TradeMarks(parts.api, parts.journaling, parts.clock), doubts=True) == []


async def test_the_mark_goes_down_with_ids_that_fell_and_up_with_them_again(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, caplog: pytest.LogCaptureFixture
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    marks = await marks_of(connector)
    venue.faults.arm("ids_fall")
    connector.buy(PAIR, D("0.002"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted, 2)
    assert await amounts(marks) == [], "no newest trade is asked for without a doubt"
    with caplog.at_level(logging.WARNING):
        assert await amounts(marks, doubts=True) == [D("0.002")]
        connector.buy(PAIR, D("0.003"), OrderType.MARKET)
        await log.waits_for(MarketEvent.BuyOrderCompleted, 3)
        assert await amounts(marks) == [D("0.003")]
    assert "BTCUSDT: trade ids fell" in caplog.text


async def test_a_fill_that_no_stream_told_is_found_although_ids_fell(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(60_000))
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    await connector.components.reconciler.compare_all()
    venue.faults.arm("ids_fall")
    venue.faults.arm("silent_stream", ms=60_000)
    Trader(venue).take(-1, "0.004")
    await connector.components.reconciler.compare_account()
    filled = await log.waits_for(MarketEvent.OrderFilled, 2)
    assert getattr(filled, "amount", None) == D("0.004")
    assert log.of(MarketEvent.PositionDrift) == []
