"""A local exchange without background market, a trader who makes one, and a connector that is ready."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from hypothesis import settings

from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from tests.companions.flows.seeds import FURTHER
from tests.companions.keys.canaries import CANARIES, pytest_runtest_makereport
from tests.companions.local_trading import EventLog, Trader, connect, ready
from tests.companions.virtual_time import JumpingLoop, loop_clock

__all__ = ["pytest_runtest_makereport"]

# How long an example takes says how busy the machine is.
settings.register_profile("busy", deadline=None)
settings.load_profile("busy")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seeds", default=FURTHER, help="seeds of the pairs of faults in a long run: 20000, or 5000-7499")
    parser.addoption("--minutes", type=int, default=30, help="how long a run that nobody watches lasts in a long run")


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """What is marked `virtual_time` waits in no time of this machine."""
    is_virtual = item.get_closest_marker("virtual_time") is not None
    return {"virtual": JumpingLoop} if is_virtual else {"real": asyncio.new_event_loop}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("first") is None)


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
def own_settings() -> dict[str, object]:
    """The connector's settings where they are not the default."""
    return {}


@pytest.fixture
async def connector(
    venue: LocalExchange, trader: Trader, own_settings: dict[str, object]
) -> AsyncIterator[PerpetualDerivative]:
    derivative = connect(venue, **own_settings)
    await ready(derivative)
    yield derivative
    await derivative.stop_network()


@pytest.fixture
def log(connector: PerpetualDerivative) -> EventLog:
    return EventLog(connector)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What all programs of a user keep together stays out of the user's own, and holds no secret."""
    cache, packages = tmp_path_factory.mktemp("cache"), tmp_path_factory.mktemp("packages")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache))
        # What pip keeps is no program's of ours, and much to search.
        patch.setenv("PIP_CACHE_DIR", str(packages))
        yield
    assert CANARIES.found_after_all(cache) == []
