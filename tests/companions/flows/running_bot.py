"""A bot that quotes at a local exchange of this process, and what it says."""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from decimal import Decimal

from rich.console import Console

from connector.bot.quoting.run_plan import NamedSettings, RunPlan, alone
from connector.bot.report.accounting import Accounting
from connector.bot.report.screen import Screen
from connector.bot.report.summary import EpochSection
from connector.bot.session import local_exchange
from connector.bot.session.session import Session
from connector.config.loader import load_settings
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.market.orders import Order
from connector.simulator.server import LocalExchange
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from tests.companions.local_trading import SYMBOL, until
from tests.companions.places import SHIPPED_SETTINGS
from tests.companions.virtual_time import loop_clock


@dataclass
class RunningBot:
    """One session that quotes."""

    venue: LocalExchange
    session: Session
    accounting: Accounting
    screen: io.StringIO
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def connector(self) -> PerpetualDerivative:
        return self.session._connector

    @property
    def said(self) -> list[str]:
        """The lines that are told once; those of the status, which come every few seconds, are left out."""
        return [line for line in self.screen.getvalue().splitlines() if "  fills " not in line]

    def lines_with(self, words: str) -> list[str]:
        return [line for line in self.said if words in line]

    def status(self) -> str:
        """The newest line of the status."""
        return [line for line in self.screen.getvalue().splitlines() if "  fills " in line][-1]

    @property
    def refused(self) -> int:
        """How many orders the exchange refused."""
        return sum(self.connector.refusals.values())

    def resting(self, *, closing: bool | None = None) -> list[Order]:
        """What the exchange has open of it: all, or what only reduces, or what opens."""
        orders = self.venue.engine.accounts[self.venue.account_id].orders_of(SYMBOL).values()
        return [order for order in orders if closing is None or order.reduce_only is closing]

    def prices(self, *, closing: bool) -> list[Decimal]:
        """Of what rests."""
        tick = self.venue.engine.listing(SYMBOL).instrument.tick
        return [order.price_ticks * tick for order in self.resting(closing=closing)]

    async def says(self, words: str, within_s: float = 15.0) -> None:
        await until(lambda: bool(self.lines_with(words)), f"{words!r}; it said {self.said}", within_s)

    async def quotes(self, within_s: float = 15.0) -> None:
        """Waits until orders of both sides rest that open."""
        await until(lambda: {order.side for order in self.resting(closing=False)} == {1, -1}, "it quotes", within_s)


async def session_at(venue: LocalExchange, *, second: str = "", **changes: object) -> RunningBot:
    """A session that was not started, of the shipped settings with some of them changed; with a second strategy, of
    that pair, it is called `first`, and the other `second`."""
    attached = local_exchange.attached(venue.rest)
    settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, changes)
    plan = alone(settings)
    if second:
        other = {"market": second, "order_amount": "0.05", "order_level_amount": "0.05"}
        beside = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, other)
        plan = RunPlan((NamedSettings("first", settings), NamedSettings("second", beside)))
    books = {pair: Accounting(pair) for pair in plan.pairs}
    written = io.StringIO()
    screen = Screen(Console(file=written, width=400), loop_clock())
    session = Session(attached, await attached.epoch(), plan, books.__getitem__, screen, loop_clock())
    return RunningBot(venue, session, books[plan.market], written)


@contextlib.asynccontextmanager
async def running_bot(venue: LocalExchange, *, second: str = "", **changes: object) -> AsyncIterator[RunningBot]:
    """One that quotes; ended, and not looked at, where its stop was not asked for."""
    bot = await session_at(venue, second=second, **changes)
    assert await bot.session.start(asyncio.Event()) is None
    quoting = asyncio.create_task(bot.session.quote(bot.stop))
    try:
        yield bot
        if not quoting.done():
            bot.stop.set()
        await quoting
    finally:
        quoting.cancel()
        await asyncio.gather(quoting, return_exceptions=True)
        await bot.session.close()


async def ended(bot: RunningBot) -> EpochSection:
    """Stops it, and what both sides' books say then."""
    bot.stop.set()
    await asyncio.sleep(1)
    return await bot.session.stop()
