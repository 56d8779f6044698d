"""A run that is asked and told from beside, over a real socket and at a real local exchange."""

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from connector.bot.control.client import bot_line
from connector.bot.control.controlled_run import RunDeeds, controlled
from connector.bot.control.lines import Ask
from connector.bot.control.places import place_named
from connector.bot.quoting.run_plan import alone
from connector.bot.report.screen import Screen
from connector.bot.session.runner import Runner, RunOptions
from connector.config.loader import load_settings
from connector.core.clock import ManualClock
from connector.core.faults import UnavailableFault
from connector.net.system_clock import SystemClock
from connector.simulator.server import LocalExchange
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from tests.companions.local_trading import SYMBOL, Trader
from tests.companions.places import SHIPPED_SETTINGS


class Controlled:
    """A run that is controlled, and what was asked of it."""

    def __init__(self, venue: LocalExchange, data: Path) -> None:
        settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings)
        screen = Screen(Console(file=io.StringIO(), width=160), SystemClock())
        self.place = place_named(data, "bot")
        self.venue = venue
        runner = Runner(alone(settings), RunOptions(venue.rest), screen, SystemClock())
        self.task = asyncio.create_task(controlled(runner, data, "bot", "BTC-USDT"))

    async def asks(self, ask: Ask) -> dict[str, Any]:
        def asked() -> dict[str, Any]:
            with bot_line(self.place) as line:
                return line.ask(ask)

        return await asyncio.to_thread(asked)

    async def is_in(self, state: str) -> dict[str, Any]:
        """Its status, once it is in that state."""
        async with asyncio.timeout(30):
            while True:
                if self.place.path.exists() and (row := await self.asks(Ask.STATUS))["state"]["name"] == state:
                    return row
                await asyncio.sleep(0.05)

    def opening(self) -> int:
        """What rests at the exchange that opens."""
        orders = self.venue.engine.accounts[self.venue.account_id].orders_of(SYMBOL).values()
        return sum(not order.reduce_only for order in orders)


async def test_a_bot_is_seen_paused_resumed_and_stopped(venue: LocalExchange, trader: Trader, tmp_path: Path) -> None:
    bot = Controlled(venue, tmp_path)
    row = await bot.is_in("quoting")
    assert (row["name"], row["domain"], row["wallet"]) == ("bot", "binance_perpetual_local", "10000")
    assert len((await bot.asks(Ask.ORDERS))["orders"]) >= 2
    assert (await bot.asks(Ask.POSITIONS))["positions"] == []
    (usdt,) = [each for each in (await bot.asks(Ask.BALANCE))["balances"] if each["asset"] == "USDT"]
    assert usdt["wallet"] == "10000" and 0 < float(usdt["available"]) < 10_000

    assert (await bot.asks(Ask.PAUSE))["state"] == "paused"
    assert "pause" in (await bot.is_in("paused"))["state"]["reason"]
    async with asyncio.timeout(10):
        while bot.opening():
            await asyncio.sleep(0.05)
    assert await bot.asks(Ask.RESUME) == {"state": "resumed", "shut_by": [], "paused_strategies": []}
    await bot.is_in("quoting")

    def stopped() -> dict[str, Any]:
        with bot_line(bot.place) as line:
            assert line.ask(Ask.STOP) == {"state": "stopping"}
            return line.hear(30)

    assert await asyncio.to_thread(stopped) == {"exit_code": 0, "text": ""}
    assert (await bot.task) is not None
    assert not bot.place.path.exists() and not bot.opening()


async def test_who_stops_a_bot_hears_the_code_and_the_words_of_its_end(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    await venue.stop()
    bot = Controlled(venue, tmp_path)
    with pytest.raises(UnavailableFault, match="no exchange answers"):
        await bot.task
    assert not bot.place.path.exists()


async def test_a_stop_that_is_asked_for_twice_hurries_nothing(venue: LocalExchange) -> None:
    settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings)
    clock = ManualClock()
    runner = Runner(alone(settings), RunOptions(venue.rest), Screen(Console(file=io.StringIO()), clock), clock)
    deeds = RunDeeds(runner, "bot")
    for _ in range(2):
        assert deeds.stop() == {"state": "stopping"}
        clock.ms += 10_000
    assert runner.stop.is_set() and not runner.hurry.is_set()
    runner.on_signal()
    assert runner.hurry.is_set(), "a signal still does"
