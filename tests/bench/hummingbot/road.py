"""A road between a program and an exchange, on which is noted when bytes of the program's come by."""

import asyncio
import time


class Road:
    """Forwards every connection to one port, and notes the time of each piece that comes from the program (ns)."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.noted: list[int] = []
        self._server: asyncio.Server | None = None
        self._carrying: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> str:
        self._server = await asyncio.start_server(self._begin, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._carrying:
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    def first_after(self, asked_ns: int) -> int:
        """When the next piece came by."""
        return min(noted for noted in self.noted if noted >= asked_ns)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._carrying.add(asyncio.create_task(self._carry(reader, writer)))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        ways = (self._pass(reader, far_writer, is_out=True), self._pass(far_reader, writer, is_out=False))
        await asyncio.gather(*ways, return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_out: bool) -> None:
        try:
            while piece := await reader.read(1 << 16):
                if is_out:
                    self.noted.append(time.monotonic_ns())
                writer.write(piece)
        finally:
            writer.close()
