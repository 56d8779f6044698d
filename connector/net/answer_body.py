"""The body of an answer, unpacked, and never more of it than may be held.

A few hundred kilobytes unpack to gigabytes where somebody means harm, and a body in chunks need not end. What grows
beyond the limit is given up while it is being read. The venue is offered gzip alone, so nothing else is unpacked.
"""

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator, Iterator

#: Unpacked. The venue's longest answers, exchangeInfo and a thousand symbols' brackets, have a few MiB.
MOST_BYTES = 64 * 2**20
#: Of an error's: a code and a line of text, or a page of a proxy's.
MOST_ERROR_BYTES = 2**20
ACCEPTED = "gzip"
_PIECE = 2**20
#: Above it an answer is a long one.
_LONG_BYTES = 2 * 2**20
#: zlib's words for "find out by yourself whether this is gzip or zlib".
_ANY_HEADER = 32 + zlib.MAX_WBITS


class BadBody(Exception):
    """A body that is too long, or not packed as the answer says."""


async def read_body(status: int, packing: str, pieces: AsyncIterator[bytes], long_ones: asyncio.Lock) -> bytes:
    """The body of an answer, or of an error. An error whose body is no sense has none: its status says the most of it.

    Raises `BadBody`.
    """
    if status < 400:
        return await body_of(packing, pieces, long_ones=long_ones)
    try:
        return await body_of(packing, pieces, MOST_ERROR_BYTES)
    except BadBody:
        return b""


async def body_of(
    packing: str, pieces: AsyncIterator[bytes], most_bytes: int = MOST_BYTES, long_ones: asyncio.Lock | None = None
) -> bytes:
    """The whole body, which comes in pieces, packed as its `Content-Encoding` says; long ones that share a lock are
    read one after the other, so that several cost no more memory than one. Raises `BadBody`; the connection is then of
    no more use."""
    encoding = packing.strip().lower()
    if encoding not in ("", "identity", "gzip", "deflate"):
        raise BadBody("the answer is packed in a way that was not asked for")
    unpacked = _Unpacked(most_bytes, zlib.decompressobj(_ANY_HEADER) if encoding in ("gzip", "deflate") else None)
    async with contextlib.AsyncExitStack() as turn:
        # Whoever keeps a failure keeps the frames that it went through, and these pieces with them.
        turn.callback(unpacked.clear)
        async for piece in pieces:
            for size in unpacked.adding(piece):
                if size > _LONG_BYTES and long_ones is not None:
                    await turn.enter_async_context(long_ones)
                    long_ones = None
        return unpacked.whole()


class _Unpacked:
    """Grows piece by piece."""

    def __init__(self, most_bytes: int, packing: "zlib._Decompress | None") -> None:
        self._most = most_bytes
        self._packing = packing
        self._pieces: list[bytes] = []
        self._size = 0

    def adding(self, piece: bytes) -> Iterator[int]:
        """Takes a piece in steps; tells how much there is after each."""
        if self._packing is None:
            yield self._take(piece)
            return
        try:
            while piece:
                yield self._take(self._packing.decompress(piece, _PIECE))
                piece = self._packing.unconsumed_tail
        except zlib.error as error:
            raise BadBody(f"the answer is not packed as it says: {error}") from error

    def whole(self) -> bytes:
        if self._packing is not None and self._size and not self._packing.eof:
            raise BadBody("the answer ends within its packing")
        return b"".join(self._pieces)

    def clear(self) -> None:
        self._pieces.clear()

    def _take(self, piece: bytes) -> int:
        self._size += len(piece)
        if self._size > self._most:
            raise BadBody(f"the answer has more than {self._most >> 20} MiB")
        if piece:
            self._pieces.append(piece)
        return self._size
