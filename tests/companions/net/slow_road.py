"""A road to an exchange on which requests take as long as a test says; answers come at once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit


class SlowRoad:
    """Carries bytes to the address and back. `delay_s` holds for what is sent from then on; nothing overtakes."""

    def __init__(self, upstream: str) -> None:
        self.delay_s = 0.0
        self.address = ""
        self._upstream = urlsplit(upstream)
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        far_reader, far_writer = await asyncio.open_connection(self._upstream.hostname, self._upstream.port)
        back = asyncio.create_task(self._carry(far_reader, writer, is_there=False))
        try:
            await self._carry(reader, far_writer, is_there=True)
        finally:
            back.cancel()
            for end in (writer, far_writer):
                end.close()
            self._tasks.discard(task)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_there: bool) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65_536):
                if is_there and self.delay_s:
                    await asyncio.sleep(self.delay_s)
                writer.write(data)

    async def end(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def slow_road(upstream: str) -> AsyncIterator[SlowRoad]:
    """A road that is as fast as any until it is told to be slow."""
    road = SlowRoad(upstream)
    server = await asyncio.start_server(road.serve, "127.0.0.1", 0)
    parts = urlsplit(upstream)
    road.address = f"{parts.scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}{parts.path}"
    try:
        yield road
    finally:
        server.close()
        await road.end()
