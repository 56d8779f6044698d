"""The exchange closes a part of a position, or all of it, under a bot that quotes."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.events import LiquidationEvent
from connector.simulator.fixed_point import E8
from connector.simulator.market.instruments import Bracket, brackets_of
from connector.simulator.server import LocalExchange
from tests.companions.flows.running_bot import RunningBot, ended, running_bot
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, until

pytestmark = pytest.mark.virtual_time
D = Decimal
#: Up to 3,000 next to nothing is to be maintained, beyond it nine tenths.
STEEP = brackets_of(((125, 3_000, "0.004"), (20, 10**9, "0.9")))


@pytest.fixture
async def holding(venue: LocalExchange, trader: Trader) -> AsyncIterator[tuple[RunningBot, EventLog]]:
    """A bot that quotes beside a long of 0.1 BTC, worth 6,000 at a mark price that stands still, with 2,000 USDT."""
    venue.act(lambda engine, now_ms: engine.fix_mark(SYMBOL, 60_000 * E8))
    venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, -8_000 * E8, now_ms))
    async with running_bot(venue) as bot:
        await bot.quotes()
        bot.connector.buy(PAIR, D("0.1"), OrderType.MARKET)
        await until(lambda: held(bot) == D("0.1"), "held")
        await until(lambda: bool(bot.resting(closing=True)), "its exit rests")
        yield bot, EventLog(bot.connector)


def held(bot: RunningBot) -> Decimal:
    return sum((row.amount for row in bot.connector.account_positions.values()), D(0))


def change(venue: LocalExchange, brackets: tuple[Bracket, ...]) -> None:
    venue.act(lambda engine, now_ms: engine.change_brackets(SYMBOL, brackets, now_ms))


async def agrees(bot: RunningBot, log: EventLog) -> None:
    """Nothing was told as a drift, and both sides' books are equal."""
    await asyncio.sleep(30)
    assert not log.of(MarketEvent.PositionDrift)
    account = bot.venue.engine.accounts[bot.venue.account_id]
    assert held(bot) == sum((row.lots * row.instrument.step for row in account.held()), D(0))
    section = await ended(bot)
    assert section.agrees, section.differences


async def test_a_liquidation_of_half_the_position_leaves_the_other_half_and_a_bot_that_quotes(
    venue: LocalExchange, holding: tuple[RunningBot, EventLog]
) -> None:
    bot, log = holding
    before = venue.engine.listing(SYMBOL).instrument.brackets
    change(venue, STEEP)
    told = await log.waits_for(MarketEvent.Liquidation)
    assert isinstance(told, LiquidationEvent)
    assert (told.trading_pair, told.amount, told.auto_deleveraged) == (PAIR, D("0.05"), False)
    await until(lambda: held(bot) == D("0.05"), "half of it is left")
    await until(lambda: bool(bot.resting(closing=True)), "an exit of what is left rests")
    change(venue, before)
    await bot.quotes(within_s=75)
    assert len(log.of(MarketEvent.Liquidation)) == 1
    await agrees(bot, log)


async def test_a_deleveraging_leaves_nothing_and_a_bot_that_quotes(
    venue: LocalExchange, holding: tuple[RunningBot, EventLog]
) -> None:
    bot, log = holding
    venue.faults.arm("forced_adl", symbol=SYMBOL)
    told = await log.waits_for(MarketEvent.Liquidation)
    assert isinstance(told, LiquidationEvent)
    assert (told.amount, told.auto_deleveraged) == (D("0.1"), True)
    await until(lambda: not bot.connector.account_positions, "flat")
    await until(lambda: not bot.resting(closing=True), "no exit is left of it")
    await bot.quotes()
    assert len(log.of(MarketEvent.Liquidation)) == 1
    await agrees(bot, log)
