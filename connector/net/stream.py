"""One stream of frames that comes back by itself, over one socket after another.

Frames reach the callback synchronously, straight from the socket's read. One loop serves every kind of stream; what
differs (the address, the streams carried, what to do when it is up or down) is handed in. When a connection is made
anew is `reconnects`' to say.

Make before break: a socket that nears the venue's cut, or is found wanting, goes on delivering while its successor is
opened, granted its streams, and held. What the successor receives is kept in order and handed on when it is released,
so that it cannot run ahead of the one before it; what both received is dropped by id, where ids are known. Where
the old socket dies in the meantime, a successor that has received takes over at once. The same holds for a second
socket of a redundant stream: whichever receives first, wins. The successor of a socket that is taken to be deaf
delivers as soon as it is open.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from picows import WSError, WSTransport

from connector.core.clock import Clock
from connector.core.faults import ConnectorFault, failure_text
from connector.core.figures import cut
from connector.core.secrets import redact
from connector.net.handshakes import HandshakePace, opened
from connector.net.listener import FrameReader
from connector.net.reconnects import TRY_SUCCESSOR_AGAIN_MS, ReconnectPause, end_of_life_ms, is_refused
from connector.net.stream_socket import StreamSocket
from connector.venue.limits import StreamTerms

_LOG = logging.getLogger(__name__)
#: A successor that receives nothing for this long, while the present socket does, is no successor.
_PROVEN_WITHIN_MS = 5_000
_STEP_S = 0.05


class FrameSink(Protocol):
    """What a stream's owner does with it. All three are called from the event loop and must not block. Market frames
    that a reader takes do not come here."""

    def on_up(self) -> None: ...
    def on_down(self, reason: str) -> None: ...
    def on_frame(self, frame: bytes, received_ms: int) -> None: ...


@dataclass(slots=True)
class StreamCounters:
    """What happened on a stream since it was built."""

    #: Delivered, by any of its sockets.
    frames: int = 0
    connections: int = 0
    failures: int = 0
    handovers: int = 0
    refusals: int = 0


class Stream:
    """Keeps connections open until cancelled. `address` is asked anew before each attempt."""

    def __init__(
        self,
        name: str,
        address: Callable[[], Awaitable[str]],
        sink: FrameSink,
        clock: Clock,
        terms: StreamTerms | None = None,
        handshakes: HandshakePace | None = None,
    ) -> None:
        self.name = name
        #: Monotonic time since which frames are delivered without a break, 0 while none can be.
        self.up_since_ms = 0
        self.last_error = ""
        self._address = address
        self._sink = sink
        self._clock = clock
        self._terms = terms or StreamTerms()
        self._handshakes = handshakes or HandshakePace(clock.monotonic_ms)
        self._reader: FrameReader | None = None
        #: Called with what reads a socket, of those opened from now on, when the reader got market frames of it.
        self.on_read: Callable[[asyncio.BaseTransport], None] | None = None
        #: Called when a successor has taken over, without the stream having been down.
        self.on_handover: Callable[[], None] = lambda: None
        self._counters = StreamCounters()
        self._last_frame_ms = 0
        self._names: dict[str, None] = {}
        self._sockets: dict[StreamSocket, None] = {}
        self._group: asyncio.TaskGroup | None = None
        self._is_refused = False

    @property
    def counters(self) -> StreamCounters:
        """As they stand now."""
        return replace(
            self._counters, frames=self._counters.frames + sum(socket.listener.frames for socket in self._sockets)
        )

    @property
    def last_frame_ms(self) -> int:
        """Monotonic time of the newest frame, 0 before the first."""
        return max([self._last_frame_ms, *(socket.listener.last_frame_ms for socket in self._sockets)])

    @property
    def names(self) -> tuple[str, ...]:
        """The streams that are to be carried."""
        return tuple(self._names)

    @property
    def sockets(self) -> tuple[StreamSocket, ...]:
        """The open sockets, those that do not deliver yet among them."""
        return tuple(self._sockets)

    def read_by(self, reader: FrameReader | None) -> None:
        """Market frames go straight to the reader, from every socket that delivers; without one to the sink."""
        self._reader = reader
        for socket in self._sockets:
            socket.read_by(reader)

    def carry(self, names: Iterable[str]) -> None:
        """Carries these streams, too: from now on, and after every reconnect."""
        added = [name for name in names if name not in self._names]
        self._names.update(dict.fromkeys(added))
        for socket in self._sockets:
            socket.subscribe(added)

    def cease(self, names: Iterable[str]) -> None:
        """Carries these streams no more; one that isn't carried is no error."""
        removed = [name for name in names if name in self._names]
        for name in removed:
            del self._names[name]
        for socket in self._sockets:
            socket.unsubscribe(removed)

    def resubscribe(self, names: Iterable[str]) -> None:
        """Asks anew for streams that are silent though they were granted."""
        carried = [name for name in names if name in self._names]
        for socket in self._sockets:
            socket.unsubscribe(carried)
            socket.subscribe(carried)

    async def run(self) -> None:
        """Connects, waits for the end, connects again: until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                for _ in range(self._terms.copies):
                    group.create_task(self._keep_one())
        finally:
            self._group = None
            self.up_since_ms = 0

    def drop(self, reason: str) -> None:
        """Ends the present connections, without waiting for the other side; `run` makes the next."""
        for socket in self._sockets:
            socket.drop(reason)

    def renew(self, reason: str) -> None:
        """Replaces the present connections by new ones, each made before the old one is closed."""
        _LOG.info("stream %s: a new connection is wanted: %s", self.name, reason)
        for socket in self._sockets:
            socket.request_successor()

    def distrust(self, reason: str) -> None:
        """Replaces connections that are taken to be deaf: there is nothing to wait for beside them."""
        for socket in self._sockets:
            socket.is_deaf = True
        self.renew(reason)

    async def _keep_one(self) -> None:
        pause = ReconnectPause()
        while True:
            lasted_ms = await self._succession()
            await pause.wait(lasted_ms, after_refusal=self._is_refused)

    async def _succession(self) -> int:
        """Sockets that follow each other without a break. Returns how long the last one was up, in ms; 0 for never."""
        socket = await self._admitted_socket()
        last = socket
        while socket is not None:
            last, socket = socket, await self._successor_of(socket)
        return 0 if last is None else self._clock.monotonic_ms() - last.up_ms

    async def _successor_of(self, socket: StreamSocket) -> StreamSocket | None:
        """Waits until the socket is over. Returns its proven successor, or None when it ended by itself."""
        due_ms = end_of_life_ms(self._terms, socket.up_ms)
        while not socket.has_ended:
            await socket.next_change(max(0, due_ms - self._clock.monotonic_ms()) / 1000)
            if socket.has_ended or not (socket.is_due or self._clock.monotonic_ms() >= due_ms):
                continue
            socket.is_due = False
            successor = await self._admitted_socket()
            if successor is not None:
                self._counters.handovers += 1
                socket.drop("replaced")
                self._leave(socket, "replaced")
                self.on_handover()
                return successor
            if socket.is_deaf:
                socket.drop("it is deaf, and there is no successor")
            due_ms = self._clock.monotonic_ms() + TRY_SUCCESSOR_AGAIN_MS
        return None

    async def _admitted_socket(self) -> StreamSocket | None:
        """A new socket that delivers; None when it could not be had, which is reported."""
        socket = await self._connected()
        if socket is None:
            return None
        while not (socket.has_ended or socket.subscriptions.is_settled):
            await socket.next_change(1.0)
        self._report_refusals(socket)
        if socket.has_ended or not await self._is_proven(socket):
            socket.drop("it carries nothing")
            return None
        self._join(socket)
        return socket

    async def _is_proven(self, socket: StreamSocket) -> bool:
        """At once while no other socket is heard; beside one, when both have received for the time of the overlap."""
        began_ms, delivered = self._clock.monotonic_ms(), self.counters.frames
        while self._is_heard and not (socket.has_ended or socket.is_delivering):
            await socket.next_change(_STEP_S)
            waited_ms = self._clock.monotonic_ms() - began_ms
            if waited_ms >= self._terms.overlap_s * 1000 and (socket.held or self.counters.frames == delivered):
                break
            if waited_ms > _PROVEN_WITHIN_MS:
                return False
        return not socket.has_ended

    @property
    def _is_heard(self) -> bool:
        return any(socket.is_delivering and not socket.is_deaf for socket in self._sockets)

    async def _connected(self) -> StreamSocket | None:
        """A socket that is open and asks for its streams; its frames are held."""
        if self._group is None:
            raise AssertionError("sockets are made by run")
        socket = StreamSocket(self.name, self._take, self._clock)
        await self._handshakes.turn()
        try:
            address = await self._address()
            transport = await opened(socket.listener, address, self._handshakes.reach)
        except (OSError, WSError, TimeoutError, ConnectorFault) as error:
            self._counters.failures += 1
            self._is_refused = is_refused(error)
            self._report_failure(cut(redact(failure_text(error))))
            return None
        self._is_refused = False
        socket.attach(transport)
        if self.on_read is not None:
            socket.tell_reads(self.on_read, transport)
        self._counters.connections += 1
        self._sockets[socket] = None
        socket.read_by(self._reader)
        socket.subscribe(self._names)
        self._group.create_task(self._watch(socket, transport))
        self._group.create_task(socket.ask())
        return socket

    async def _watch(self, socket: StreamSocket, transport: WSTransport) -> None:
        """Owns a socket until it is gone."""
        try:
            await transport.wait_disconnected()
        except (OSError, WSError) as error:
            socket.reason = socket.reason or failure_text(error)
        finally:
            # Also when cancelled: a socket that nobody owns would go on feeding the sink.
            transport.disconnect(graceful=False)
        self._leave(socket, socket.reason or socket.listener.flaw or "connection closed")

    def _join(self, socket: StreamSocket) -> None:
        if not self.up_since_ms:
            self.up_since_ms = self._clock.monotonic_ms()
            self.last_error = ""
            self._sink.on_up()
        socket.release()

    def _leave(self, socket: StreamSocket, reason: str) -> None:
        """The socket delivers no more; the stream is down when no other does."""
        if socket not in self._sockets:
            return
        del self._sockets[socket]
        was_delivering = socket.is_delivering
        socket.end()
        self._counters.frames += socket.listener.frames
        self._last_frame_ms = max(self._last_frame_ms, socket.listener.last_frame_ms)
        if was_delivering and not any(other.is_delivering for other in self._sockets):
            successor = next((other for other in self._sockets if other.received_before(self._last_frame_ms)), None)
            if successor is not None:
                successor.release()
                return
            self.up_since_ms = 0
        if not self.up_since_ms:
            self._report_failure(reason)

    def _report_failure(self, reason: str) -> None:
        self.last_error = reason
        if not self.up_since_ms:
            self._sink.on_down(reason)

    def _report_refusals(self, socket: StreamSocket) -> None:
        for refusal in socket.subscriptions.refusals:
            self._counters.refusals += 1
            self.last_error = refusal
            _LOG.warning("stream %s: %s", self.name, refusal)
        socket.subscriptions.refusals.clear()

    def _take(self, frame: bytes, received_ms: int) -> None:
        self._counters.frames += 1
        self._last_frame_ms = max(self._last_frame_ms, received_ms)
        self._sink.on_frame(frame, received_ms)
