"""A WebSocket that comes back by itself."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import pytest
from aiohttp import WSMsgType, web

from connector.net.stream import Stream
from connector.net.system_clock import SystemClock
from tests.weather import until


class Sink:
    """Remembers what a stream told it."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.frames: list[bytes] = []
        self.fails_on = b"bad"

    def on_up(self) -> None:
        self.told.append("up")

    def on_down(self, reason: str) -> None:
        self.told.append(f"down: {reason}")

    def on_frame(self, frame: bytes, received_ms: int) -> None:
        if frame == self.fails_on:
            raise ValueError("cannot be handled")
        self.frames.append(frame)


class Server:
    """Sends what it is told to every connection."""

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


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    app = web.Application()
    app.router.add_get("/ws", made.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.port = runner.addresses[0][1]
    yield made
    await runner.cleanup()


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
        await until(lambda: sink.told == ["up"])
        for number in range(50):
            await server.sockets[0].send_str(f"frame {number}")
        await until(lambda: len(sink.frames) == 50)
        assert sink.frames == [f"frame {number}".encode() for number in range(50)]
        assert stream.counters.frames == 50


async def test_a_connection_that_ends_is_followed_by_another(server: Server) -> None:
    sink = Sink()
    async with running(server, sink) as stream:
        await until(lambda: sink.told == ["up"])
        await server.sockets[0].close()
        await until(lambda: len(server.sockets) == 2)
        await until(lambda: sink.told[-1] == "up")
        assert sink.told == ["up", "down: connection closed", "up"]
        assert stream.counters.connections == 2


async def test_a_connection_that_is_dropped_says_why(server: Server) -> None:
    sink = Sink()
    async with running(server, sink) as stream:
        await until(lambda: sink.told == ["up"])
        stream.drop("silent for 5 s")
        await until(lambda: sink.told[-1] == "up" and len(sink.told) == 3)
        assert sink.told[1] == "down: silent for 5 s"


async def test_a_frame_that_cannot_be_handled_is_told_and_the_next_is_read(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    sink = Sink()
    with caplog.at_level(logging.ERROR):
        async with running(server, sink):
            await until(lambda: sink.told == ["up"])
            await server.sockets[0].send_str("bad")
            await server.sockets[0].send_str("good")
            await until(lambda: sink.frames == [b"good"])
    assert "a frame could not be handled" in caplog.text
    assert sink.told == ["up", "down: stopping"] or sink.told == ["up"]


async def test_nobody_there_is_a_failure_that_is_tried_again(server: Server) -> None:
    sink = Sink()
    async with running(server, sink, port=1) as stream:
        await until(lambda: stream.counters.failures >= 2)
        assert all(line.startswith("down: ") for line in sink.told)
        assert stream.up_since_ms == 0


async def test_a_message_in_pieces_is_one_frame(server: Server) -> None:
    from picows import WSMsgType as Kind
    from picows.picows import _make_test_ws_frame

    from connector.net.stream import _Listener

    sink = Sink()
    async with running(server, sink) as stream:
        listener = _Listener(stream)
        for kind, piece, last in ((Kind.TEXT, b"one ", False), (Kind.CONTINUATION, b"and ", False),
                                  (Kind.CONTINUATION, b"whole", True)):  # fmt: skip
            listener.on_ws_frame(None, _make_test_ws_frame(kind, piece, last, False))
        assert sink.frames == [b"one and whole"]
