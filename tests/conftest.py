"""A local exchange without background market, a trader who makes one, and a connector that is ready."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from tests.companions.local_trading import EventLog, Trader, connect, ready
from tests.companions.virtual_time import JumpingLoop, loop_clock


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """What is marked `virtual_time` waits in no time of this machine."""
    is_virtual = item.get_closest_marker("virtual_time") is not None
    return {"virtual": JumpingLoop} if is_virtual else {"real": asyncio.new_event_loop}


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
async def connector(venue: LocalExchange, trader: Trader) -> AsyncIterator[PerpetualDerivative]:
    derivative = connect(venue)
    await ready(derivative)
    yield derivative
    await derivative.stop_network()


@pytest.fixture
def log(connector: PerpetualDerivative) -> EventLog:
    return EventLog(connector)
