"""A key that ends while the bot runs ends the run: by code 7 where orders may be open, named, else by 5."""

import asyncio
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from connector.bot.exit_codes import ExitCode, exit_code_of
from connector.bot.quoting.run_plan import alone
from connector.bot.report.screen import Screen
from connector.bot.session.instance_journal import Keeping
from connector.bot.session.runner import Runner, RunOptions
from connector.config.connector_settings import ConnectorSettings
from connector.config.loader import load_settings
from connector.core.faults import StopFault, UnavailableFault
from connector.simulator.access.signatures import Rights
from connector.simulator.server import LocalExchange
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from tests.companions.local_trading import SYMBOL, Trader, until
from tests.companions.places import SHIPPED_SETTINGS
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time


class Bot:
    """A run, and what it says."""

    def __init__(self, venue: LocalExchange, keeping: Keeping | None = None) -> None:
        # What a key lacks to trade shows when an order is sent: here soon.
        soon = {"order_refresh_time": 5, "order_refresh_tolerance_pct": -1}
        settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, soon)
        self._written = io.StringIO()
        screen = Screen(Console(file=self._written, width=400), loop_clock())
        self.runner = Runner(alone(settings), RunOptions(venue.rest, keeping=keeping), screen, loop_clock())

    def lines_with(self, words: str) -> list[str]:
        return [line for line in self._written.getvalue().splitlines() if words in line]


def with_rights(**rights: Any) -> Callable[[LocalExchange], object]:
    return lambda venue: venue.runtime.api_keys.permit(venue.api_key, Rights(**rights))


ENDS: dict[str, Callable[[LocalExchange], object]] = {
    "refused for a while": lambda venue: venue.faults.arm("key_expired", ms=600_000),
    "revoked": lambda venue: venue.runtime.api_keys.revoke(venue.api_key),
    "taken off futures": with_rights(futures=False),
    "bound elsewhere": with_rights(addresses=frozenset({"203.0.113.9"})),
    "past its end": with_rights(trading_ends_ms=1),
}


@pytest.mark.parametrize("end", ENDS)
async def test_orders_that_a_key_left_open_are_named_and_the_stop_is_not_verified(
    venue: LocalExchange, trader: Trader, end: str
) -> None:
    bot, loop = Bot(venue), asyncio.get_running_loop()
    running = asyncio.create_task(bot.runner.run())
    account = venue.engine.accounts[venue.account_id]
    await until(lambda: len(account.orders_of(SYMBOL)) >= 4, "it quotes")
    ENDS[end](venue)
    began_s = loop.time()
    with pytest.raises(StopFault) as stopped:
        await running
    assert exit_code_of(stopped.value) is ExitCode.STOP_UNVERIFIED
    assert 60 <= loop.time() - began_s <= 90
    assert "the exchange takes the key no more" in str(stopped.value)
    left = [order.client_order_id for order in account.orders_of(SYMBOL).values()]
    assert left
    assert all(name in str(stopped.value) for name in left)
    assert len(bot.lines_with("cancels and closes go on")) == 1, "one line, beside the status"
    assert not bot.lines_with("opening orders of the account are paused")


async def test_a_key_that_ends_with_nothing_open_ends_the_run_as_an_exchange_that_is_not_there(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    shut = tmp_path / "shut"
    shut.touch()
    own = ConnectorSettings.model_validate({"openings_file": str(shut)})
    bot = Bot(venue, Keeping(tmp_path, own, in_loop=True))
    running = asyncio.create_task(bot.runner.run())
    await until(lambda: bool(bot.lines_with("no new orders")), "it is up, and quotes nothing")
    venue.faults.arm("key_expired", ms=6_000_000)
    with pytest.raises(UnavailableFault, match="the exchange takes the key no more") as ended:
        await running
    assert exit_code_of(ended.value) is ExitCode.UNAVAILABLE


async def test_a_key_that_is_taken_again_in_time_ends_nothing(venue: LocalExchange, trader: Trader) -> None:
    bot = Bot(venue)
    running = asyncio.create_task(bot.runner.run())
    account = venue.engine.accounts[venue.account_id]
    await until(account.has_open_orders, "it quotes")
    venue.faults.arm("key_expired", ms=30_000)
    await asyncio.sleep(120)
    assert bot.lines_with("new orders go again")
    assert account.has_open_orders()
    bot.runner.stop.set()
    summary = await running
    assert summary is not None
    assert summary.agrees
