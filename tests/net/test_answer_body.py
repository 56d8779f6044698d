"""Answers are unpacked as far as may be held, on a real socket."""

import asyncio
import gzip
import itertools
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from connector.net import answer_body
from connector.net.answer_body import MOST_BYTES
from connector.net.http import Http, NoAnswer
from tests.companions.flows.canned import answering, http_answer
from tests.companions.net.scripted_http import scripted


def end_of_connection() -> Iterator[bytes]:
    yield b""
    raise ConnectionAbortedError


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    client = Http(timeout_s=20.0)
    yield client
    await client.close()


@pytest.fixture
def peak_bytes() -> Iterator[Callable[[], int]]:
    """The most memory that was held at once, from here on."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


def bomb(gigabytes: int) -> bytes:
    """So many gigabytes of zeros, in a thousandth of their size."""
    packing = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    zeros = bytes(2**24)
    return b"".join([*(packing.compress(zeros) for _ in range(gigabytes << 6)), packing.flush()])


def chunks(piece: bytes) -> Iterator[bytes]:
    """A chunked body without an end."""
    chunk = f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    return itertools.repeat(chunk)


@pytest.mark.parametrize(
    "packing", [("gzip", gzip.compress), ("deflate", zlib.compress), ("", bytes), ("identity", bytes)]
)
async def test_an_answer_comes_unpacked(http: Http, packing: tuple[str, type[bytes]]) -> None:
    name, pack = packing
    body = b'{"a":1}' * 100_000
    header = f"Content-Encoding: {name}\r\n" if name else ""
    async with answering(http_answer(200, pack(body), header)) as domain:
        assert (await http.send("GET", domain.rest, {})).body == body


async def test_an_answer_that_unpacks_to_gigabytes_is_none_and_takes_no_memory(
    http: Http, peak_bytes: Callable[[], int]
) -> None:
    packed = bomb(1)
    assert len(packed) < 2 * 2**20
    async with answering(http_answer(200, packed, "Content-Encoding: gzip\r\n")) as domain:
        with pytest.raises(NoAnswer, match="more than 64 MiB") as silence:
            await http.send("GET", domain.rest, {})
    assert silence.value.sent
    assert MOST_BYTES / 2 < peak_bytes() < MOST_BYTES + 40 * 2**20


async def test_an_answer_in_chunks_without_an_end_is_none(http: Http, peak_bytes: Callable[[], int]) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with answering(head, endless=chunks(b"x" * 2**16)) as domain:
        with pytest.raises(NoAnswer, match="more than 64 MiB"):
            await http.send("GET", domain.rest, {})
    assert MOST_BYTES / 2 < peak_bytes() < MOST_BYTES + 40 * 2**20


@pytest.mark.parametrize("ending", ["too long", "cut off", "out of time"])
async def test_of_an_answer_that_failed_nothing_is_kept(ending: str) -> None:
    # Who keeps the failure (a log line, a task) keeps its frames, and the answer with them; a collection may be far.
    mebibytes = 80 if ending == "too long" else 24
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"
    sent = [head, *[bytes(2**20)] * mebibytes]
    client = Http(timeout_s=2.0 if ending == "out of time" else 20.0)
    failures: list[NoAnswer] = []
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(2):
            async with answering(*sent, endless=end_of_connection() if ending == "cut off" else ()) as domain:
                with pytest.raises(NoAnswer) as failure:
                    await client.send("GET", domain.rest, {})
                failures.append(failure.value)
        kept = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
        await client.close()
    assert len(failures) == 2
    assert kept < 4 * 2**20


async def test_the_connection_of_such_an_answer_is_not_used_again(http: Http) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with answering(head, endless=chunks(b"x" * 2**16)) as domain:
        for _ in range(2):
            with pytest.raises(NoAnswer, match="more than 64 MiB"):
                await http.send("GET", domain.rest, {})


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("gzip", b"no gzip"),
        ("gzip", gzip.compress(b"x" * 10_000, mtime=0)[:-20]),
        ("br", b"x"),
        ("gzip, gzip", gzip.compress(b"x", mtime=0)),
    ],
    ids=["not gzip", "cut short", "unknown packing", "packed once of twice"],  # bytes of gzip hold the time
)
async def test_what_is_not_packed_as_it_says_is_no_answer(http: Http, name: str, body: bytes) -> None:
    async with answering(http_answer(200, body, f"Content-Encoding: {name}\r\n")) as domain:
        with pytest.raises(NoAnswer) as silence:
            await http.send("GET", domain.rest, {})
    assert silence.value.sent


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (b'{"code":-1003,"msg":"' + b"x" * 2**21 + b'"}', ""),
        (bomb(1), "Content-Encoding: gzip\r\n"),
        (b"no gzip", "Content-Encoding: gzip\r\n"),
    ],
    ids=["long", "unpacks to gigabytes", "not gzip"],
)
async def test_of_an_error_whose_body_is_no_sense_the_status_remains(
    http: Http, body: bytes, header: str, peak_bytes: Callable[[], int]
) -> None:
    """It may ask for silence."""
    async with answering(http_answer(429, body, header + "Retry-After: 7\r\n")) as domain:
        for _ in range(2):
            answer = await http.send("GET", domain.rest, {})
            assert (answer.status, answer.body, answer.headers["Retry-After"]) == (429, b"", "7")
    assert peak_bytes() < 20 * 2**20


async def test_cookies_are_not_kept(http: Http) -> None:
    cookies = "Set-Cookie: a=b; Path=/\r\nSet-Cookie: ²\x01=;;;\r\n"
    async with scripted(http_answer(200, b"{}", cookies)) as script:
        for _ in range(2):
            await http.send("GET", script.origin, {})
    assert len(script.heads) == 2
    assert not any("cookie" in head.lower() for head in script.heads)


async def test_long_answers_are_read_one_after_the_other_and_all_of_them(
    http: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several that grow at once would cost several times the memory that one may."""
    growing: set[int] = set()
    most = 0
    taken = answer_body._Unpacked._take

    def watched(self: answer_body._Unpacked, piece: bytes) -> int:
        nonlocal most
        size = taken(self, piece)
        if size > 10 * 2**20:
            growing.add(id(self))
            most = max(most, len(growing))
        return size

    def whole(self: answer_body._Unpacked) -> bytes:
        growing.discard(id(self))
        return ended(self)

    ended = answer_body._Unpacked.whole
    monkeypatch.setattr(answer_body._Unpacked, "_take", watched)
    monkeypatch.setattr(answer_body._Unpacked, "whole", whole)
    body = gzip.compress(bytes(30 * 2**20))
    async with answering(http_answer(200, body, "Content-Encoding: gzip\r\n")) as domain:
        answers = await asyncio.gather(*(http.send("GET", domain.rest, {}, urgent=bool(n % 2)) for n in range(4)))
    assert [len(answer.body) for answer in answers] == [30 * 2**20] * 4
    assert most == 1
