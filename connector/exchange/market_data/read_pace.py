"""How often market sockets are read: each time something came, or what came in so many milliseconds in one piece.

    open ──a market frame was read──▶ held: the system wakes nobody for less than `MOST_HELD`
      ▲                                 │
      └── the next beat of so many ms ────┘  what came meanwhile is read

The system holds each socket back by itself (SO_RCVLOWAT), so that orders, their acks and the user's events are read at
once as ever. Nothing is lost: it lies in the socket's own buffer. An end, an error and more than `MOST_HELD` wake at
once, and so does the first frame after a silence: a silent market costs no timer.
"""

import asyncio
import contextlib
import socket
from asyncio.trsock import TransportSocket

from connector.exchange.beat import next_beat_s

#: Bytes. Half of the buffer that a socket begins with, so that none has to grow for it; beyond, reading is due anyhow.
MOST_HELD = 64 * 1024


class ReadPace:
    """One for all sockets that are read together."""

    def __init__(self, every_ms: int) -> None:
        self._every_s = every_ms / 1000
        self._held: dict[TransportSocket, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def after_read(self, raw: TransportSocket) -> None:
        """Holds a socket back that was read just now; all that are held are let go together."""
        if raw in self._held:
            return
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, MOST_HELD)
        self._held[raw] = None
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(next_beat_s(loop.time(), self._every_s), self._let_go)

    def _let_go(self) -> None:
        self._timer = None
        held, self._held = self._held, {}
        for raw in held:
            # One that was closed meanwhile holds nothing back.
            with contextlib.suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
