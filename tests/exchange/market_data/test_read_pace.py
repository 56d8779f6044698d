"""Reading a market together: over real sockets, at paces so long that nothing but what is told here ends the wait."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect, ws_create_server

from connector.core.clock import ManualClock
from connector.exchange.market_data.read_pace import MOST_HELD, ReadPace
from connector.net.listener import FrameListener
from connector.net.plain.listener import FrameListener as PlainListener
from connector.net.stream_socket import StreamSocket
from tests.companions.local_trading import until
from tests.companions.net.far_hosts import certificates

NEVER_MS, LATER_MS, SOON_MS = 600_000, 1_000, 40
#: Far below the pace: what ends a wait within it was not the timer.
AT_ONCE_S = 5.0
#: On a machine that is busy two frames may lie further apart than the shortest pace, though they follow each other.
_MOST_READ_AT_ONCE = 100

NewListener = Callable[[str, Callable[[bytes], None], ManualClock], FrameListener]
twins = pytest.mark.parametrize("new_listener", [FrameListener, PlainListener], ids=["in use", "plain"])


def frame(number: int, size: int = 0) -> bytes:
    return b'{"stream":"a","data":%d,"more":"%b"}' % (number, b"x" * size)


class Far(WSListener):
    """The other end."""

    def __init__(self) -> None:
        self.transport: asyncio.Future[WSTransport] = asyncio.get_running_loop().create_future()
        self.heard: list[bytes] = []

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport.set_result(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        self.heard.append(frame.get_payload_as_bytes())


class Market:
    """A stream's socket that is read at a pace, and what its reader was handed."""

    def __init__(self, near: WSTransport, far: Far, transport: WSTransport, read: list[bytes]) -> None:
        self.near, self.far, self.transport, self.read = near, far, transport, read
        self.raw: socket.socket = near.underlying_transport.get_extra_info("socket")

    @property
    def is_held(self) -> bool:
        return self.raw.getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT) > 1

    def tell(self, *frames: bytes) -> None:
        for one in frames:
            self.transport.send(WSMsgType.TEXT, one)

    async def until_read(self, count: int) -> None:
        await until(lambda: len(self.read) >= count, f"{count} frames; read {len(self.read)}", AT_ONCE_S)

    async def until_held(self) -> int:
        """Frames are read at once until two of them came within the pace; what follows waits. Returns how many."""
        for number in range(_MOST_READ_AT_ONCE):
            self.tell(frame(number))
            await self.until_read(number + 1)
            if self.is_held:
                return number + 1
        raise AssertionError(f"{_MOST_READ_AT_ONCE} frames, and it is not held")


class Reader:
    def __init__(self) -> None:
        self.read: list[bytes] = []

    def on_frame(self, frame: bytes, received_ms: int) -> None:
        self.read.append(frame)


@asynccontextmanager
async def market(
    pace: ReadPace | None, new_listener: NewListener = FrameListener, certified_in: Path | None = None
) -> AsyncIterator[Market]:
    """One socket of a stream that delivers to a reader, at the pace; under TLS where a folder is named for it."""
    far, reader = Far(), Reader()
    server_tls = near_tls = None
    if certified_in is not None:
        authority, server_tls = certificates(certified_in, ("localhost",))
        near_tls = ssl.create_default_context(cafile=authority)
    server = await ws_create_server(lambda _: far, "127.0.0.1", 0, ssl=server_tls)
    port = server.sockets[0].getsockname()[1]
    stream_socket = StreamSocket("market", lambda frame, received_ms: None, ManualClock())
    stream_socket.listener = new_listener("market", stream_socket.take, ManualClock())
    address = f"{'wss' if near_tls else 'ws'}://localhost:{port}/"
    near, _ = await ws_connect(lambda: stream_socket.listener, address, ssl_context=near_tls)
    stream_socket.attach(near)
    if pace is not None:
        stream_socket.tell_reads(pace.after_read, near)
    stream_socket.read_by(reader)
    stream_socket.release()
    try:
        yield Market(near, far, await far.transport, reader.read)
    finally:
        near.disconnect(graceful=False)
        await near.wait_disconnected()
        server.close()
        await server.wait_closed()


@twins
async def test_what_comes_within_the_time_is_read_in_one_piece_and_whole(new_listener: NewListener) -> None:
    async with market(ReadPace(LATER_MS), new_listener) as one:
        first = await one.until_held()
        seen: list[int] = []
        for number in range(first, first + 20):
            one.tell(frame(number))
            await asyncio.sleep(0)
            seen.append(len(one.read))
        assert seen == [first] * 20, "none was read before its time"
        await one.until_read(first + 20)
        assert one.read == [frame(number) for number in range(first + 20)]


async def test_after_a_silence_the_first_frame_is_read_at_once_and_no_timer_runs_meanwhile() -> None:
    async with market(ReadPace(SOON_MS)) as one:
        read = await one.until_held()
        await until(lambda: not one.is_held, "the time is over", AT_ONCE_S)
        for number in range(read, read + 3):
            await asyncio.sleep(2 * SOON_MS / 1000)
            assert not one.is_held, "nothing came, so nothing is waited for"
            one.tell(frame(number))
            await one.until_read(number + 1)
            assert not one.is_held, "what comes now and then is waited for no more"


@twins
async def test_while_one_socket_waits_the_others_are_read(new_listener: NewListener) -> None:
    async with market(ReadPace(NEVER_MS), new_listener) as held, market(None, new_listener) as orders:
        count = await held.until_held()
        held.tell(frame(count))
        for number in range(5):
            orders.tell(frame(number))
            await orders.until_read(number + 1)
            assert not orders.is_held
        assert len(held.read) == count


async def test_an_end_wakes_at_once_and_what_came_before_it_is_read_first() -> None:
    async with market(ReadPace(NEVER_MS)) as one:
        count = await one.until_held()
        one.tell(frame(count), frame(count + 1))
        one.transport.disconnect(graceful=False)
        async with asyncio.timeout(AT_ONCE_S):
            await one.near.wait_disconnected()
        assert one.read == [frame(number) for number in range(count + 2)]


async def test_an_end_by_the_system_wakes_at_once() -> None:
    async with market(ReadPace(NEVER_MS)) as one:
        await one.until_held()
        raw = one.transport.underlying_transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        one.transport.disconnect(graceful=False)
        async with asyncio.timeout(AT_ONCE_S):
            await one.near.wait_disconnected()


async def test_more_than_the_system_holds_is_read_before_its_time() -> None:
    async with market(ReadPace(NEVER_MS)) as one:
        count = await one.until_held()
        for number in range(2_000):
            one.tell(frame(number, 1_000))
            if number % 50 == 0:
                await asyncio.sleep(0)
        # What is left is less than the system wakes for.
        await one.until_read(count + 2_000 - MOST_HELD // 1_000)
        assert one.read[count:] == [frame(number, 1_000) for number in range(len(one.read) - count)]


async def test_all_sockets_of_a_pace_are_let_go_by_one_timer() -> None:
    pace = ReadPace(SOON_MS)
    async with market(pace) as one, market(pace) as other:
        counts = await one.until_held(), await other.until_held()
        await until(lambda: not (one.is_held or other.is_held), "both are let go", AT_ONCE_S)
        one.tell(frame(1))
        other.tell(frame(1))
        await one.until_read(counts[0] + 1)
        await other.until_read(counts[1] + 1)


async def test_as_long_as_something_comes_a_beat_reads_it_and_nothing_is_let_go() -> None:
    pace = ReadPace(5 * SOON_MS)
    async with market(pace) as busy, market(pace) as quiet:
        counts = await quiet.until_held(), await busy.until_held()
        for number in range(5):
            busy.tell(frame(number))
            await busy.until_read(counts[1] + number + 1)
            assert busy.is_held, "a beat read it: a loop that was woken by it would have found it let go"
            assert quiet.is_held, "the timer runs anyhow"
        quiet.tell(frame(1))
        await quiet.until_read(counts[0] + 1)
        await until(lambda: not (busy.is_held or quiet.is_held), "a beat on which nothing came", AT_ONCE_S)


async def test_a_transport_that_can_not_be_told_to_read_is_let_go_at_the_beat(tmp_path: Path) -> None:
    authority, server_tls = certificates(tmp_path, ("localhost",))
    server = await asyncio.start_server(lambda _, far: far.close(), "127.0.0.1", 0, ssl=server_tls)
    near_tls = ssl.create_default_context(cafile=authority)
    _, writer = await asyncio.open_connection("localhost", server.sockets[0].getsockname()[1], ssl=near_tls)
    raw = writer.transport.get_extra_info("socket")
    pace = ReadPace(LATER_MS)
    pace.after_read(writer.transport)
    pace.after_read(writer.transport)
    assert raw.getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT) == MOST_HELD
    await until(lambda: raw.getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT) == 1, "the time is over", AT_ONCE_S)
    writer.transport.abort()
    server.close()
    await server.wait_closed()


async def test_a_socket_that_ended_while_it_waited_stops_nobody() -> None:
    troubles: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: troubles.append(context))
    pace = ReadPace(SOON_MS)
    async with market(pace) as one:
        async with market(pace) as ended:
            await ended.until_held()
            count = await one.until_held()
        await until(lambda: not one.is_held, "the time is over", AT_ONCE_S)
        one.tell(frame(1))
        await one.until_read(count + 1)
    assert troubles == []


async def test_under_tls_what_comes_within_the_time_is_read_whole(tmp_path: Path) -> None:
    async with market(ReadPace(SOON_MS), certified_in=tmp_path) as one:
        count = await one.until_held()
        for number in range(200):
            one.tell(frame(number, 500))
        await one.until_read(count + 200)
        assert one.read[count:] == [frame(number, 500) for number in range(200)]


async def test_answers_to_messages_hold_nothing_back() -> None:
    async with market(ReadPace(NEVER_MS)) as one:
        for number in range(3):
            one.tell(b'{"result":null,"id":%d}' % number)
        one.transport.send_ping(b"alive?")
        await until(lambda: one.far.heard == [b"alive?"], "the ping is answered", AT_ONCE_S)
        assert not one.is_held
