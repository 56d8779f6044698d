"""A local exchange without background market, a trader who makes one, and a connector of Hummingbot's there."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from tests.companions.local_trading import PAIR, Trader
from tests.companions.virtual_time import loop_clock
from tests.hummingbot.host import Heard, hear, new_connector, running


@pytest.fixture
async def venue() -> AsyncIterator[LocalExchange]:
    async with LocalExchange(SimulatorSettings(background=False, funding_first_s=3600, clock=loop_clock())) as exchange:
        yield exchange


@pytest.fixture
def trader(venue: LocalExchange) -> Trader:
    """Someone else, who has already made a market around 60,000."""
    someone = Trader(venue)
    someone.make_market()
    return someone


@pytest.fixture
def idle(venue: LocalExchange, trader: Trader) -> Any:
    """A connector that nobody started."""
    return new_connector(venue, PAIR)


@pytest.fixture
def heard(idle: Any) -> Heard:
    return hear(idle)


@pytest.fixture
async def bot(idle: Any, heard: Heard) -> AsyncIterator[Any]:
    """The connector, started and ready."""
    async with running(idle) as started:
        yield started
