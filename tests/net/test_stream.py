"""A WebSocket that comes back by itself."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import ClientConnectionResetError, WSMsgType, web

from connector.net.stream import Stream
from connector.net.system_clock import SystemClock
from connector.venue.limits import StreamTerms
from tests.companions.local_trading import until


class Sink:
    """Remembers what a stream handed it."""

    def __init__(self) -> None:
        self.changes: list[str] = []
        self.frames: list[bytes] = []
        self.fails_on = b"bad"

    def on_up(self) -> None:
        self.changes.append("up")

    def on_down(self, reason: str) -> None:
        self.changes.append(f"down: {reason}")

    def on_frame(self, frame: bytes, received_ms: int) -> None:
        if frame == self.fails_on:
            raise ValueError("cannot be handled")
        self.frames.append(frame)


class Server:
    """Sends what it is given to every connection."""

    def __init__(self) -> None:
        self.sockets: list[web.WebSocketResponse] = []
        self.port = 0

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(timeout=0.1)
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.CLOSE:
                break
        return socket


@contextlib.asynccontextmanager
async def listening(handle: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[int]:
    """A port where `handle` answers at /ws."""
    app = web.Application()
    app.router.add_get("/ws", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield int(runner.addresses[0][1])
    await runner.cleanup()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    async with listening(made.handle) as made.port:
        yield made


@contextlib.asynccontextmanager
async def running(server: Server, sink: Sink, port: int | None = None) -> AsyncIterator[Stream]:
    async def address() -> str:
        return f"ws://127.0.0.1:{port or server.port}/ws"

    stream = Stream("test", address, sink, SystemClock())
    task = asyncio.create_task(stream.run())
    try:
        yield stream
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_frames_reach_the_sink_in_order(server: Server) -> None:
    sink = Sink()
    async with running(server, sink) as stream:
        await until(lambda: sink.changes == ["up"])
        for number in range(50):
            await server.sockets[0].send_str(f"frame {number}")
        await until(lambda: len(sink.frames) == 50)
        assert sink.frames == [f"frame {number}".encode() for number in range(50)]
        assert stream.counters.frames == 50


async def test_a_connection_that_ends_is_followed_by_another(server: Server) -> None:
    sink = Sink()
    async with running(server, sink) as stream:
        await until(lambda: sink.changes == ["up"])
        await server.sockets[0].close()
        await until(lambda: len(server.sockets) == 2)
        await until(lambda: sink.changes[-1] == "up")
        assert sink.changes == ["up", "down: connection closed", "up"]
        assert stream.counters.connections == 2


async def test_a_connection_that_is_dropped_reports_why(server: Server) -> None:
    sink = Sink()
    async with running(server, sink) as stream:
        await until(lambda: sink.changes == ["up"])
        stream.drop("silent for 5 s")
        await until(lambda: sink.changes[-1] == "up" and len(sink.changes) == 3)
        assert sink.changes[1] == "down: silent for 5 s"


async def test_a_frame_that_cannot_be_handled_is_logged_and_the_next_is_read(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    sink = Sink()
    with caplog.at_level(logging.ERROR):
        async with running(server, sink):
            await until(lambda: sink.changes == ["up"])
            await server.sockets[0].send_str("bad")
            await server.sockets[0].send_str("good")
            await until(lambda: sink.frames == [b"good"])
    assert "a frame could not be handled" in caplog.text
    assert sink.changes == ["up", "down: stopping"] or sink.changes == ["up"]


async def test_nobody_there_is_a_failure_that_is_tried_again(server: Server) -> None:
    sink = Sink()
    async with running(server, sink, port=1) as stream:
        await until(lambda: stream.counters.failures >= 2)
        assert all(line.startswith("down: ") for line in sink.changes)
        assert stream.up_since_ms == 0


async def test_a_message_in_pieces_is_one_frame(server: Server) -> None:
    from picows import WSMsgType as Kind
    from picows.picows import _make_test_ws_frame

    from connector.net.stream_socket import StreamSocket

    sink = Sink()
    async with running(server, sink):
        socket = StreamSocket("test", sink.on_frame, SystemClock())
        socket.release()
        for kind, piece, last in ((Kind.TEXT, b"one ", False), (Kind.CONTINUATION, b"and ", False),
                                  (Kind.CONTINUATION, b"whole", True)):  # fmt: skip
            socket.listener.on_ws_frame(None, _make_test_ws_frame(kind, piece, last, False))
        assert sink.frames == [b"one and whole"]


class Venue(Server):
    """Answers subscriptions, or none at all, and counts the sockets that it has open."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[dict[str, object]] = []
        self.messages = 0
        self.refuses = False
        self.is_silent = False

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(timeout=0.1)
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.CLOSE:
                break
            if message.type is WSMsgType.TEXT:
                self.messages += 1
            if message.type is WSMsgType.TEXT and not self.is_silent:
                row = json.loads(message.data)
                self.asked.append(row)
                answer = {"code": 2, "msg": "no such stream"} if self.refuses else {"result": None}
                await socket.send_str(json.dumps({**answer, "id": row["id"]}))
        return socket

    @property
    def open(self) -> list[web.WebSocketResponse]:
        return [socket for socket in self.sockets if not socket.closed]

    async def publish(self, text: str) -> None:
        """To every socket; one that the other side is closing takes nothing more."""
        for socket in self.open:
            with contextlib.suppress(ClientConnectionResetError):
                await socket.send_str(text)


@pytest.fixture
async def venue_of_streams() -> AsyncIterator[Venue]:
    made = Venue()
    async with listening(made.handle) as made.port:
        yield made


@contextlib.asynccontextmanager
async def held(venue: Venue, sink: Sink, terms: StreamTerms) -> AsyncIterator[Stream]:
    async def address() -> str:
        return f"ws://127.0.0.1:{venue.port}/ws"

    stream = Stream("test", address, sink, SystemClock(), terms)
    stream.carry(["a@depth"])
    task = asyncio.create_task(stream.run())
    try:
        yield stream
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_it_is_up_when_its_streams_are_granted(venue_of_streams: Venue) -> None:
    sink, venue = Sink(), venue_of_streams
    venue.is_silent = True
    async with held(venue, sink, StreamTerms()) as stream:
        await until(lambda: venue.messages == 1, "asked, and not answered")
        assert sink.changes == []
        venue.is_silent = False
        await until(lambda: sink.changes == ["up"], "up, by the message that was sent again")
        assert venue.asked[0]["params"] == ["a@depth"]
        stream.carry(["b@depth"])
        stream.cease(["a@depth"])
        stream.resubscribe(["b@depth", "unknown@depth"])
        await until(lambda: len(venue.asked) == 5, "asked")
        assert [(row["method"], row["params"]) for row in venue.asked[1:]] == [
            ("SUBSCRIBE", ["b@depth"]),
            ("UNSUBSCRIBE", ["a@depth"]),
            ("UNSUBSCRIBE", ["b@depth"]),
            ("SUBSCRIBE", ["b@depth"]),
        ]
        assert stream.names == ("b@depth",)


async def test_a_refusal_is_counted_and_logged(venue_of_streams: Venue, caplog: pytest.LogCaptureFixture) -> None:
    sink, venue = Sink(), venue_of_streams
    venue.refuses = True
    async with held(venue, sink, StreamTerms()) as stream:
        await until(lambda: stream.counters.refusals == 1, "refused")
        assert "refused: 2 no such stream" in caplog.text


async def test_an_old_socket_delivers_until_its_successor_does(venue_of_streams: Venue) -> None:
    sink, venue = Sink(), venue_of_streams
    async with held(venue, sink, StreamTerms(life_s=0.6, overlap_s=0.2)) as stream:
        for number in range(120):
            await venue.publish(f'{{"stream":"{number}"}}')
            await asyncio.sleep(0.02)
        assert stream.counters.handovers >= 2
        assert sink.changes == ["up"]
        first_received = list(dict.fromkeys(sink.frames))
        received = [json.loads(frame)["stream"] for frame in first_received]
        assert received == [str(number) for number in range(int(received[0]), int(received[-1]) + 1)], (
            "in order, none missed"
        )
        assert int(received[0]) <= 10 and len(sink.frames) > len(first_received), "both sockets delivered some"
        await until(lambda: len(venue.open) <= 2, "the old ones are closed")


async def test_a_successor_that_carries_nothing_is_no_successor(venue_of_streams: Venue) -> None:
    sink, venue = Sink(), venue_of_streams
    async with held(venue, sink, StreamTerms(overlap_s=0.1)) as stream:
        await until(lambda: sink.changes == ["up"], "up")
        first = venue.sockets[0]
        stream.renew("it is wanted")
        await until(lambda: len(venue.sockets) == 2, "the successor is there")
        for _ in range(290):
            if len(venue.open) == 1:
                break
            await first.send_str('{"stream":"a"}')
            await asyncio.sleep(0.02)
        await until(lambda: venue.open == [first], "the silent one was given up")
        assert sink.changes == ["up"]
        assert stream.counters.handovers == 0


async def test_a_successor_that_receives_takes_over_from_a_socket_that_dies_meanwhile(venue_of_streams: Venue) -> None:
    sink, venue = Sink(), venue_of_streams
    async with held(venue, sink, StreamTerms(overlap_s=3.0)) as stream:
        await until(lambda: sink.changes == ["up"], "up")
        stream.renew("it is wanted")
        await until(lambda: len(stream.sockets) == 2 and stream.sockets[1].subscriptions.is_settled, "both")
        for number in range(3):
            await venue.publish(f'{{"stream":"{number}"}}')
        await until(lambda: len(stream.sockets[1].held) == 3 and len(sink.frames) == 3, "both received three")
        await venue.sockets[0].close()
        await until(lambda: len(stream.sockets) == 1 and stream.sockets[0].is_delivering, "taken over")
        await venue.sockets[1].send_str('{"stream":"3"}')
        await until(lambda: len(sink.frames) == 7, "what it had received, and more")
        assert [json.loads(frame)["stream"] for frame in sink.frames] == [*"012", *"012", "3"]
        assert sink.changes == ["up"] and stream.up_since_ms > 0


async def test_a_successor_that_has_not_received_yet_takes_nothing_over(venue_of_streams: Venue) -> None:
    sink, venue = Sink(), venue_of_streams
    async with held(venue, sink, StreamTerms(overlap_s=0.3)) as stream:
        await until(lambda: sink.changes == ["up"], "up")
        stream.renew("it is wanted")
        await until(lambda: len(stream.sockets) == 2 and stream.sockets[1].subscriptions.is_settled, "both")
        await venue.sockets[0].close()
        await until(lambda: len(sink.changes) == 3, "down, and up by the successor")
        assert sink.changes[1].startswith("down") and sink.changes[2] == "up"


async def test_of_two_sockets_each_may_end_without_a_loss(venue_of_streams: Venue) -> None:
    sink, venue = Sink(), venue_of_streams
    async with held(venue, sink, StreamTerms(copies=2, overlap_s=0.1)) as stream:
        await until(lambda: [socket.is_delivering for socket in stream.sockets] == [True, True], "both")
        await venue.sockets[0].close()
        await until(lambda: len(venue.sockets) == 3, "a third one")
        assert sink.changes == ["up"]
        stream.drop("both by hand")
        await until(lambda: sink.changes[-1].startswith("down"), "down")
        assert set(sink.changes) == {"up", "down: both by hand"}


class Reader:
    """Remembers what it was handed directly."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def on_frame(self, frame: bytes, received_ms: int) -> None:
        self.frames.append(frame)


async def test_what_a_reader_takes_is_counted_and_timed_like_all_else_and_on_every_socket(
    venue_of_streams: Venue,
) -> None:
    sink, reader, venue = Sink(), Reader(), venue_of_streams
    async with held(venue, sink, StreamTerms()) as stream:
        stream.read_by(reader)
        await until(lambda: sink.changes == ["up"], "up")
        await venue.publish('{"stream":"a"}')
        await until(lambda: len(reader.frames) == 1, "read")
        last_frame_ms = stream.last_frame_ms
        assert last_frame_ms >= stream.up_since_ms > 0
        stream.drop("cut by hand")
        await until(lambda: sink.changes[2:] == ["up"], "up again")
        assert (stream.counters.frames, stream.last_frame_ms) == (1, last_frame_ms)
        await venue.publish('{"stream":"b"}')
        await until(lambda: len(reader.frames) == 2, "read on the new socket, too")
        stream.read_by(None)
        await venue.publish('{"stream":"c"}')
        await until(lambda: bool(sink.frames), "and now by the sink")
        assert (stream.counters.frames, sink.frames) == (3, [b'{"stream":"c"}'])
        assert stream.last_frame_ms >= last_frame_ms


async def test_a_frame_that_is_too_long_ends_the_socket_and_a_new_one_is_made(server: Server) -> None:
    sink = Sink()
    async with running(server, sink) as stream:
        await until(lambda: sink.changes == ["up"])
        with contextlib.suppress(ConnectionError):
            await server.sockets[0].send_str("x" * 1_100_000)
        await until(lambda: stream.counters.connections == 2, "a new socket")
        await until(lambda: sink.changes[-1] == "up" and len(sink.changes) == 3)
        assert "max allowed size" in sink.changes[1] or "more than 1 MiB" in sink.changes[1]
        assert sink.frames == []
