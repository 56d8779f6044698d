"""Through a proxy: what the standard variables say, and nothing of this machine's user beside it."""

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
from connector.net.reach import Reach
from connector.net.rest.proxied import ProxiedHttp

ADDRESS = "http://exchange.invalid/fapi/v1/order?symbol=%E5%B8%81USDT&signature=abc"


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
async def proxied() -> AsyncIterator[ProxiedHttp]:
    client = ProxiedHttp("http://proxy.invalid:3128", 0.5, 0.25, Reach().tls)
    yield client
    await client.close()


async def test_an_answer_comes_with_status_headers_and_body(proxied: ProxiedHttp, answers: aioresponses) -> None:
    answers.post(ADDRESS, status=429, body=b'{"code":-1003}', headers={"Retry-After": "7"})
    answer = await proxied.send("POST", ADDRESS, {"X-MBX-APIKEY": "k"}, asyncio.Lock())
    assert (answer.status, answer.body, answer.headers["Retry-After"]) == (429, b'{"code":-1003}', "7")


@pytest.mark.parametrize(
    ("broken", "was_sent"),
    [
        (aiohttp.ServerDisconnectedError(), True),
        (TimeoutError(), True),
        (aiohttp.ClientPayloadError(), True),
        (aiohttp.ConnectionTimeoutError(), False),
        (aiohttp.ClientConnectorError(Mock(), OSError("refused")), False),
    ],
)
async def test_what_may_have_left_is_told_from_what_never_did(
    proxied: ProxiedHttp, answers: aioresponses, broken: Exception, was_sent: bool
) -> None:
    answers.post(ADDRESS, exception=broken)
    with pytest.raises(NoAnswer) as silence:
        await proxied.send("POST", ADDRESS, {}, asyncio.Lock())
    assert silence.value.sent is was_sent


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


async def test_a_request_whose_connection_breaks_at_the_proxy_is_not_sent_a_second_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[bytes] = []

    async def breaks_on_the_second(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while len(seen) < 2:
                seen.append((await reader.readuntil(b"\r\n\r\n")).split()[0])
                if len(seen) < 2:
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        writer.close()

    server = await asyncio.start_server(breaks_on_the_second, "127.0.0.1", 0)
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    client = Http()
    assert (await client.send("GET", "http://exchange.invalid/x", {})).body == b"{}"
    with pytest.raises(NoAnswer) as silence:
        await client.send("DELETE", "http://exchange.invalid/x", {})
    assert silence.value.sent
    assert seen == [b"GET", b"DELETE"]
    await client.close()
    server.close()
    await server.wait_closed()
