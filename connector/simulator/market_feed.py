"""One symbol's other market streams: best prices, trades and mark price, as frames for the hub."""

from collections.abc import Callable

from connector.simulator.depth_feed import DepthFeed, frame_of, next_due
from connector.simulator.faults import Faults
from connector.simulator.hub import Hub
from connector.simulator.listing import Listing
from connector.simulator.market_payloads import (
    aggregate_event,
    best_levels,
    book_ticker,
    mark_price_update,
    trade_event,
)

AGGREGATE_MS = 100
MARK_PRICE_MS = (("@1s", 1000), ("", 3000))


class MarketFeed:
    """`tick` is called at every pulse, `happened` after everything that may have moved the book."""

    def __init__(self, listing: Listing, hub: Hub, faults: Faults) -> None:
        self._listing, self._hub = listing, hub
        self._depth = DepthFeed(listing, hub, faults)
        self._stem = listing.symbol.lower()
        self._best = best_levels(listing)
        self._due_ms: dict[str, int] = {}

    def happened(self, now_ms: int) -> None:
        """Tells at once what is told in real time: best prices and single trades."""
        instrument = self._listing.instrument
        best = best_levels(self._listing)
        if best != self._best:
            self._best = best
            self._tell("bookTicker", lambda: [book_ticker(self._listing, now_ms)])
        trades = self._listing.tape.fresh_trades()
        if trades:
            self._tell("trade", lambda: [trade_event(trade, instrument, now_ms) for trade in trades])

    def tick(self, now_ms: int) -> None:
        """Tells what is due by time."""
        instrument = self._listing.instrument
        self._depth.tick(now_ms)
        if self._is_due("aggTrade", AGGREGATE_MS, now_ms):
            fresh = self._listing.tape.fresh_aggregates()
            self._tell("aggTrade", lambda: [aggregate_event(trade, instrument, now_ms) for trade in fresh])
        for suffix, every_ms in MARK_PRICE_MS:
            if self._is_due(f"markPrice{suffix}", every_ms, now_ms):
                self._tell(f"markPrice{suffix}", lambda: [mark_price_update(self._listing, now_ms)])

    def _is_due(self, kind: str, every_ms: int, now_ms: int) -> bool:
        if now_ms < self._due_ms.get(kind, 0):
            return False
        self._due_ms[kind] = next_due(now_ms, every_ms)
        return True

    def _tell(self, kind: str, made: Callable[[], list[dict[str, object]]]) -> None:
        name = f"{self._stem}@{kind}"
        if self._hub.listens(name):
            for payload in made():
                self._hub.publish(name, frame_of(payload))
