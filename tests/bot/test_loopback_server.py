"""A server for this machine alone: who is answered, and what every answer brings."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, web

from connector.bot.loopback_server import MOST_CONNECTIONS, LoopbackServer
from connector.core.faults import ConfigFault


async def greet(request: web.BaseRequest) -> web.StreamResponse:
    if request.path == "/defect":
        raise ZeroDivisionError("a defect with s3cret words")
    if request.path == "/nowhere":
        raise web.HTTPNotFound
    return web.Response(text="here")


@pytest.fixture
async def server() -> AsyncIterator[LoopbackServer]:
    served = LoopbackServer("--port", 0, greet)
    async with served.serving():
        yield served


async def asked(server: LoopbackServer, path: str = "/", **headers: str) -> tuple[int, str]:
    async with ClientSession() as session, session.get(f"{server.address}{path}", headers=headers) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost", "[::1]:9464"])
async def test_programs_of_this_machine_are_answered(server: LoopbackServer, host: str) -> None:
    assert await asked(server, Host=host) == (200, "here")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example"},
        {"Host": "127.0.0.1.rebound.example"},
        {"Host": ""},
        {"Origin": "https://rebound.example"},
        {"Origin": "null"},
    ],
)
async def test_a_name_of_the_network_or_a_foreign_page_is_refused(
    server: LoopbackServer, headers: dict[str, str]
) -> None:
    status, text = await asked(server, **headers)
    assert status == 403
    assert "here" not in text.split()


async def test_it_listens_on_loopback_alone(server: LoopbackServer) -> None:
    others = {row[4][0] for row in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {"127.0.0.1"}
    for address in others | {"127.0.0.2"}:
        with pytest.raises(OSError, match=r"refused|denied|unreachable|failed"):
            await asyncio.open_connection(address, server.port)


async def test_every_answer_may_be_neither_kept_nor_framed(server: LoopbackServer) -> None:
    for path in ("/", "/nowhere", "/defect"):
        async with ClientSession() as session, session.get(f"{server.address}{path}") as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_defect_is_answered_without_its_words_and_stands_in_the_log(
    server: LoopbackServer, caplog: pytest.LogCaptureFixture
) -> None:
    status, text = await asked(server, "/defect")
    assert status == 500
    assert "s3cret" not in text
    assert "a defect with s3cret words" in caplog.text
    assert await asked(server) == (200, "here")
    caplog.clear()
    assert (await asked(server, "/defect"))[0] == 500
    assert caplog.text == "", "who asks again and again does not fill the log"


async def test_what_is_not_there_is_not_found(server: LoopbackServer) -> None:
    assert (await asked(server, "/nowhere"))[0] == 404


async def test_a_port_that_is_taken_is_named_with_the_option(server: LoopbackServer) -> None:
    with pytest.raises(ConfigFault, match=rf"--port: {server.port}: cannot be listened on.*name another port"):
        async with LoopbackServer("--port", server.port, greet).serving():
            pass


async def test_it_ends_though_someone_keeps_a_connection_open() -> None:
    served = LoopbackServer("--port", 0, greet)
    async with asyncio.timeout(8):
        async with served.serving():
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
            await writer.drain()
        assert await reader.read() == b""
        writer.close()


async def test_more_connections_than_a_few_are_ended_at_once_and_those_that_ask_nothing_in_time() -> None:
    served = LoopbackServer("--port", 0, greet, kept_open_s=3.0)
    async with asyncio.timeout(20), served.serving(), contextlib.AsyncExitStack() as closing:
        lines = [await asyncio.open_connection("127.0.0.1", served.port) for _ in range(2 * MOST_CONNECTIONS)]
        for _, writer in lines:
            closing.callback(writer.close)
        for reader, _ in lines[MOST_CONNECTIONS:]:
            with contextlib.suppress(ConnectionResetError):
                assert await reader.read() == b""
        assert not any(reader.at_eof() for reader, _ in lines[:MOST_CONNECTIONS])
        lines[0][1].write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"200 OK" in await lines[0][0].readuntil(b"\r\n")
        lines[1][1].write(b"GET / HTTP/1.1\r\nHost: ")
        for reader, _ in lines[1:MOST_CONNECTIONS]:
            with contextlib.suppress(ConnectionResetError):
                assert await reader.read() == b""
        assert await asked(served) == (200, "here")
