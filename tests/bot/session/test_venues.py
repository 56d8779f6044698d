"""A bot trades where its key is for: one epoch, an account that goes on when the bot ends."""

import asyncio
import contextlib
import io

import pytest
import typer
from rich.console import Console

from connector.bot.quoting.run_plan import alone
from connector.bot.report.screen import Screen
from connector.bot.session.local_exchange import attached
from connector.bot.session.runner import Runner, RunOptions
from connector.bot.session.venues import KeyedVenue, in_use
from connector.config.loader import load_settings
from connector.core.faults import ConfigFault
from connector.core.secrets import Secret
from connector.net.sign import HmacSigner
from connector.simulator.server import LocalExchange
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.venue.domains import TESTNET
from tests.companions.local_trading import Trader
from tests.companions.places import SHIPPED_SETTINGS
from tests.companions.virtual_time import loop_clock


@pytest.mark.virtual_time
async def test_a_bot_with_a_key_of_its_own_quotes_and_leaves_nothing_open(venue: LocalExchange, trader: Trader) -> None:
    keyed = KeyedVenue(attached(venue.rest).domain, HmacSigner(Secret(venue.api_key), Secret(venue.api_secret)))
    settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings)
    screen = Screen(Console(file=io.StringIO(), width=160), loop_clock())
    summary = await Runner(alone(settings), RunOptions(duration_s=4.0, venue=keyed), screen, loop_clock()).run()
    assert summary is not None
    assert summary.lives[0].bot.placed >= 4
    assert summary.background == ""
    assert not venue.engine.accounts[venue.account_id].has_open_orders()
    assert (await keyed.epoch()).name == "binance_perpetual_local"
    assert keyed.data_of == ""
    assert "status page" in keyed.how_to_restart


@pytest.mark.parametrize("ending", [None, ConfigFault("pair", "?", "no such"), typer.Exit(0), KeyboardInterrupt()])
def test_a_key_is_let_go_of_once_however_its_use_ends(ending: BaseException | None) -> None:
    let_go: list[str] = []
    keyed = KeyedVenue(TESTNET, HmacSigner(Secret("key"), Secret("secret")), lambda: let_go.append("of the key"))
    with contextlib.suppress(ConfigFault, typer.Exit, KeyboardInterrupt), in_use(keyed):
        if isinstance(ending, ConfigFault):
            asyncio.run(keyed.stop())
        if ending is not None:
            raise ending
    assert let_go == ["of the key"]
    with in_use(None):
        pass
