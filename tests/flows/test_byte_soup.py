"""Any byte soup gets the venue's error or a closed socket, and the exchange goes on as if nothing had come."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from connector.simulator.server import LocalExchange
from tests.companions.flows.soup import Rest, Soup
from tests.companions.simulator.callers import QUIET, SocketClient

#: A request is what is answered by itself: together more than 50,000.
RESTS, LOCALS, FRAMES, STREAM_SOCKETS, CONTROLS, RAW_SOCKETS = 24_000, 4_000, 24_000, 500, 10, 800
BURST = 100
HANDSHAKE = b"Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
HANDSHAKE += b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"


@pytest.fixture
async def venue(caplog: pytest.LogCaptureFixture) -> AsyncIterator[LocalExchange]:
    """An exchange that, whatever came, logged no error and trades at the end."""
    async with LocalExchange(QUIET) as running, aiohttp.ClientSession() as session:
        yield running
        running.runtime.faults.arm("half_open", ms=0)
        for armed in running.faults.armed():
            running.faults.arm(armed.name, times=0)
        for listing in running.engine.listings.values():
            listing.mark_price.fix(None)
        await _still_trades(running, session)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


async def _still_trades(venue: LocalExchange, session: aiohttp.ClientSession) -> None:
    maker, taker = (SocketClient(session, venue, venue.admit(Decimal(100_000))) for _ in range(2))
    book = (await maker.raw("GET", "/fapi/v1/depth", "symbol=ETHUSDT&limit=5"))[2]
    best = Decimal(book["bids"][0][0]) if book["bids"] else Decimal(2_900)
    await maker.order("BUY", "0.5", str(best), symbol="ETHUSDT")
    done = await taker.order("SELL", "0.5", symbol="ETHUSDT", newOrderRespType="RESULT")
    assert done["status"] == "FILLED", (book, done)


def soup(venue: LocalExchange, seed: int) -> Soup:
    return Soup(seed, venue.runtime.default_key, venue.runtime.now_ms())


async def _answers(venue: LocalExchange, requests: list[Rest]) -> int:
    """Sends them down one connection and checks every answer; returns how many came before it was closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", venue.port)
    writer.write(b"".join(request.sent for request in requests))
    count = 0
    try:
        for request in requests:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
            length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            body = b"" if request.is_head else await reader.readexactly(length)
            _check(request, int(head.split()[1]), body)
            count += 1
            if b"connection: close" in head.lower():
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()
    return count


def _check(request: Rest, status: int, body: bytes) -> None:
    assert status < 500, (request, status, body)
    if not request.is_head and status != 403:
        told = json.loads(body)
        if status != 200:
            assert set(told) == {"code", "msg"} and told["code"] < 0, (request, told)


async def test_any_request_over_rest_is_answered(venue: LocalExchange) -> None:
    cook, count = soup(venue, 1), 0
    while count < RESTS:
        got = await _answers(venue, [cook.rest() for _ in range(BURST)])
        assert got, "a connection without a single answer"
        count += got


async def test_any_request_to_the_exchanges_own_paths_is_answered(venue: LocalExchange) -> None:
    cook, count = soup(venue, 2), 0
    while count < LOCALS:
        got = await _answers(venue, [cook.rest(local=True) for _ in range(BURST)])
        assert got, "a connection without a single answer"
        count += got


async def test_any_frame_to_the_ws_api_is_answered(venue: LocalExchange) -> None:
    cook = soup(venue, 3)
    async with aiohttp.ClientSession() as session, session.ws_connect(venue.ws_api) as socket:
        for _ in range(FRAMES // BURST):
            frames = [cook.ws_api() for _ in range(BURST)]
            for frame in frames:
                await socket.send_frame(frame, aiohttp.WSMsgType.TEXT)
            for frame in frames:
                _check_envelope(frame, await socket.receive_json(timeout=20))


def _check_envelope(frame: bytes, told: Any) -> None:
    assert told["status"] < 500, (frame, told)
    assert ("result" in told) is (told["status"] == 200), (frame, told)
    if told["status"] != 200:
        assert set(told["error"]) == {"code", "msg"} and told["error"]["code"] < 0


async def test_any_control_message_on_a_stream_is_answered(venue: LocalExchange) -> None:
    cook = soup(venue, 4)
    paths = ("/public/ws", "/market/stream", "/private/ws", "/ws", "/stream", "/private/stream?listenKey=%ff&events=/")
    async with aiohttp.ClientSession() as session:
        for number in range(STREAM_SOCKETS):
            async with session.ws_connect(venue.stream + paths[number % len(paths)], autoclose=False) as socket:
                frames = [cook.control() for _ in range(CONTROLS)]
                for frame in frames:
                    await socket.send_frame(frame, aiohttp.WSMsgType.TEXT)
                for frame in frames:
                    told = json.loads(await socket.receive_str(timeout=20))
                    assert "result" in told or set(told) >= {"code", "msg"}, (frame, told)


@pytest.mark.parametrize("path", [b"", b"/ws-fapi/v1", b"/public/ws", b"/private/stream"])
async def test_bytes_that_are_nothing_end_the_connection_at_most(venue: LocalExchange, path: bytes) -> None:
    cook = soup(venue, 5)
    for _ in range(RAW_SOCKETS // 4):
        reader, writer = await asyncio.open_connection("127.0.0.1", venue.port)
        if path:
            writer.write(b"GET " + path + b" HTTP/1.1\r\n" + HANDSHAKE)
            assert b"101" in await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        writer.write(cook.bytes() + b"\r\n\r\n")
        writer.write_eof()
        try:
            came = await asyncio.wait_for(reader.read(), 20)
        except ConnectionError:
            came = b""
        assert b"Traceback" not in came
        writer.close()
