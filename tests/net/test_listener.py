import asyncio
import importlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect, ws_create_server

from connector.core.clock import ManualClock
from connector.market.feed import MarketFeed
from connector.net.plain.listener import FrameListener as PlainListener
from tests.companions.local_trading import until

NewListener = Callable[..., Any]
DEPTH = (
    b'{"stream":"btcusdt@depth","data":{"e":"depthUpdate","E":1723161256299,"T":1723161256298,"s":"BTCUSDT",'
    b'"U":95,"u":105,"pu":90,"b":[["61800.10","2"]],"a":[]}}'
)
SNAPSHOT = b'{"lastUpdateId":100,"bids":[["61800.00","1"]],"asks":[["61800.20","1"]]}'


@pytest.fixture(params=["plain", "compiled"])
def new_listener(request: pytest.FixtureRequest) -> NewListener:
    if request.param == "plain":
        return PlainListener
    try:
        made: NewListener = importlib.import_module("connector.net.compiled.listener").FrameListener
    except ImportError:
        pytest.skip("the compiled twin was not built")
    return made


class Venue(WSListener):
    """The other end: the closes that it receives are kept."""

    def __init__(self) -> None:
        self.transport: asyncio.Future[WSTransport] = asyncio.get_running_loop().create_future()
        self.closed = asyncio.Event()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport.set_result(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            self.closed.set()


@asynccontextmanager
async def connected(listener: Any) -> AsyncIterator[tuple[Venue, WSTransport]]:
    venue = Venue()
    server = await ws_create_server(lambda _: venue, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    transport, _ = await ws_connect(lambda: listener, f"ws://127.0.0.1:{port}/")
    yield venue, await venue.transport
    transport.disconnect(graceful=False)
    await transport.wait_disconnected()
    server.close()
    await server.wait_closed()


class DrivenListener:
    """A listener, what it handed on, and a feed with a book in step."""

    def __init__(self, new_listener: NewListener) -> None:
        self.clock = ManualClock()
        self.taken: list[bytes] = []
        self.news = asyncio.Event()
        self.listener = new_listener("books", self.take, self.clock)
        self.feed = MarketFeed()
        self.one = self.feed.add("BTCUSDT", "BTC-USDT")
        self.one.on_snapshot(SNAPSHOT, 1)

    def take(self, frame: bytes) -> None:
        self.taken.append(frame)
        self.news.set()

    async def until_taken(self, count: int) -> None:
        while len(self.taken) < count:
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), 5)


async def test_every_message_goes_to_the_taker_while_nobody_reads_directly(new_listener: NewListener) -> None:
    driven = DrivenListener(new_listener)
    async with connected(driven.listener) as (_, sender):
        sender.send(WSMsgType.TEXT, DEPTH)
        sender.send(WSMsgType.BINARY, b"two")
        sender.send_ping(b"no message")
        sender.send(WSMsgType.TEXT, b"")
        await driven.until_taken(3)
    assert driven.taken == [DEPTH, b"two", b""]
    assert driven.listener.frames == 0


async def test_market_frames_go_straight_to_the_feed_and_answers_to_the_taker(new_listener: NewListener) -> None:
    driven = DrivenListener(new_listener)
    driven.listener.direct = driven.feed
    driven.clock.advance(ms=777)
    async with connected(driven.listener) as (_, sender):
        sender.send(WSMsgType.TEXT, DEPTH)
        sender.send(WSMsgType.TEXT, b'{"result":null,"id":1}')
        await driven.until_taken(1)
    assert driven.taken == [b'{"result":null,"id":1}']
    assert (driven.one.applied, driven.one.book.get_price(False)) == (1, 61800.1)
    assert (driven.listener.frames, driven.listener.last_frame_ms) == (1, driven.clock.monotonic_ms())


async def test_a_message_that_comes_in_pieces_is_one(new_listener: NewListener) -> None:
    driven = DrivenListener(new_listener)
    driven.listener.direct = driven.feed
    async with connected(driven.listener) as (_, sender):
        sender.send(WSMsgType.TEXT, DEPTH[:40], fin=False)
        sender.send(WSMsgType.CONTINUATION, DEPTH[40:90], fin=False)
        sender.send_ping(b"between two pieces")
        sender.send(WSMsgType.CONTINUATION, DEPTH[90:])
        sender.send(WSMsgType.TEXT, b"after")
        await driven.until_taken(1)
    assert (driven.one.applied, driven.taken) == (1, [b"after"])


async def test_what_comes_after_a_ping_that_picows_answered_is_stamped_when_it_came(new_listener: NewListener) -> None:
    driven = DrivenListener(new_listener)
    driven.listener.direct = driven.feed
    async with connected(driven.listener) as (_, sender):
        sender.send(WSMsgType.TEXT, DEPTH)
        sender.send_ping(b"the end of what is read at once")
        while driven.one.frames < 1:
            await asyncio.sleep(0)
        driven.clock.advance(ms=4_000)
        sender.send(WSMsgType.TEXT, DEPTH)
        sender.send(WSMsgType.TEXT, b"after")
        await driven.until_taken(1)
    assert driven.listener.last_frame_ms == driven.clock.monotonic_ms()


async def test_a_frame_that_cannot_be_handled_is_logged_and_the_next_one_is_read(
    new_listener: NewListener, caplog: pytest.LogCaptureFixture
) -> None:
    driven = DrivenListener(new_listener)
    driven.listener.direct = driven.feed

    def stumble(one: object) -> None:
        raise RuntimeError("its owner stumbled")

    driven.one.depth_watcher = stumble
    async with connected(driven.listener) as (_, sender):
        with caplog.at_level(logging.ERROR):
            sender.send(WSMsgType.TEXT, DEPTH)
            sender.send(WSMsgType.TEXT, b"after")
            await driven.until_taken(1)
    assert "stream books: a frame could not be handled" in caplog.text
    assert driven.one.applied == 1


async def test_a_close_is_answered(new_listener: NewListener) -> None:
    driven = DrivenListener(new_listener)
    async with connected(driven.listener) as (venue, sender):
        sender.send_close()
        await asyncio.wait_for(venue.closed.wait(), 5)
    assert driven.taken == []


async def test_a_message_in_pieces_without_an_end_ends_the_connection(new_listener: NewListener) -> None:
    driven = DrivenListener(new_listener)
    async with connected(driven.listener) as (_, far):
        far.send(WSMsgType.TEXT, b"x", fin=False)
        for _ in range(20):
            far.send(WSMsgType.CONTINUATION, b"x" * 100_000, fin=False)
        await until(lambda: driven.listener.flaw == "a message of more than 1 MiB", "it is noticed")
        await far.wait_disconnected()
    assert driven.taken == []
