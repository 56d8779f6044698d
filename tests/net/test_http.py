"""HTTP: what was sent, and whether it left."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from inspect import signature
from pathlib import Path
from unittest.mock import Mock

import aiohttp
import pytest
from aioresponses import aioresponses

from connector.net.http import Http, NoAnswer

ADDRESS = "http://exchange.test/fapi/v1/order?symbol=%E5%B8%81USDT&signature=abc"


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[aioresponses]:
    """aioresponses 0.7.9 builds responses without the `stream_writer` that aiohttp has asked for since 3.14."""
    build = aiohttp.ClientResponse.__init__
    if "stream_writer" in signature(build).parameters:

        def filled_in(self: aiohttp.ClientResponse, *args: object, **named: object) -> None:
            named.setdefault("stream_writer", Mock(output_size=0))
            build(self, *args, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(aiohttp.ClientResponse, "__init__", filled_in)
    with aioresponses() as scripted:
        yield scripted


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    client = Http(timeout_s=0.5)
    yield client
    await client.close()


async def test_an_answer_comes_with_status_headers_and_body(http: Http, answers: aioresponses) -> None:
    answers.post(ADDRESS, status=429, body=b'{"code":-1003}', headers={"Retry-After": "7"})
    answer = await http.send("POST", ADDRESS, {"X-MBX-APIKEY": "k"})
    assert (answer.status, answer.body, answer.headers["Retry-After"]) == (429, b'{"code":-1003}', "7")


async def test_the_address_goes_out_byte_for_byte_as_it_was_signed(http: Http) -> None:
    lines: list[bytes] = []

    async def reads_one_line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append(await reader.readline())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(reads_one_line, "127.0.0.1", 0)
    target = "/fapi/v1/order?b=2&a=%E5%B8%81USDT&c=%5B%22x%22%5D&signature=abc"
    await http.send("POST", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{target}", {})
    server.close()
    await server.wait_closed()
    assert lines == [f"POST {target} HTTP/1.1\r\n".encode()]


async def test_a_reset_after_sending_may_have_been_executed(http: Http, answers: aioresponses) -> None:
    answers.post(ADDRESS, exception=aiohttp.ServerDisconnectedError())
    with pytest.raises(NoAnswer) as silence:
        await http.send("POST", ADDRESS, {})
    assert silence.value.sent


async def test_a_refused_connection_sent_nothing(http: Http) -> None:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(NoAnswer) as silence:
        await http.send("GET", f"http://127.0.0.1:{port}/", {})
    assert not silence.value.sent


async def test_no_answer_in_time_may_have_been_executed(http: Http) -> None:
    async def reads_and_is_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(reads_and_is_silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(NoAnswer) as silence:
        await http.send("POST", f"http://127.0.0.1:{port}/", {})
    assert silence.value.sent
    server.close()
    await server.wait_closed()


async def test_a_redirect_is_not_followed(http: Http) -> None:
    asked: list[bytes] = []

    async def redirects(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.write(b"HTTP/1.1 307 X\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(redirects, "127.0.0.1", 0)
    answer = await http.send("POST", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x", {"X-MBX-APIKEY": "k"})
    server.close()
    await server.wait_closed()
    assert (answer.status, len(asked)) == (307, 1)


async def test_an_exchange_on_this_machine_is_not_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    async def answers_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answers_at_once, "127.0.0.1", 0)
    direct = Http(through_proxy=False)
    answer = await direct.send("GET", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", {})
    await direct.close()
    server.close()
    await server.wait_closed()
    assert answer.body == b"{}"


@pytest.fixture
async def proxy(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[str]]:
    """A proxy, named by the standard variables with a user's name; what it was asked, head by head."""
    heads: list[str] = []

    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                heads.append(head.decode())
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        writer.close()

    server = await asyncio.start_server(answers, "127.0.0.1", 0)
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, f"http://desk:word@127.0.0.1:{server.sockets[0].getsockname()[1]}")
    monkeypatch.setenv("NO_PROXY", "near.invalid")
    monkeypatch.setenv("no_proxy", "near.invalid")
    yield heads
    server.close()
    await server.wait_closed()


async def test_an_exchange_behind_a_proxy_is_asked_through_it(proxy: list[str]) -> None:
    client = Http()
    assert (await client.send("POST", "http://exchange.invalid/x?a=%2B", {})).body == b"{}"
    await client.close()
    (head,) = proxy
    assert head.startswith("POST http://exchange.invalid/x?a=%2B HTTP/1.1\r\n")
    assert "Proxy-Authorization: Basic " in head


async def test_a_host_that_is_named_as_near_is_asked_without_the_proxy(proxy: list[str]) -> None:
    client = Http()
    with pytest.raises(NoAnswer):
        await client.send("POST", "http://near.invalid/x", {})
    await client.close()
    assert proxy == []


async def test_no_password_of_this_machines_user_goes_to_the_exchange(
    proxy: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login desk password word\n")
    monkeypatch.setenv("NETRC", str(netrc))
    client = Http()
    await client.send("POST", "http://exchange.invalid/x", {})
    await client.close()
    assert all(not line.lower().startswith("authorization:") for line in proxy[0].splitlines())


async def test_a_cancel_whose_kept_connection_breaks_is_not_sent_a_second_time(http: Http) -> None:
    seen: list[bytes] = []

    async def breaks_on_the_second(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (line := await reader.readline()).startswith((b"GET", b"DELETE")):
            seen.append(line.split()[0])
            await reader.readuntil(b"\r\n\r\n")
            if seen[-1] == b"DELETE":
                break
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(breaks_on_the_second, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/fapi/v1/order"
    await http.send("GET", address, {})
    with pytest.raises(NoAnswer) as silence:
        await http.send("DELETE", address, {})
    assert silence.value.sent, "it may have been carried out"
    assert seen == [b"GET", b"DELETE"]
    server.close()
    await server.wait_closed()


async def test_what_ends_risk_has_connections_of_its_own() -> None:
    peers: dict[bytes, set[object]] = {}

    async def answers_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            peers.setdefault(line.split()[0], set()).add(writer.get_extra_info("peername"))
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answers_at_once, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/fapi/v1/order"
    client = Http(through_proxy=False)
    for _ in range(2):
        await client.send("POST", address, {})
        await client.send("DELETE", address, {}, urgent=True)
    await client.close()
    server.close()
    await server.wait_closed()
    assert (len(peers[b"POST"]), len(peers[b"DELETE"])) == (1, 1)
    assert not peers[b"POST"] & peers[b"DELETE"]


async def test_a_connection_that_does_not_come_about_in_time_sent_nothing() -> None:
    class NameWithoutEnd(aiohttp.abc.AbstractResolver):
        async def resolve(self, host: str, port: int = 0, family: object = 0) -> list[aiohttp.abc.ResolveResult]:
            await asyncio.Event().wait()
            return []

        async def close(self) -> None:
            """It holds nothing."""

    client = Http(timeout_s=0.2)
    client._sessions[False] = aiohttp.ClientSession(
        timeout=client._timeout, connector=aiohttp.TCPConnector(resolver=NameWithoutEnd())
    )
    with pytest.raises(NoAnswer) as silence:
        await client.send("POST", "http://exchange.invalid/", {})
    assert not silence.value.sent
    await client.close()


async def test_an_answer_in_many_pieces_is_put_together(http: Http) -> None:
    body = bytes(range(256)) * 40_000

    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        for start in range(0, len(body), 100_000):
            writer.write(body[start : start + 100_000])
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answers, "127.0.0.1", 0)
    client = Http(through_proxy=False)
    answer = await client.send("GET", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", {})
    assert answer.body == body
    await client.close()
    server.close()
    await server.wait_closed()
