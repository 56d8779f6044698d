from collections.abc import AsyncIterator

import aiohttp
import pytest

from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import QUIET, Caller, SocketClient, caller


@pytest.fixture
def call() -> Caller:
    """The ready-made account on a quiet exchange without sockets."""
    return caller()


@pytest.fixture
async def venue() -> AsyncIterator[LocalExchange]:
    """A quiet exchange on a port."""
    async with LocalExchange(QUIET) as running:
        yield running


@pytest.fixture
async def client(venue: LocalExchange) -> AsyncIterator[SocketClient]:
    async with aiohttp.ClientSession() as session:
        socket_client = SocketClient(session, venue, venue.runtime.default_key)
        yield socket_client
        await socket_client.close()
