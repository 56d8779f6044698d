"""One life of an exchange, from the bot's side."""

import asyncio
import io

import pytest
from rich.console import Console

from connector.bot.report.accounting import Accounting
from connector.bot.report.screen import Screen
from connector.bot.session import local_exchange
from connector.bot.session import session as life_module
from connector.bot.session.local_exchange import ExchangeEpoch, LocalVenue
from connector.bot.session.session import Ending, Session
from connector.config.loader import load_settings
from connector.core.faults import ConfigFault
from connector.simulator.server import LocalExchange
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from tests.companions.local_trading import PAIR, Trader, until
from tests.companions.places import SHIPPED_SETTINGS
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time


async def begun(venue: LocalExchange, **changes: object) -> Session:
    attached = local_exchange.attached(venue.rest)
    settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, changes)
    screen = Screen(Console(file=io.StringIO(), width=160), loop_clock())
    return Session(attached, await attached.epoch(), settings, Accounting(PAIR), screen, loop_clock())


async def test_leverage_and_mode_are_set_only_after_every_check(venue: LocalExchange, trader: Trader) -> None:
    session = await begun(venue, leverage="126", position_mode="Hedge")
    with pytest.raises(ConfigFault, match="leverage: 126"):
        await session.start(asyncio.Event())
    await session.close()
    assert not venue.runtime.account(venue.runtime.default_key).hedge, "nothing was changed"


async def test_a_life_ends_by_being_told_to_or_by_the_exchange_beginning_another(
    venue: LocalExchange, trader: Trader
) -> None:
    session = await begun(venue)
    assert await session.start(asyncio.Event()) is None
    stop = asyncio.Event()
    quoting = asyncio.create_task(session.quote(stop))
    await asyncio.wait_for(venue.restart(), 10)
    assert await asyncio.wait_for(quoting, 10) is Ending.RESET
    section = await session.abandon()
    assert not section.asked
    assert section.residual == 0


async def test_streams_are_carried_twice_where_the_settings_say_so(venue: LocalExchange, trader: Trader) -> None:
    session = await begun(venue, redundant_streams="true")
    assert await session.start(asyncio.Event()) is None
    sockets = (await session.stop()).feeds["sockets"]
    assert {name: row["connections"] for name, row in sockets.items()} == {"books": 2, "funding": 2, "user": 2}


async def test_a_stopped_life_leaves_nothing_open(venue: LocalExchange, trader: Trader) -> None:
    session = await begun(venue)
    assert await session.start(asyncio.Event()) is None
    stop = asyncio.Event()
    stop.set()
    assert await session.quote(stop) is Ending.STOPPED
    section = await session.stop()
    assert section.asked and section.agrees
    assert section.exchange.open_at_end == 0
    assert session.asset == "USDT"


class Defective(LocalVenue):
    """A venue of which asking for its life becomes a defect."""

    is_broken = False

    async def epoch(self) -> ExchangeEpoch:
        if self.is_broken:
            raise ZeroDivisionError("a defect")
        return await super().epoch()


async def test_a_defect_beside_the_quoting_is_no_reset(venue: LocalExchange, trader: Trader) -> None:
    attached = Defective(local_exchange.attached(venue.rest).domain)
    settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, {})
    screen = Screen(Console(file=io.StringIO(), width=160), loop_clock())
    session = Session(attached, await attached.epoch(), settings, Accounting(PAIR), screen, loop_clock())
    assert await session.start(asyncio.Event()) is None
    quoting = asyncio.create_task(session.quote(asyncio.Event()))
    await until(lambda: bool(venue.engine.accounts[venue.account_id].has_open_orders()), "it quotes")
    attached.is_broken = True
    venue.faults.arm("service_unavailable", times=50, method="POST", path="/fapi/v1/listenKey")
    venue.faults.arm("cut_sockets")
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(quoting, 10)
    await session.close()


async def test_a_defect_while_reading_the_exchanges_books_is_raised(
    venue: LocalExchange, trader: Trader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*arguments: object) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(life_module, "_READ_EVERY_S", 0.05)
    monkeypatch.setattr(life_module.ExchangeAccounting, "match", breaks)
    session = await begun(venue)
    assert await session.start(asyncio.Event()) is None
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(session.quote(asyncio.Event()), 10)
    await session.close()
