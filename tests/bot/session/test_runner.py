"""A whole run, from the inside; `tests/flows` has it as a user starts it."""

import asyncio
import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from connector.bot.quoting.run_plan import alone
from connector.bot.report.screen import Screen
from connector.bot.session.runner import Runner, RunOptions
from connector.config.loader import load_settings
from connector.core.faults import StopFault, UnavailableFault
from connector.simulator.server import LocalExchange
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from tests.companions.local_trading import Trader, until
from tests.companions.net.gateways import domain_of
from tests.companions.places import SHIPPED_SETTINGS
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time


def runner(options: RunOptions) -> Runner:
    settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings)
    return Runner(alone(settings), options, Screen(Console(file=io.StringIO(), width=160), loop_clock()), loop_clock())


async def test_the_summary_is_written_where_it_was_asked_for(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    path = tmp_path / "out.json"
    summary = await runner(RunOptions(venue.rest, 4.0, path)).run()
    row = json.loads(path.read_text())
    assert row["bot"]["placed"] == row["exchange"]["placed"] == summary.lives[0].bot.placed >= 4
    assert row["duration_s"] >= 4.0


async def test_an_exchange_that_is_not_there_ends_the_start(venue: LocalExchange) -> None:
    await venue.stop()
    with pytest.raises(UnavailableFault, match="no exchange answers"):
        await runner(RunOptions(venue.rest, 1.0)).run()


async def test_a_stop_before_the_first_order_is_a_run_without_books(venue: LocalExchange, trader: Trader) -> None:
    early = runner(RunOptions(venue.rest))
    early.stop.set()
    assert await early.run() is None


async def test_a_dry_run_that_is_told_to_stop_before_its_market_is_in_sight_is_one_without_books(
    venue: LocalExchange, trader: Trader
) -> None:
    early = runner(RunOptions(dry_run=domain_of(venue)))
    early.stop.set()
    assert await early.run() is None


async def test_told_to_stop_once_more_it_waits_for_nothing(venue: LocalExchange, trader: Trader) -> None:
    run = runner(RunOptions(venue.rest))
    running = asyncio.create_task(run.run())
    account = venue.engine.accounts[venue.account_id]
    await until(account.has_open_orders, "it quotes")
    venue.faults.arm("unknown_not_placed", times=10_000, method="DELETE", path="*")
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    run.on_signal()
    run.on_signal()
    assert not run.hurry.is_set(), "one signal that was passed on twice"
    loop.call_later(3.0, run.on_signal)
    with pytest.raises(StopFault, match="may still be open there: b"):
        await running
    assert 2.99 < loop.time() - began_s < 4.0
