"""What is known of the account stays true, whatever a replica, a stream that is deaf or a busy moment says."""

import asyncio
from decimal import Decimal

import pytest

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.events import LiquidationEvent, OrderFilledEvent
from tests.companions.flows.order_weather import Weather, weather
from tests.companions.local_trading import PAIR, SYMBOL, until

pytestmark = pytest.mark.virtual_time

D = Decimal


def quote(day: Weather) -> str:
    name = day.connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(60_000))
    day.asked.append(name)
    return name


def now_s() -> float:
    return asyncio.get_running_loop().time()


@pytest.mark.parametrize("fault", ["lagging_positions", "lagging_balances"])
async def test_a_replica_that_lags_undoes_nothing_that_the_stream_told(fault: str) -> None:
    async with weather() as day:
        quote(day)
        await day.log.waits_for(MarketEvent.BuyOrderCreated)
        day.venue.faults.arm(fault, ms=2_000)
        for _ in range(4):
            day.trades(-1, "0.002")
            await asyncio.sleep(0.4)
            held, wallet = day.position, day.connector.get_balance("USDT")
            await day.connector.components.reconciler.compare_account()
            assert (day.position, day.connector.get_balance("USDT")) == (held, wallet)
        assert day.position == D("0.008")
        await day.clears()
        assert day.log.of(MarketEvent.PositionDrift) == []


async def test_a_fill_between_the_reading_of_trades_and_of_positions_is_no_drift() -> None:
    async with weather() as day:
        quote(day)
        await day.log.waits_for(MarketEvent.BuyOrderCreated)
        day.venue.faults.arm("lost_user_event", times=3)
        day.venue.faults.arm("trade_between_reads", method="GET", path="/fapi/v3/balance")
        await asyncio.sleep(25)
        assert len(day.log.of(MarketEvent.OrderFilled)) == 1
        assert day.log.of(MarketEvent.PositionDrift) == []
        await day.clears()


@pytest.mark.parametrize("lost", ["own fill", "cancel", "ack"])
async def test_a_stream_that_does_not_tell_what_is_known_is_replaced(lost: str) -> None:
    async with weather() as day:
        if lost == "ack":
            day.venue.faults.arm("lost_user_event")
        name = quote(day)
        await day.log.waits_for(MarketEvent.BuyOrderCreated)
        if lost != "ack":
            day.venue.faults.arm("lost_user_event")
        if lost == "own fill":
            day.connector.sell(PAIR, D("0.010"), OrderType.LIMIT, D(61_000))
            await day.log.waits_for(MarketEvent.SellOrderCreated)
            day.trades(-1, "0.004")
        if lost == "cancel":
            day.cancelled.add(name)
            day.connector.cancel(PAIR, name)
        connected = day.connector.components.user.stream.counters.connections
        began = now_s()
        await until(lambda: day.connector.components.user.stream.counters.connections > connected, "a new socket", 20)
        assert now_s() - began < (20 if lost == "own fill" else 6)
        await until(lambda: day.connector.ready, "ready again")


async def test_a_liquidation_while_the_user_stream_is_away_is_told_as_one() -> None:
    async with weather() as day:
        day.asked.append(day.connector.buy(PAIR, D("0.010"), OrderType.MARKET))
        await day.log.waits_for(MarketEvent.BuyOrderCompleted)
        await until(lambda: day.position == D("0.010"), "held")
        await asyncio.sleep(11)
        day.venue.faults.arm("lost_user_event", times=10)
        day.venue.faults.arm("forced_liquidation", symbol=SYMBOL)
        day.venue.faults.arm("cut_sockets")
        told = await day.log.waits_for(MarketEvent.Liquidation)
        assert isinstance(told, LiquidationEvent)
        assert (told.trading_pair, told.amount) == (PAIR, D("0.010"))
        assert told.price > 0
        assert told.realized_pnl < 0
        await day.clears()
        assert len(day.log.of(MarketEvent.Liquidation)) == 1


async def test_a_fill_whose_event_is_lost_is_known_soon() -> None:
    async with weather() as day:
        quote(day)
        await day.log.waits_for(MarketEvent.BuyOrderCreated)
        day.venue.faults.arm("lost_user_event")
        day.trades(-1, "0.004")
        filled = await day.log.waits_for(MarketEvent.OrderFilled)
        assert isinstance(filled, OrderFilledEvent)
        assert filled.amount == D("0.004")
        await day.clears()
