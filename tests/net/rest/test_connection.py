"""One connection: an answer is the whole of what was asked for, and what is not spoils nothing that comes after."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from connector.net.http import Http, NoAnswer
from tests.companions.net.scripted_http import OK, ended, scripted


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    client = Http(timeout_s=8.0, through_proxy=False)
    yield client
    await client.close()


@pytest.fixture
async def hasty() -> AsyncIterator[Http]:
    """Waits for no late answer."""
    client = Http(timeout_s=0.5, through_proxy=False)
    yield client
    await client.close()


async def test_one_connection_carries_request_after_request(http: Http) -> None:
    async with scripted(OK) as script:
        for number in range(3):
            assert (await http.send("POST", f"{script.origin}/x?n={number}", {"X-MBX-APIKEY": "k"})).body == b"{}"
    assert script.connections == 1
    assert [head.splitlines()[0] for head in script.heads] == [f"POST /x?n={number} HTTP/1.1" for number in range(3)]
    assert {"X-MBX-APIKEY: k", "Content-Length: 0"} <= set(script.heads[0].splitlines())


async def test_names_of_headers_are_found_in_any_case(http: Http) -> None:
    async with scripted(b"HTTP/1.1 429 x\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n") as script:
        answer = await http.send("POST", script.origin, {})
    assert (answer.status, answer.headers["Retry-After"], answer.body) == (429, "7", b"")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
        b"HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nSet-Cookie: \x01\r\nContent-Length: 2\r\n\r\n{}",
    ],
    ids=["in chunks", "after a word before the answer", "with a letter that no header has"],
)
async def test_the_forms_of_an_answer_are_read_and_the_connection_goes_on(http: Http, answer: bytes) -> None:
    async with scripted(answer) as script:
        for _ in range(2):
            told = await http.send("GET", script.origin, {})
            assert (told.status, told.body) == (200, b"{}")
    assert script.connections == 1


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
async def test_a_body_of_no_stated_length_ends_with_its_connection(http: Http, version: bytes) -> None:
    async with scripted(b"HTTP/" + version + b" 200 OK\r\n\r\n{}", closes=True) as script:
        for _ in range(2):
            assert (await http.send("GET", script.origin, {})).body == b"{}"
    assert script.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"\x16\x03\x01 is no answer",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000,
        b"",
    ],
    ids=["short", "chunks without an end", "half a head", "two lengths", "a switch", "noise", "a long head", "nothing"],
)
async def test_what_is_no_whole_answer_may_have_been_carried_out(http: Http, answer: bytes) -> None:
    async with scripted(answer, OK, closes=True) as script:
        with pytest.raises(NoAnswer) as silence:
            await http.send("POST", f"{script.origin}/x?signature=abc", {})
        assert silence.value.sent
        assert "abc" not in str(silence.value)
        assert (await http.send("POST", script.origin, {})).body == b"{}", "the next one has a connection of its own"
    assert len(script.heads) == 2, "nothing is sent twice"


async def test_a_second_answer_to_one_question_is_nobodys(http: Http) -> None:
    async with scripted(OK + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother", OK) as script:
        with pytest.raises(NoAnswer, match="more answers than questions"):
            await http.send("POST", script.origin, {})
        assert (await http.send("POST", script.origin, {})).body == b"{}"
    assert script.connections == 2


async def test_what_comes_unasked_ends_the_connection(http: Http) -> None:
    connections: list[asyncio.StreamWriter] = []
    over = asyncio.Semaphore(0)

    async def speaks_late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await asyncio.sleep(0.02)
        writer.write(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
        with suppress(ConnectionError):
            await reader.read()
        await ended(writer)
        over.release()

    server = await asyncio.start_server(speaks_late, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    assert (await http.send("POST", address, {})).status == 200
    await asyncio.sleep(0.1)
    assert (await http.send("POST", address, {})).status == 200, "that word is no answer to this question"
    assert len(connections) == 2
    await http.close()
    for _ in range(2):
        await over.acquire()
    server.close()
    await server.wait_closed()


async def test_an_answer_that_is_late_is_not_taken_for_that_to_the_next_question(hasty: Http) -> None:
    over = asyncio.Semaphore(0)

    async def answers_the_first_late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readuntil(b"\r\n\r\n")
        if b"first" in line:
            await asyncio.sleep(0.6)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n" + line[6:11])
        await ended(writer)
        over.release()

    server = await asyncio.start_server(answers_the_first_late, "127.0.0.1", 0)
    origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with pytest.raises(NoAnswer, match="in time") as silence:
        await hasty.send("POST", f"{origin}/first", {})
    assert silence.value.sent
    assert (await hasty.send("POST", f"{origin}/later", {})).body == b"later"
    for _ in range(2):
        await over.acquire()
    server.close()
    await server.wait_closed()


async def test_who_gives_up_takes_the_connection_along() -> None:
    client = Http(through_proxy=False)
    async with scripted(b"", OK) as script:
        given_up = asyncio.create_task(client.send("POST", script.origin, {}))
        while not script.heads:
            await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        assert (await client.send("POST", script.origin, {})).body == b"{}"
    assert script.connections == 2
    await client.close()
