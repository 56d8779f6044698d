"""One symbol's depth streams, by "How to manage a local order book": U, u and pu of each speed for itself.

Every speed is a stream of its own, with `pu` the `u` of its event before; that of 0 ms tells every change as it
happens. Nothing is sent while nothing changed, and a stream that nobody subscribed to costs nothing.
"""

from dataclasses import dataclass, field

from connector.simulator.clock import is_due, next_due
from connector.simulator.fault_injection.faults import Faults
from connector.simulator.json_bytes import frame_of
from connector.simulator.market.book import Level
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.payloads.market_payloads import depth_update
from connector.simulator.streams.depth_faults import DepthFaults
from connector.simulator.streams.hub import Hub
from connector.simulator.streams.stream_names import AS_IT_HAPPENS, DEPTH_SPEEDS_MS, PARTIAL_LEVELS, depth_kind


@dataclass(slots=True, eq=False)
class DepthStream:
    """One depth stream."""

    name: str
    speed_ms: int
    levels: int
    faults: DepthFaults
    due_ms: int = 0
    #: The u of its last frame.
    last_id: int | None = None
    first_id: int = 0
    #: The keys (side x ticks) since its last frame.
    changed: dict[int, None] = field(default_factory=dict)


def _streams(stem: str, faults: Faults) -> dict[str, DepthStream]:
    streams = {}
    for speed_ms in DEPTH_SPEEDS_MS:
        for levels in (0, *PARTIAL_LEVELS):
            kind = depth_kind(levels, speed_ms)
            name = f"{stem}@{kind}"
            streams[kind] = DepthStream(name, speed_ms, levels, DepthFaults(faults, name))
    return streams


class DepthFeed:
    """`happened` is called after everything that may have moved the book, `tick` at every pulse."""

    def __init__(self, listing: Listing, hub: Hub, faults: Faults) -> None:
        self._listing, self._hub = listing, hub
        self._stem = listing.symbol.lower()
        self._streams = _streams(self._stem, faults)
        #: What somebody listens to, of the subscriptions `_kinds`; `_instant` are those told as it happens.
        self._kinds: tuple[str, ...] = ()
        self._running: list[DepthStream] = []
        self._instant: list[DepthStream] = []
        self._drained_id = listing.book.update_id

    def happened(self, now_ms: int) -> None:
        """Tells the book's changes to those who want each of them at once."""
        self._follow_subscriptions()
        if self._instant:
            self._drain()
            for stream in self._instant:
                self._publish(stream, now_ms)

    def tick(self, now_ms: int) -> None:
        """Takes the book's changes and publishes what is due by time."""
        self.happened(now_ms)
        self._drain()
        for stream in self._running:
            if stream.speed_ms != AS_IT_HAPPENS and is_due(now_ms, stream.due_ms, stream.speed_ms):
                stream.due_ms = next_due(now_ms, stream.speed_ms)
                self._publish(stream, now_ms)

    def _follow_subscriptions(self) -> None:
        """A stream that is heard anew begins at what was told last to the others."""
        kinds = self._hub.kinds_of(self._stem)
        if kinds is self._kinds:
            return
        self._kinds = kinds
        subscribed = [self._streams[kind] for kind in kinds if kind in self._streams]
        for stream in self._running:
            if stream not in subscribed:
                stream.last_id = None
        self._running = subscribed
        self._instant = [stream for stream in subscribed if stream.speed_ms == AS_IT_HAPPENS]

    def _drain(self) -> None:
        first_id, changed = self._listing.book.changes()
        for stream in self._running:
            self._note(stream, first_id, changed)
        self._drained_id = self._listing.book.update_id

    def _note(self, stream: DepthStream, first_id: int, changed: list[Level]) -> None:
        if stream.last_id is None:
            stream.last_id = self._drained_id
            stream.changed.clear()
        if changed and not stream.changed:
            stream.first_id = first_id
        for key, _ in changed:
            stream.changed[key] = None

    def _publish(self, stream: DepthStream, now_ms: int) -> None:
        if not stream.changed or stream.last_id is None:
            return
        book = self._listing.book
        bids, asks = (
            (book.levels(BUY, stream.levels), book.levels(SELL, stream.levels))
            if stream.levels
            else self._changed_levels(stream)
        )
        ids = (min(stream.first_id, book.update_id), book.update_id, stream.last_id + stream.faults.gap())
        frame = frame_of(depth_update(self._listing.instrument, ids, bids, asks, now_ms))
        stream.last_id = book.update_id
        stream.changed.clear()
        for sent in stream.faults.frames(frame):
            self._hub.publish(stream.name, sent, late_ms=stream.faults.late_ms())

    def _changed_levels(self, stream: DepthStream) -> tuple[list[Level], list[Level]]:
        """The levels that changed as they are now, 0 where they are gone: bids down, asks up."""
        book = self._listing.book
        bids = [(key, book.lots_at(BUY, key)) for key in sorted(stream.changed, reverse=True) if key > 0]
        asks = [(-key, book.lots_at(SELL, -key)) for key in sorted(stream.changed, reverse=True) if key < 0]
        return bids, asks
