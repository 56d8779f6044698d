"""Answers on their way out: what is answered in one turn of the event loop leaves in two writes."""

import asyncio
from collections.abc import Callable

from connector.simulator.streams.wire_frames import text_frame

#: Bytes that a client may leave unread before it is cut.
MOST_UNREAD = 4 << 20


class Replies:
    """Writes to one transport. `cut` is called for a client that sends and never reads."""

    def __init__(self, transport: asyncio.WriteTransport, cut: Callable[[], None]) -> None:
        self._transport, self._cut = transport, cut
        self._loop = asyncio.get_running_loop()
        self._waiting: list[bytes] = []
        self._in_turn = False

    def send(self, payload: bytes) -> None:
        """The first answer of a turn of the event loop leaves at once, the others together before the next turn."""
        if not self._in_turn:
            self._in_turn = True
            self._loop.call_soon(self._end_turn)
            self._write(text_frame(payload))
            return
        self._waiting.append(text_frame(payload))

    def flush(self) -> None:
        """Writes what waits."""
        if self._waiting:
            frames, self._waiting = self._waiting, []
            self._write(b"".join(frames))

    def _end_turn(self) -> None:
        self._in_turn = False
        self.flush()

    def _write(self, frames: bytes) -> None:
        """To a transport that is gone, nothing."""
        if self._transport.is_closing():
            return
        self._transport.write(frames)
        if self._transport.get_write_buffer_size() > MOST_UNREAD:
            self._cut()
