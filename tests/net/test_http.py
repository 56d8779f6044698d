"""HTTP: what was sent, and whether it left."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from connector.net.http import Http, NoAnswer
from tests.companions.net.scripted_http import OK, ended, scripted


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    client = Http(timeout_s=0.5)
    yield client
    await client.close()


async def test_an_answer_comes_with_status_headers_and_body(http: Http) -> None:
    told = b'HTTP/1.1 429 x\r\nRetry-After: 7\r\nContent-Length: 14\r\n\r\n{"code":-1003}'
    async with scripted(told) as script:
        answer = await http.send("POST", script.origin, {"X-MBX-APIKEY": "k"})
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


async def test_a_connection_that_ends_after_sending_may_have_been_executed(http: Http) -> None:
    async with scripted(b"", closes=True) as script:
        with pytest.raises(NoAnswer) as silence:
            await http.send("POST", script.origin, {})
    assert silence.value.sent


@pytest.mark.parametrize(("address", "header"), [("/x\r\nX: y", "k"), ("/x", "k\r\nX: y")])
async def test_nothing_that_is_sent_brings_lines_of_its_own(http: Http, address: str, header: str) -> None:
    async with scripted(OK) as script:
        with pytest.raises(ValueError, match="line break"):
            await http.send("POST", script.origin + address, {"X-MBX-APIKEY": header})
    assert script.heads == []


async def test_a_refused_connection_sent_nothing(http: Http) -> None:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(NoAnswer) as silence:
        await http.send("GET", f"http://127.0.0.1:{port}/", {})
    assert not silence.value.sent


async def test_no_answer_in_time_may_have_been_executed(http: Http) -> None:
    over = asyncio.Event()

    async def reads_and_is_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        await ended(writer)
        over.set()

    server = await asyncio.start_server(reads_and_is_silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(NoAnswer) as silence:
        await http.send("POST", f"http://127.0.0.1:{port}/", {})
    assert silence.value.sent
    await over.wait()
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
    over = asyncio.Semaphore(0)

    async def answers_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            peers.setdefault(line.split()[0], set()).add(writer.get_extra_info("peername"))
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            await writer.drain()
        await ended(writer)
        over.release()

    server = await asyncio.start_server(answers_at_once, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/fapi/v1/order"
    client = Http(through_proxy=False)
    for _ in range(2):
        await client.send("POST", address, {})
        await client.send("DELETE", address, {}, urgent=True)
    await client.close()
    for _ in range(2):
        await over.acquire()
    server.close()
    await server.wait_closed()
    assert (len(peers[b"POST"]), len(peers[b"DELETE"])) == (1, 1)
    assert not peers[b"POST"] & peers[b"DELETE"]


async def test_a_connection_that_does_not_come_about_in_time_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def name_without_end(*asked: object, **terms: object) -> list[object]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", name_without_end)
    client = Http(timeout_s=0.2, through_proxy=False)
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
