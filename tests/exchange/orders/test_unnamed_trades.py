"""Trades of the account's list whose order is not known here: each is told as whose it is, once."""

import asyncio
from decimal import Decimal

import pytest

from connector.core.account_events import ForeignFillEvent, PositionSettledEvent
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.market.orders import BUY, MARKET, OrderRequest
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, connect, ready, until

pytestmark = pytest.mark.virtual_time

D = Decimal


def _another_buys(venue: LocalExchange) -> None:
    request = OrderRequest(SYMBOL, BUY, MARKET, D("0.010"), D(0), client_order_id="web_1")
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, request, now_ms))


async def test_an_own_fill_whose_order_nobody_answers_for_is_told_as_ours_and_as_no_drift(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await asyncio.sleep(11)
    venue.faults.arm("lost_user_event", times=10)
    venue.faults.arm("unknown_but_placed")
    venue.faults.arm("not_found_lag", ms=8_000)
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.OrderFilled)
    await asyncio.sleep(45)
    assert len(log.of(MarketEvent.OrderFilled)) == len(log.of(MarketEvent.BuyOrderCompleted)) == 1
    assert not log.of(MarketEvent.ForeignFill)
    assert not log.of(MarketEvent.PositionDrift)


async def test_a_position_that_was_settled_while_the_stream_was_away_is_told_as_settled(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await asyncio.sleep(11)
    venue.faults.arm("lost_user_event", times=10)
    venue.faults.arm("delisting", symbol=SYMBOL, ms=60_000)
    venue.faults.arm("cut_sockets")
    told = await log.waits_for(MarketEvent.PositionSettled)
    assert isinstance(told, PositionSettledEvent)
    assert (told.trading_pair, told.amount) == (PAIR, D("0.010"))
    assert not told.realized_pnl.is_nan()
    await asyncio.sleep(30)
    assert len(log.of(MarketEvent.PositionSettled)) == 1
    assert not log.of(MarketEvent.ForeignFill)
    assert not log.of(MarketEvent.PositionDrift)


async def test_a_position_that_was_settled_between_two_starts_is_told_by_the_second(
    venue: LocalExchange, trader: Trader
) -> None:
    connector = connect(venue)
    log = EventLog(connector)
    await ready(connector)
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await asyncio.sleep(11)
    await connector.stop_network()
    venue.faults.arm("delisting", symbol=SYMBOL, ms=60_000)
    await asyncio.sleep(2)
    await connector.start_network()
    await log.waits_for(MarketEvent.PositionSettled)
    await asyncio.sleep(30)
    await connector.stop_network()
    assert len(log.of(MarketEvent.PositionSettled)) == 1
    assert not log.of(MarketEvent.ForeignFill)
    assert not log.of(MarketEvent.PositionDrift)


async def test_a_trade_of_another_that_the_stream_did_not_tell_is_told_by_its_order_s_name(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await asyncio.sleep(11)
    venue.faults.arm("lost_user_event", times=10)
    _another_buys(venue)
    told = await log.waits_for(MarketEvent.ForeignFill)
    assert isinstance(told, ForeignFillEvent)
    assert (told.order_id, told.amount) == ("web_1", D("0.010"))
    await asyncio.sleep(30)
    assert len(log.of(MarketEvent.ForeignFill)) == 1
    assert not log.of(MarketEvent.PositionDrift)


async def test_a_trade_whose_order_can_not_be_had_is_told_without_its_name(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await asyncio.sleep(11)
    venue.faults.arm("lost_user_event", times=10)
    venue.faults.arm("not_found_lag", ms=600_000)
    _another_buys(venue)
    await asyncio.sleep(60)
    (told,) = log.of(MarketEvent.ForeignFill)
    assert isinstance(told, ForeignFillEvent)
    assert (told.order_id, told.amount) == ("", D("0.010"))
    assert not log.of(MarketEvent.PositionDrift)


async def test_an_order_whose_answer_can_not_be_read_keeps_nothing_else_from_being_compared(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await asyncio.sleep(11)
    venue.faults.arm("lost_user_event", times=10)
    venue.faults.arm(
        "altered_answer", times=10_000, method="GET", path="/fapi/v1/order", field="side", value="NONSENSE"
    )
    _another_buys(venue)
    await asyncio.sleep(15)
    venue.faults.arm("cut_sockets")
    await until(lambda: not connector.ready, "lost")
    await until(lambda: connector.ready, "ready again")
    assert not log.of(MarketEvent.ForeignFill)
    await asyncio.sleep(70)
    (told,) = log.of(MarketEvent.ForeignFill)
    assert isinstance(told, ForeignFillEvent)
    assert told.order_id == ""
    assert not log.of(MarketEvent.PositionDrift)
