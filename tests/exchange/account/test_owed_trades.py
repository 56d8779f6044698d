"""A position that the exchange closed is told with all that it brought and cost, or as unknown: never with a part."""

import asyncio
from decimal import Decimal

import pytest

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.events import LiquidationEvent
from connector.core.faults import UnreadableFault
from connector.core.reports import OrderReport
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, until

pytestmark = pytest.mark.virtual_time

D = Decimal


async def _long(connector: PerpetualDerivative, log: EventLog, amount: str) -> None:
    connector.buy(PAIR, D(amount), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await asyncio.sleep(11)


def _liquidates(venue: LocalExchange) -> None:
    venue.act(lambda engine, now_ms: engine.force_liquidation(venue.account_id, SYMBOL, now_ms))


def _booked(venue: LocalExchange, kind: str) -> Decimal:
    rows = venue.engine.accounts[venue.account_id].income_of(kind, None)
    return sum((D(row.amount_e8) / 10**8 for history in rows if history for row in history), D(0))


async def _told(log: EventLog) -> LiquidationEvent:
    await asyncio.sleep(45)
    (told,) = log.of(MarketEvent.Liquidation)
    assert isinstance(told, LiquidationEvent)
    assert not log.of(MarketEvent.PositionDrift)
    assert not log.of(MarketEvent.ForeignFill)
    return told


async def test_a_liquidation_whose_trades_are_listed_late_is_told_once_they_are_with_result_and_fee(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await _long(connector, log, "0.010")
    paid = _booked(venue, "COMMISSION")
    venue.faults.arm("lost_user_event", times=10)
    venue.faults.arm("lagging_trades", ms=3_000)
    _liquidates(venue)
    venue.faults.arm("cut_sockets")
    told = await _told(log)
    assert told.realized_pnl == _booked(venue, "REALIZED_PNL") < 0
    assert told.fee == paid - _booked(venue, "COMMISSION")


async def test_a_liquidation_one_of_whose_fills_was_lost_is_told_with_the_whole_loss(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await _long(connector, log, "2")
    venue.faults.arm("lost_user_event", times=2, event="ORDER_TRADE_UPDATE")
    _liquidates(venue)
    told = await _told(log)
    rows = await connector.venue_api.forced_orders(0)
    trades = await connector.venue_api.trades_of_order(SYMBOL, rows[0].exchange_order_id, 0)
    assert len(trades) > 1
    assert told.amount == 2
    assert told.realized_pnl == _booked(venue, "REALIZED_PNL") < 0


async def test_a_liquidation_whose_trades_can_not_be_had_is_told_with_result_and_fee_as_unknown(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await _long(connector, log, "0.010")
    venue.faults.arm("lost_user_event", times=10)
    venue.faults.arm("lagging_trades", ms=60_000)
    _liquidates(venue)
    venue.faults.arm("cut_sockets")
    told = await _told(log)
    assert told.amount == D("0.010")
    assert told.realized_pnl.is_nan()
    assert told.fee.is_nan()


async def test_trades_that_can_not_be_read_keep_nothing_else_from_being_compared(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _long(connector, log, "0.010")

    async def unreadable(api: VenueApi, symbol: str, exchange_order_id: str, since_ms: int) -> tuple[OrderReport, ...]:
        raise UnreadableFault("trade list", "it has trades of other orders")

    monkeypatch.setattr(VenueApi, "trades_of_order", unreadable)
    venue.faults.arm("lost_user_event", times=10)
    venue.faults.arm("lagging_trades", ms=600_000)
    _liquidates(venue)
    venue.faults.arm("cut_sockets")
    await until(lambda: not connector.ready, "lost")
    await until(lambda: connector.ready, "ready again")
    await asyncio.sleep(70)
    (told,) = log.of(MarketEvent.Liquidation)
    assert isinstance(told, LiquidationEvent)
    assert told.realized_pnl.is_nan()
    assert not log.of(MarketEvent.PositionDrift)
