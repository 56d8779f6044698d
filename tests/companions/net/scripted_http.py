"""A server of HTTP that sends what it is told to, byte for byte, answer after answer."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@dataclass
class Script:
    """What was asked, and over how many connections."""

    origin: str
    heads: list[str] = field(default_factory=list)
    connections: int = 0


async def ended(writer: asyncio.StreamWriter) -> None:
    """Ends a connection and waits until it is gone."""
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


@asynccontextmanager
async def scripted(*answers: bytes, closes: bool = False, tls: ssl.SSLContext | None = None) -> AsyncIterator[Script]:
    """Answers the first question by the first, and so on; the last one goes on. `closes`: after each."""
    script = Script("")
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        script.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                script.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
                writer.write(answers[min(len(script.heads), len(answers)) - 1])
                await writer.drain()
                if closes:
                    break
        await ended(writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    scheme = "http" if tls is None else "https"
    script.origin = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield script
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
