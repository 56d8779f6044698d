"""On a clock of its own a whole run repeats: the bot, its exchange, and every message between them."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from connector.bot.session.quoter import Quoter
from connector.config.loader import load_settings
from connector.core.secrets import Secret
from connector.exchange.assemble import assemble
from connector.net.sign import HmacSigner
from connector.simulator.persistence.journal import replay_journal
from connector.simulator.persistence.state_hash import state_hash
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.touch_quoting import TouchQuoting
from connector.venue.domains import LOCAL
from tests.companions.places import SHIPPED_SETTINGS
from tests.companions.virtual_time import LoopClock, run_in_virtual_time

#: Three runs are much work, and a busy machine does it slowly.
pytestmark = pytest.mark.timeout(600)
LASTS_S = 40.0
TICK_S = 0.25


@dataclass(frozen=True)
class Run:
    """What a run left behind, beside its journal."""

    state: str
    fills: int


async def _run(clock: LoopClock, seed: int, journal: Path) -> Run:
    settings = SimulatorSettings(seed=seed, clock=clock, journal=journal)
    strategy = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, {})
    async with LocalExchange(settings) as venue:
        domain = LOCAL.at(venue.rest, venue.stream, venue.ws_api)
        signer = HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
        connector = assemble(domain, signer, (strategy.market,), "repeat", clock)
        await connector.start_network()
        while not connector.ready:
            await asyncio.sleep(0.02)
        await connector.set_leverage(strategy.market, strategy.leverage)
        quoter = Quoter(connector, TouchQuoting(strategy), clock, lambda text: None)
        ends_ms = clock.monotonic_ms() + LASTS_S * 1000
        while clock.monotonic_ms() < ends_ms:
            quoter.tick()
            await asyncio.sleep(TICK_S)
        await connector.stop_network()
        fills = sum(len(history) for history in venue.engine.accounts[venue.account_id].trades.values())
        venue.runtime.close()
        state = state_hash(venue.engine)
    return Run(state, fills)


def test_one_seed_gives_one_run_message_by_message(tmp_path: Path) -> None:
    one, same, other = (
        run_in_virtual_time(lambda clock, seed=seed, name=name: _run(clock, seed, tmp_path / name))  # type: ignore[misc]
        for name, seed in (("one", 3), ("same", 3), ("other", 4))
    )
    assert one.fills >= 5
    assert (tmp_path / "one").read_text() == (tmp_path / "same").read_text()
    assert one.state == same.state != other.state
    again = replay_journal(tmp_path / "one")
    assert again.agrees and again.state_hash == one.state
