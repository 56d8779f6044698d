"""One WebSocket of a stream: what it was asked to carry, and its frames, held until it may deliver.

HELD ──release──▶ DELIVERING ──┐
  │  frames wait in order      ├── end, by either side ──▶ ENDED
  └────────────────────────────┘

While it delivers to a reader, its listener hands market frames straight there, and nothing here looks at them.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial

from picows import WSMsgType, WSTransport

from connector.core.clock import Clock
from connector.net.listener import FrameListener, FrameReader
from connector.net.subscriptions import ANSWER_WITHIN_MS, Subscriptions

_LOG = logging.getLogger(__name__)
#: A successor is held for seconds; in them even all symbols' frames stay below this.
_MOST_HELD_BYTES = 32 * 2**20
#: How answers to messages of ours begin; market and user frames begin otherwise.
_ANSWERS = (b'{"result"', b'{"id"', b'{"error"', b'{"code"')


class StreamSocket:
    """Takes the frames of one socket. `deliver` gets them, oldest first, from the release on; a reader, where there is
    one, gets the market frames that come after it."""

    def __init__(self, name: str, deliver: Callable[[bytes, int], None], clock: Clock) -> None:
        self.name = name
        self.subscriptions = Subscriptions()
        self.listener = FrameListener(name, self.take, clock)
        self.is_delivering = False
        self.has_ended = False
        #: A successor is wanted: the socket is old, or was found wanting.
        self.is_due = False
        #: It is open, and not believed to tell everything.
        self.is_deaf = False
        self.reason = ""
        self.up_ms = 0
        self.held: deque[tuple[bytes, int]] = deque()
        self._held_bytes = 0
        self._deliver = deliver
        self._reader: FrameReader | None = None
        self._clock = clock
        self._transport: WSTransport | None = None
        self._asked = asyncio.Event()
        self._changed = asyncio.Event()

    def attach(self, transport: WSTransport) -> None:
        """The socket is open."""
        self._transport = transport
        self.up_ms = self._clock.monotonic_ms()

    def tell_reads(self, on_read: Callable[[asyncio.BaseTransport], None], transport: WSTransport) -> None:
        """`on_read` is called with what reads the socket, once for all market frames that the reader got together."""
        self.listener.on_read = partial(on_read, transport.underlying_transport)

    def subscribe(self, names: Iterable[str]) -> None:
        self.subscriptions.subscribe(names)
        self._asked.set()

    def unsubscribe(self, names: Iterable[str]) -> None:
        self.subscriptions.unsubscribe(names)
        self._asked.set()

    def take(self, frame: bytes) -> None:
        """One whole message of the socket."""
        if frame.startswith(_ANSWERS) and self.subscriptions.take_answer(frame):
            self._changed.set()
            self._asked.set()
        elif self.is_delivering:
            self._deliver(frame, self._clock.monotonic_ms())
        elif not self.has_ended:
            self._held_bytes += len(frame)
            if self._held_bytes > _MOST_HELD_BYTES:
                self.held.clear()
                self.drop(f"more than {_MOST_HELD_BYTES >> 20} MiB waited to be delivered")
            else:
                self.held.append((frame, self._clock.monotonic_ms()))

    def read_by(self, reader: FrameReader | None) -> None:
        """Market frames go to the reader from now on, or from the release on; without one to `deliver`."""
        self._reader = reader
        if self.is_delivering:
            self.listener.direct = reader

    def release(self) -> None:
        """Delivers what was held, and from now on everything at once."""
        self.is_delivering = True
        while self.held:
            frame, received_ms = self.held.popleft()
            try:
                self._deliver(frame, received_ms)
            except Exception:
                # As with a frame that comes fresh: it is logged, and the next one is read.
                _LOG.exception("stream %s: a frame could not be handled", self.name)
        self.listener.direct = self._reader

    def received_before(self, end_ms: int) -> bool:
        """All that was asked for was granted, and what waits to be delivered begins no later than that time."""
        return self.subscriptions.is_settled and bool(self.held) and self.held[0][1] <= end_ms

    def request_successor(self) -> None:
        self.is_due = True
        self._changed.set()

    def drop(self, reason: str) -> None:
        """Ends the socket without waiting for the other side."""
        if self._transport is not None and not self.has_ended:
            self.reason = self.reason or reason
            self._transport.disconnect(graceful=False)

    def end(self) -> None:
        """Nothing is delivered any more."""
        self.has_ended, self.is_delivering = True, False
        self.listener.direct = None
        self.held.clear()
        self._asked.set()
        self._changed.set()

    async def next_change(self, within_s: float) -> None:
        """Waits until something happened to the socket, at most so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._changed.wait()
        self._changed.clear()

    async def ask(self) -> None:
        """Sends what is to be asked for, at the venue's pace, until the socket ends; drops one that never answers."""
        subscriptions = self.subscriptions
        while not self.has_ended:
            now_ms = self._clock.monotonic_ms()
            if subscriptions.overdue_ms(now_ms) > ANSWER_WITHIN_MS:
                self.drop(f"a subscription was not answered within {ANSWER_WITHIN_MS / 1000:g} s")
                return
            subscriptions.ask_again(now_ms)
            wait_ms = subscriptions.wait_ms(now_ms)
            if wait_ms == 0 and self._transport is not None:
                self._transport.send(WSMsgType.TEXT, subscriptions.next_message(now_ms))
                continue
            self._asked.clear()
            until_s = 0.5 if wait_ms is None else wait_ms / 1000
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if subscriptions.is_settled else until_s):
                    await self._asked.wait()
