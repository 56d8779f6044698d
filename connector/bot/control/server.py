"""The bot's end of the control socket. It answers from what is at hand, and nothing of it waits for a client.

Each client is a task of its own with a clock: who asks nothing for a while, or does not read, is cut off. What is
asked is looked up synchronously between two turns of the loop; no order waits for it.
"""

import asyncio
import contextlib
import logging
import os
import socket
import struct
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Final

from connector.bot.control.lines import MOST_BYTES_ASKED, Ask, BadLine, answer, asked, refusal
from connector.bot.control.places import Place

_LOG = logging.getLogger(__name__)
_MOST_CLIENTS: Final = 16
#: Between two questions of a client, and until it has read an answer.
_ASKED_WITHIN_S: Final = 60.0
_READ_WITHIN_S: Final = 5.0
_ENDED_WITHIN_S: Final = 1.0

#: What answers a question, at once; told the strategy that is meant, empty for the whole bot. Raises `BadLine` where it
#: can't.
Deed = Callable[[str], dict[str, Any]]


class ControlServer:
    """Answers at one socket while the block of `serving` runs."""

    def __init__(self, place: Place, listening: socket.socket, deeds: Mapping[Ask, Deed]) -> None:
        self.place = place
        self._listening = listening
        self._deeds = deeds
        self._clients: set[asyncio.Task[None]] = set()
        self._ended: asyncio.Future[dict[str, Any]] | None = None

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Who was told to stop the bot is told how it ended when the block does; `end` says it before."""
        self._ended = asyncio.get_running_loop().create_future()
        server = await asyncio.start_unix_server(self._take, sock=self._listening, limit=MOST_BYTES_ASKED)
        try:
            yield
        finally:
            server.close()
            self.place.path.unlink(missing_ok=True)
            if not self._ended.done():
                self._ended.cancel()
            if self._clients:
                await asyncio.wait(self._clients, timeout=_ENDED_WITHIN_S)
            for client in tuple(self._clients):
                client.cancel()
            await asyncio.gather(*self._clients, return_exceptions=True)

    def end(self, code: int, text: str) -> None:
        """How the run ended."""
        if self._ended is not None and not self._ended.done():
            self._ended.set_result({"exit_code": code, "text": text})

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._clients.add(task)
        task.add_done_callback(self._clients.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not _is_same_user(writer.get_extra_info("socket")):
                await _write(writer, refusal("this bot is another user's"))
                return
            if len(self._clients) > _MOST_CLIENTS:
                await _write(writer, refusal(f"{_MOST_CLIENTS} clients are being answered; try again"))
                return
            while await self._answer_next(reader, writer):
                pass
        except (OSError, TimeoutError):
            pass  # it went away, or does not read
        except Exception:
            _LOG.exception("a question at the control socket")
        finally:
            writer.transport.abort()

    async def _answer_next(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether another question may come."""
        try:
            async with asyncio.timeout(_ASKED_WITHIN_S):
                line = await reader.readline()
        except ValueError:
            await _write(writer, refusal(f"a question has at most {MOST_BYTES_ASKED} bytes"))
            return False
        if not line.endswith(b"\n"):
            return False
        try:
            what = asked(line)
            await _write(writer, answer(self._deeds[what.ask](what.strategy)))
        except BadLine as flaw:
            await _write(writer, refusal(str(flaw)))
            return True
        if what.ask is Ask.STOP and self._ended is not None:
            await _write(writer, answer(await asyncio.shield(self._ended)))
            return False
        return True


async def _write(writer: asyncio.StreamWriter, line: bytes) -> None:
    """Raises `TimeoutError` for a client that does not read."""
    writer.write(line)
    async with asyncio.timeout(_READ_WITHIN_S):
        await writer.drain()


def _is_same_user(end: socket.socket) -> bool:
    """Whether the other end is this user's (or the system's own); true where the system does not tell."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    credentials = end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", credentials)
    return user in (0, os.getuid())
