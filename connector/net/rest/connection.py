"""One connection of HTTP/1.1: a request leaves within the call that asks, its answer is read as it comes.

    idle ──ask──▶ asked ──head──▶ answering ──the body's end──▶ idle, or ended where a side wants it so
      └────────────┴───────────────┴── what is no answer, the other side's end, a time that is up ──▶ ended

llhttp reads the answers; here is kept who waits for them. An answer's pieces wait for their reader: while many do,
nothing more is read from the socket.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Final, NamedTuple, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser
from multidict import CIMultiDict

#: Of the lines before a body, as long as no body came.
_MOST_HEAD_BYTES: Final = 1 << 16
#: Pieces that wait for their reader.
_MOST_WAITING_BYTES: Final = 1 << 18


class BadAnswer(Exception):
    """What came is no answer of HTTP."""


class Head(NamedTuple):
    """How an answer begins."""

    status: int
    headers: CIMultiDict[str]


class HttpConnection(asyncio.Protocol):
    """Carries one request after the other. `can_go_on` says whether it may carry another one."""

    def __init__(self) -> None:
        #: By the loop's clock.
        self.idle_since_s = 0.0
        self._transport: asyncio.Transport | None = None
        self._parser = HttpResponseParser(self)
        # A letter that does not belong into a header, in a cookie say, spoils no answer to an order.
        self._parser.set_dangerous_leniencies(lenient_headers=True)
        self._is_asked = self._is_lost = self._keeps_alive = False
        self._late: asyncio.TimerHandle | None = None
        self._waiter: asyncio.Future[None] | None = None
        # Of the answer that comes.
        self._head: Head | None = None
        self._headers: CIMultiDict[str] = CIMultiDict()
        self._head_bytes = self._waiting_bytes = 0
        self._pieces: list[bytes] = []
        self._is_whole = False
        self._failure: Exception | None = None

    @property
    def can_go_on(self) -> bool:
        """Whether nothing is asked, and the other side keeps it open."""
        transport = self._transport
        return not (self._is_asked or self._is_lost or transport is None or transport.is_closing())

    async def ask(self, request: bytes, until_s: float) -> Head:
        """Sends a request and returns the head of its answer; until then, by the loop's clock, all of that must have
        come. Then `pieces`, and `end` whatever happened. Raises OSError, TimeoutError, `BadAnswer`."""
        loop = asyncio.get_running_loop()
        if self._transport is None or not self.can_go_on:
            raise ConnectionError("the connection ended")
        self._begin()
        self._is_asked = True
        self._late = loop.call_at(until_s, self._fail, TimeoutError("no answer in time"))
        self._transport.write(request)
        while self._head is None:
            await self._news()
        return self._head

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body of the answer, as it comes. Raises as `ask` does."""
        while self._pieces or not self._is_whole:
            if not self._pieces:
                await self._news()
            taken, self._pieces, self._waiting_bytes = self._pieces, [], 0
            for piece in taken:
                yield piece
            if self._transport is not None and not self._is_lost and not self._transport.is_closing():
                self._transport.resume_reading()

    def end(self) -> None:
        """The request is over. One whose answer is not whole, or not the last word, takes the connection with it."""
        if self._late is not None:
            self._late.cancel()
        is_clean = self._is_whole and self._keeps_alive and not self._pieces
        self._is_asked = False
        self.idle_since_s = asyncio.get_running_loop().time()
        if not is_clean:
            self.abort()

    def abort(self) -> None:
        """Ends the connection at once; whoever waits has no answer."""
        self._fail(ConnectionAbortedError("the connection was ended"))

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if not self._is_asked:
            self.abort()
            return
        if self._head is None:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            self._fail(BadAnswer(f"what came is no answer: {error}"))
        if self._head is None and self._head_bytes > _MOST_HEAD_BYTES:
            self._fail(BadAnswer(f"the answer's head has more than {_MOST_HEAD_BYTES >> 10} KiB"))

    def connection_lost(self, error: Exception | None) -> None:
        self._is_lost = True
        if error is None and self._head is not None and _ends_with_connection(self._head):
            self._is_whole = True
            self._wake()
        else:
            self._fail(error or ConnectionResetError("the connection ended before the answer did"))

    # What the parser calls.

    def on_message_begin(self) -> None:
        if self._is_whole:
            self._fail(BadAnswer("there are more answers than questions"))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.add(name.decode("latin-1"), value.decode("utf-8", "surrogateescape"))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status >= 200:
            self._head = Head(status, self._headers)
            self._wake()
        self._headers = CIMultiDict()

    def on_body(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._waiting_bytes += len(piece)
        if self._waiting_bytes > _MOST_WAITING_BYTES and self._transport is not None:
            self._transport.pause_reading()
        self._wake()

    def on_message_complete(self) -> None:
        if self._head is not None:
            self._is_whole, self._keeps_alive = True, self._parser.should_keep_alive()
            self._wake()

    def _begin(self) -> None:
        self._head, self._failure, self._is_whole = None, None, False
        self._head_bytes = self._waiting_bytes = 0
        self._pieces.clear()

    async def _news(self) -> None:
        """Waits until more of the answer is here. Raises what kept it from coming."""
        if self._failure is None:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        if self._failure is not None:
            raise self._failure

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _fail(self, why: Exception) -> None:
        self._failure = self._failure or why
        self._keeps_alive = False
        if self._transport is not None:
            self._transport.abort()
        self._wake()


def _ends_with_connection(head: Head) -> bool:
    """Whether the end of the body is told by nothing but the connection's."""
    return "Content-Length" not in head.headers and "Transfer-Encoding" not in head.headers
