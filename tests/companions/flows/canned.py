"""A venue of one answer: whatever is asked, those bytes come back."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from connector.venue.domains import LOCAL, Domain


def http_answer(status: int, body: bytes, headers: str = "") -> bytes:
    """A whole answer."""
    head = f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\nContent-Type: application/json\r\n{headers}\r\n"
    return head.encode() + body


@asynccontextmanager
async def answering(*pieces: bytes, endless: Iterable[bytes] = ()) -> AsyncIterator[Domain]:
    """The local domain at a server that sends the pieces, then what is endless, for each request."""
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                for piece in pieces:
                    writer.write(piece)
                for piece in endless:
                    writer.write(piece)
                    await writer.drain()
        writer.close()
        serving.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield LOCAL.at(f"http://127.0.0.1:{port}", f"ws://127.0.0.1:{port}", f"ws://127.0.0.1:{port}/ws-fapi/v1")
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
