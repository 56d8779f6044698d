"""One symbol's rpiDepth stream: every 500 ms what changed in the book with its retail price improvement orders.

A quantity of 0 says that a level is gone, or hidden because it would cross ("RPI Diff. Book Depth Streams").
"""

from connector.simulator.clock import is_due, next_due
from connector.simulator.json_bytes import frame_of
from connector.simulator.market.book import Level
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.payloads.market_payloads import depth_update
from connector.simulator.streams.hub import Hub
from connector.simulator.streams.rpi_depth import ALL_LEVELS, rpi_levels, rpi_update_id

KIND, EVERY_MS = "rpiDepth@500ms", 500


class RpiFeed:
    """Compares what is seen with what was published last; only while somebody listens."""

    def __init__(self, listing: Listing, hub: Hub) -> None:
        self._listing, self._hub = listing, hub
        self._name = f"{listing.symbol.lower()}@{KIND}"
        self._due_ms = 0
        self._last_id: int | None = None
        self._published: dict[int, dict[int, int]] = {}

    def tick(self, now_ms: int) -> None:
        if not self._hub.is_subscribed(self._name):
            self._last_id = None
        elif self._last_id is None:
            self._last_id, self._published = rpi_update_id(self._listing), self._seen()
            self._due_ms = next_due(now_ms, EVERY_MS)
        elif is_due(now_ms, self._due_ms, EVERY_MS):
            self._due_ms = next_due(now_ms, EVERY_MS)
            self._publish(self._last_id, now_ms)

    def _seen(self) -> dict[int, dict[int, int]]:
        return {side: dict(rpi_levels(self._listing, side, ALL_LEVELS)) for side in (BUY, SELL)}

    def _publish(self, last_id: int, now_ms: int) -> None:
        update_id = rpi_update_id(self._listing)
        if update_id == last_id:
            return
        seen = self._seen()
        bids, asks = (_changes(side, self._published[side], seen[side]) for side in (BUY, SELL))
        self._last_id, self._published = update_id, seen
        ids = (last_id + 1, update_id, last_id)
        frame = frame_of(depth_update(self._listing.instrument, ids, bids, asks, now_ms))
        self._hub.publish(self._name, frame)


def _changes(side: int, before: dict[int, int], now: dict[int, int]) -> list[Level]:
    """The levels that differ, 0 where one is gone, the best first."""
    changed = [ticks for ticks in before.keys() | now.keys() if before.get(ticks) != now.get(ticks)]
    return [(ticks, now.get(ticks, 0)) for ticks in sorted(changed, key=lambda ticks: -side * ticks)]
