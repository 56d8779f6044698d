"""A bot that meets the gate without an approval sends nothing that opens, says so once, and goes on when it is let."""

import asyncio
import io
from dataclasses import replace

import pytest
from rich.console import Console

from connector.bot.quoting.run_plan import alone
from connector.bot.report.screen import Screen
from connector.bot.session.local_exchange import attached
from connector.bot.session.runner import Runner, RunOptions
from connector.bot.session.venues import KeyedVenue
from connector.config.loader import load_settings
from connector.core.secrets import Secret
from connector.exchange.account.factor_permit import Permit
from connector.net.sign import HmacSigner
from connector.simulator.server import LocalExchange
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from tests.companions.local_trading import Trader, until
from tests.companions.places import SHIPPED_SETTINGS
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time
ABOVE_5 = Permit("binance_perpetual_local", leverage_above=5)


class Bot:
    """A run at leverage 10 under a permit."""

    def __init__(self, venue: LocalExchange, permit: Permit) -> None:
        self.page = io.StringIO()
        self.account = venue.engine.accounts[venue.account_id]
        signer = HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
        keyed = KeyedVenue(attached(venue.rest).domain, signer, permit=permit)
        settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings)
        screen = Screen(Console(file=self.page, width=400), loop_clock())
        self.run = Runner(alone(settings), RunOptions(venue=keyed), screen, loop_clock())
        self.running = asyncio.create_task(self.run.run())

    async def says(self, words: str) -> None:
        await until(lambda: words in self.page.getvalue() or self.running.done(), words)
        assert words in self.page.getvalue(), self.running

    async def ends(self) -> int:
        """How many orders it placed."""
        self.run.stop.set()
        summary = await self.running
        assert summary is not None
        return summary.lives[0].bot.placed


async def test_without_an_approval_nothing_opens_and_it_is_said_once(venue: LocalExchange, trader: Trader) -> None:
    bot = Bot(venue, ABOVE_5)
    await bot.says("connector approve leverage 10 --domain binance_perpetual_local --for 8h")
    await asyncio.sleep(30)
    assert not bot.account.has_open_orders()
    told = [line for line in bot.page.getvalue().splitlines() if "connector approve leverage 10" in line]
    said = [line for line in told if "no new orders: the gate openings is shut by the second factor" in line]
    assert len(said) == 1
    assert len(told) > 5, "the status has it in each line"
    assert await bot.ends() == 0


async def test_an_approval_that_comes_lets_it_quote_and_one_that_runs_out_pulls_what_rests(
    venue: LocalExchange, trader: Trader
) -> None:
    clock = loop_clock()
    ends_s = [0.0]
    bot = Bot(venue, replace(ABOVE_5, approves_leverage=lambda leverage: clock.now_ms() / 1000 < ends_s[0]))
    await bot.says("connector approve leverage 10")
    ends_s[0] = clock.now_ms() / 1000 + 60
    await until(bot.account.has_open_orders, "it quotes", 30)
    await until(lambda: not bot.account.has_open_orders(), "the approval is over", 90)
    assert clock.now_ms() / 1000 >= ends_s[0]
    await asyncio.sleep(10)
    assert not bot.account.has_open_orders()
    assert await bot.ends() >= 4


async def test_the_accounts_mode_is_not_changed_without_one(venue: LocalExchange, trader: Trader) -> None:
    venue.act(lambda engine, now_ms: engine.set_hedge(venue.account_id, True))
    bot = Bot(venue, replace(ABOVE_5, leverage_above=50, approves_modes=lambda: False))
    await bot.says("connector approve modes --domain binance_perpetual_local")
    await asyncio.sleep(10)
    assert await bot.ends() == 0
