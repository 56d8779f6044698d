from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest

from connector.simulator.clock import VirtualClock
from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import QUIET, Caller, SocketClient, caller


@pytest.fixture
def call() -> Caller:
    """The ready-made account on a quiet exchange without sockets."""
    return caller()


@pytest.fixture
async def venue() -> AsyncIterator[LocalExchange]:
    """A quiet exchange on a port, with a clock of its own: a test may stop it."""
    async with LocalExchange(replace(QUIET, clock=VirtualClock())) as running:
        yield running


@pytest.fixture
async def client(venue: LocalExchange) -> AsyncIterator[SocketClient]:
    async with aiohttp.ClientSession() as session:
        socket_client = SocketClient(session, venue, venue.runtime.default_key)
        yield socket_client
        await socket_client.close()
