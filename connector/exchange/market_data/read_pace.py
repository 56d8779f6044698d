"""How often market sockets are read: each time something came, or what came in so many milliseconds in one piece.

    open ──read twice within so many ms──▶ held: the system wakes nobody for less than `MOST_HELD`
      ▲                                      │
      │                                      ├── a beat of so many ms: what came meanwhile is read, on all that are held
      └── a beat on which nothing came ──────┘

The system holds each socket back by itself (SO_RCVLOWAT), so that orders, their acks and the user's events are read at
once as ever. Nothing is lost: it lies in the socket's own buffer. An end, an error and more than `MOST_HELD` wake at
once, and so does the first frame after a silence: a silent market costs no timer, nor does one that tells all in one
piece every now and then, where a beat would find nothing. A beat reads by itself: to have the loop find what there is,
it would have to be turned once more for each.
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
        #: When a socket that is not held was read last, by the loop's time.
        self._read_s: dict[asyncio.BaseTransport, float] = {}
        self._is_heard = False
        self._timer: asyncio.TimerHandle | None = None

    def after_read(self, transport: asyncio.BaseTransport) -> None:
        """Holds the socket back that was read just now, and shortly before; all that are held are read together."""
        self._is_heard = True
        if transport in self._held:
            return
        now_s = asyncio.get_running_loop().time()
        before_s = self._read_s.pop(transport, None)
        if before_s is not None and now_s - before_s < self._every_s:
            self._begin(transport)
            return
        if before_s is None:
            self._forget_closed()
        self._read_s[transport] = now_s

    def _begin(self, transport: asyncio.BaseTransport) -> None:
        _hold(transport, MOST_HELD)
        # Of a loop's own transports some can't be told to read: what holds them is let go instead.
        self._held[transport] = getattr(transport, "_read_ready", None)
        self._start_timer()

    def _forget_closed(self) -> None:
        for transport in [one for one in self._read_s if one.is_closing()]:
            del self._read_s[transport]

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
