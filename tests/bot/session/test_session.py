"""One life of an exchange, from the bot's side."""

import asyncio
import contextlib
import io
import shutil
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from connector.bot.quoting.run_plan import alone
from connector.bot.report.accounting import Accounting
from connector.bot.report.screen import Screen
from connector.bot.session import both_books, local_exchange
from connector.bot.session.instance_journal import Keeping
from connector.bot.session.local_exchange import ExchangeEpoch, LocalVenue
from connector.bot.session.session import Ending, Session
from connector.config.loader import load_settings
from connector.core.connection_events import RiskLimitEvent
from connector.core.enums import OrderType
from connector.core.faults import ConfigFault, InstanceFault, UnavailableFault
from connector.simulator.errors import VenueError
from connector.simulator.market.orders import BUY, MARKET, SELL, OrderRequest
from connector.simulator.server import LocalExchange
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from tests.companions.flows.running_bot import running_bot, session_at
from tests.companions.local_trading import PAIR, SYMBOL, D, Trader, until
from tests.companions.places import SHIPPED_SETTINGS
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time


async def begun(venue: LocalExchange, keeping: Keeping | None = None, **changes: object) -> Session:
    attached = local_exchange.attached(venue.rest)
    settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, changes)
    screen = Screen(Console(file=io.StringIO(), width=160), loop_clock())
    return Session(attached, await attached.epoch(), alone(settings), Accounting, screen, loop_clock(), keeping)


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


async def test_a_life_that_was_cut_short_is_gone_on_with_and_stands_in_the_history(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    keeping = Keeping(tmp_path / "data", in_loop=True)
    first = await begun(venue, keeping)
    assert await first.start(asyncio.Event()) is None
    quoting = asyncio.create_task(first.quote(asyncio.Event()))
    await until(lambda: bool(venue.engine.accounts[venue.account_id].has_open_orders()), "it quotes")
    shutil.copytree(keeping.data, tmp_path / "as-killed")
    quoting.cancel()
    await asyncio.gather(quoting, return_exceptions=True)
    await first.abandon()
    await first.close()
    assert venue.engine.accounts[venue.account_id].has_open_orders(), "as after a kill"
    second = await begun(venue, Keeping(tmp_path / "as-killed", in_loop=True))
    assert await second.start(asyncio.Event()) is None
    assert not venue.engine.accounts[venue.account_id].has_open_orders()
    section = await second.stop()
    assert section.agrees
    await second.close()
    (history,) = (tmp_path / "as-killed").rglob("history.sqlite")
    with closing(sqlite3.connect(history)) as database:
        states = {state for (state,) in database.execute("SELECT state FROM orders")}
    assert states == {"CANCELED"}


async def test_a_second_session_with_the_same_tag_is_refused(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    first = await begun(venue, Keeping(tmp_path, in_loop=True))
    with pytest.raises(InstanceFault):
        await begun(venue, Keeping(tmp_path, in_loop=True, lock_wait_s=0.0))
    await first.close()
    await (await begun(venue, Keeping(tmp_path, in_loop=True))).close()


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
    session = Session(attached, await attached.epoch(), alone(settings), Accounting, screen, loop_clock())
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

    monkeypatch.setattr(both_books, "_READ_EVERY_S", 0.05)
    monkeypatch.setattr(both_books.ExchangeAccounting, "match", breaks)
    session = await begun(venue)
    assert await session.start(asyncio.Event()) is None
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(session.quote(asyncio.Event()), 10)
    await session.close()


async def test_after_a_defect_own_orders_are_cancelled_by_their_ids(
    venue: LocalExchange, trader: Trader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The defect lies in what takes every answer in, so that nothing that is read helps."""
    session = await begun(venue)
    assert await session.start(asyncio.Event()) is None
    quoting = asyncio.create_task(session.quote(asyncio.Event()))
    account = venue.engine.accounts[venue.account_id]
    await until(lambda: sum(map(len, account.open_orders.values())) >= 2, "quotes rest")

    def breaks(_: object) -> object:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(session._connector.components.dispatcher, "dispatch", breaks)
    with pytest.raises((ZeroDivisionError, ExceptionGroup)):
        await asyncio.wait_for(quoting, 60)
    await session.close()
    assert sum(map(len, account.open_orders.values())) == 0


async def test_while_the_exchange_wants_no_new_orders_none_is_tried(venue: LocalExchange, trader: Trader) -> None:
    session = await begun(venue)
    assert await session.start(asyncio.Event()) is None
    now_ms = venue.runtime.now_ms()
    await asyncio.sleep((10_000 - now_ms % 10_000) / 1000)
    with contextlib.suppress(VenueError):
        venue.runtime.rate_limits.spend_orders(venue.account_id, venue.runtime.now_ms(), 300, 300)
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(8.0, stop.set)
    await session.quote(stop)
    figures = session.status.accounting.figures
    assert figures.placed == 0
    assert figures.rejected == 4, "the first four quotes were on their way together"
    assert figures.not_sent == 0
    assert session._screen.console.file.getvalue().count("the exchange wants no new orders until") == 1  # type: ignore[attr-defined]
    await session.stop()


async def test_a_ladder_that_the_brackets_do_not_bear_beside_what_is_held_changes_nothing(
    venue: LocalExchange, trader: Trader
) -> None:
    """Twice 2.1 BTC a side come to 252,000 of the 300,000 that 125 x allows; 1 BTC is held beside them."""
    request = OrderRequest(SYMBOL, 1, MARKET, Decimal(1))
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, request, now_ms))
    account = venue.engine.accounts[venue.account_id]
    cap = venue.engine.listing(SYMBOL).instrument.cap_at(125)
    amount = str((Decimal(cap) / 60_000 - Decimal("0.8")) / 2)[:5]
    session = await begun(venue, leverage="125", order_amount=amount, order_level_amount="0", order_levels="2")
    with pytest.raises(ConfigFault, match="leverage: 125: the bracket of BTC-USDT allows at most"):
        await session.start(asyncio.Event())
    await session.close()
    assert account.leverage(SYMBOL) != 125
    assert account.holds(SYMBOL)


@pytest.mark.parametrize("closes", [False, True])
async def test_what_is_held_when_a_start_is_stopped_is_told_or_closed_as_the_setting_says(
    venue: LocalExchange, closes: bool
) -> None:
    other = Trader(venue)
    other.quote(BUY, "59990", "1")
    other.quote(SELL, "60010", "0.010")
    held = OrderRequest(SYMBOL, BUY, MARKET, D("0.010"), D(0))
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, held, now_ms))
    bot = await session_at(venue)
    bot.session.position_end.closes = closes
    starting = asyncio.create_task(bot.session.start(bot.stop))
    await until(lambda: bool(bot.connector.account_positions), "the account is known, and the book has one side")
    await asyncio.sleep(3)
    assert not starting.done()
    bot.stop.set()
    assert await starting is Ending.STOPPED
    await bot.session.close()
    account = venue.engine.accounts[venue.account_id]
    assert len(list(account.held())) == (0 if closes else 1)
    kept = bot.lines_with("a position is kept (on_stop: keep): 0.01 BTC-USDT")
    assert (len(kept), bot.session.position_end.left) == (0 if closes else 1, "")


async def test_a_start_that_is_stopped_before_the_account_is_known_tells_of_no_position(
    venue: LocalExchange, trader: Trader
) -> None:
    bot = await session_at(venue)
    venue.faults.arm("slow_answer", ms=10_000, method="GET", path="/fapi/v3/balance")
    starting = asyncio.create_task(bot.session.start(bot.stop))
    await asyncio.sleep(5)
    bot.stop.set()
    assert await starting is Ending.STOPPED
    await bot.session.close()
    assert not bot.lines_with("position")


STRIKE = RiskLimitEvent(1.0, "max_drawdown", D(5), D(4), "USDT", D(1), True, "max_drawdown struck")


async def test_a_limit_that_strikes_while_the_bot_stops_closes_what_is_held(
    venue: LocalExchange, trader: Trader
) -> None:
    """Heard of while its orders are cancelled, when nobody quotes any more."""
    async with running_bot(venue) as bot:
        await bot.quotes()
        bot.connector.buy(PAIR, D("0.010"), OrderType.MARKET)
        await until(lambda: bool(bot.connector.account_positions), "held")
        bot.session.position_end.closes = False
        bot.stop.set()
        await asyncio.sleep(1)
        bot.connector.components.bus.publish((STRIKE,))
        await bot.session.stop()
    assert not list(venue.engine.accounts[venue.account_id].held())
    assert bot.lines_with("closing 0.01 BTC-USDT at the market")
    assert bot.session.position_end.left == ""


async def test_a_start_that_fails_once_a_limit_struck_closes_what_is_held(venue: LocalExchange) -> None:
    other = Trader(venue)
    other.quote(BUY, "59990", "1")
    other.quote(SELL, "60010", "0.010")
    held = OrderRequest(SYMBOL, BUY, MARKET, D("0.010"), D(0))
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, held, now_ms))
    bot = await session_at(venue)
    starting = asyncio.create_task(bot.session.start(bot.stop))
    await until(lambda: bool(bot.connector.account_positions), "the account is known, and the book has one side")
    bot.connector.components.bus.publish((STRIKE,))
    with pytest.raises(UnavailableFault, match="a side of its book is empty"):
        await starting
    await bot.session.close()
    assert not list(venue.engine.accounts[venue.account_id].held())
