"""How often market sockets are read: each time something came, or what came in so many milliseconds in one piece.

    open ──a market frame was read──▶ held: the system wakes nobody for less than `MOST_HELD`
      ▲                                 │
      │                                 ├── a beat of so many ms: what came meanwhile is read, on all that are held
      └── a beat on which nothing came ─┘

The system holds each socket back by itself (SO_RCVLOWAT), so that orders, their acks and the user's events are read at
once as ever. Nothing is lost: it lies in the socket's own buffer. An end, an error and more than `MOST_HELD` wake at
once, and so does the first frame after a silence: a silent market costs no timer. A beat reads by itself: to have the
loop find what there is, it would have to be turned once more for each.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable

from connector.exchange.beat import next_beat_s

#: Bytes. Half of the buffer that a socket begins with, so that none has to grow for it; beyond, reading is due anyhow.
MOST_HELD = 64 * 1024


class ReadPace:
    """One for all sockets that are read together."""

    def __init__(self, every_ms: int) -> None:
        self._every_s = every_ms / 1000
        self._held: dict[asyncio.BaseTransport, Callable[[], object] | None] = {}
        self._is_heard = False
        self._timer: asyncio.TimerHandle | None = None

    def after_read(self, transport: asyncio.BaseTransport) -> None:
        """Holds the socket back that was read just now; all that are held are read together."""
        self._is_heard = True
        if transport not in self._held:
            _hold(transport, MOST_HELD)
            # Of a loop's own transports some can't be told to read: what holds them is let go instead.
            self._held[transport] = getattr(transport, "_read_ready", None)
            self._start_timer()

    def _beat(self) -> None:
        """Reads what came. Where nothing did on any of them, all are let go."""
        self._timer, self._is_heard = None, False
        for transport, read in tuple(self._held.items()):
            if read is None or transport.is_closing():
                self._let_go(transport)
            else:
                read()
        if not self._is_heard:
            for transport in tuple(self._held):
                self._let_go(transport)
        if self._held:
            self._start_timer()

    def _let_go(self, transport: asyncio.BaseTransport) -> None:
        del self._held[transport]
        # One that was closed meanwhile holds nothing back.
        with contextlib.suppress(OSError):
            _hold(transport, 1)

    def _start_timer(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(next_beat_s(loop.time(), self._every_s), self._beat)


def _hold(transport: asyncio.BaseTransport, size: int) -> None:
    """The system wakes nobody for less than so many bytes."""
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)
