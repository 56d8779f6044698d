"""One symbol's market streams: what comes as it happens, and what comes by time, as frames for the hub."""

from collections.abc import Callable

from connector.simulator.clock import is_due, next_due
from connector.simulator.fault_injection.faults import Faults
from connector.simulator.json_bytes import frame_of
from connector.simulator.market.listing import Listing
from connector.simulator.payloads.day_payloads import mini_ticker, ticker
from connector.simulator.payloads.market_payloads import (
    Payload,
    aggregate_event,
    best_levels,
    book_ticker,
    mark_price_update,
    trade_event,
    void_aggregate,
    void_trade,
)
from connector.simulator.streams.candle_feed import CandleFeed
from connector.simulator.streams.depth_feed import DepthFeed
from connector.simulator.streams.hub import Hub
from connector.simulator.streams.rpi_feed import RpiFeed

AGGREGATE_MS = 100
#: What is published by time alone: how often, and its frame.
BY_TIME: dict[str, tuple[int, Callable[[Listing, int], Payload]]] = {
    "markPrice@1s": (1000, mark_price_update),
    "markPrice": (3000, mark_price_update),
    "miniTicker": (2000, mini_ticker),
    "ticker": (2000, ticker),
}


class MarketFeed:
    """`tick` is called at every pulse, `happened` after everything that may have moved the book."""

    def __init__(self, listing: Listing, hub: Hub, faults: Faults) -> None:
        self._listing, self._hub = listing, hub
        self._depth = DepthFeed(listing, hub, faults)
        self._rpi, self._candles = RpiFeed(listing, hub), CandleFeed(listing, hub)
        self._stem = listing.symbol.lower()
        self._seen_id = listing.book.update_id
        self._best = best_levels(listing)
        self._continuous_stem = f"{listing.instrument.pair}_{listing.instrument.contract_type}".lower()
        self._ticked_id, self._was_heard = 0, True
        self._due_ms: dict[str, int] = {}

    def happened(self, now_ms: int) -> None:
        """Publishes at once what comes in real time: best prices, changes of the book and single trades."""
        listing = self._listing
        if listing.book.update_id != self._seen_id:
            self._seen_id = listing.book.update_id
            best = best_levels(listing)
            if best != self._best:
                self._best = best
                self._publish("bookTicker", lambda: [book_ticker(listing, now_ms)])
            self._depth.happened(now_ms)
        if listing.tape.has_fresh_trades:
            trades = listing.tape.fresh_trades()
            self._publish("trade", lambda: [trade_event(trade, listing.instrument, now_ms) for trade in trades])

    def tell_void_trades(self, trade_id: int, aggregate_id: int, count: int, now_ms: int) -> None:
        """Publishes records of price 0, which count no trade, under ids of their own."""
        row, numbers = self._listing.instrument, range(count)
        self._publish("trade", lambda: [void_trade(trade_id + number, row, now_ms) for number in numbers])
        self._publish("aggTrade", lambda: [void_aggregate(aggregate_id + number, row, now_ms) for number in numbers])

    def tick(self, now_ms: int) -> None:
        """Publishes what is due by time; what nobody hears and nothing happened in costs nothing."""
        is_heard = bool(self._hub.kinds_of(self._stem) or self._hub.kinds_of(self._continuous_stem))
        is_still = self._ticked_id == self._listing.book.update_id and not self._listing.tape.has_fresh_aggregates
        if is_still and not (is_heard or self._was_heard):
            return
        self._was_heard, self._ticked_id = is_heard, self._listing.book.update_id
        instrument = self._listing.instrument
        self._depth.tick(now_ms)
        self._rpi.tick(now_ms)
        self._candles.tick(now_ms)
        if self._is_due("aggTrade", AGGREGATE_MS, now_ms):
            fresh = self._listing.tape.fresh_aggregates()
            self._publish("aggTrade", lambda: [aggregate_event(trade, instrument, now_ms) for trade in fresh])
        for kind in self._hub.kinds_of(self._stem):
            if kind in BY_TIME:
                every_ms, frame = BY_TIME[kind]
                if self._is_due(kind, every_ms, now_ms):
                    self._hub.publish(f"{self._stem}@{kind}", frame_of(frame(self._listing, now_ms)))

    def _is_due(self, kind: str, every_ms: int, now_ms: int) -> bool:
        if not is_due(now_ms, self._due_ms.get(kind, 0), every_ms):
            return False
        self._due_ms[kind] = next_due(now_ms, every_ms)
        return True

    def _publish(self, kind: str, made: Callable[[], list[Payload]]) -> None:
        name = f"{self._stem}@{kind}"
        if self._hub.is_subscribed(name):
            for payload in made():
                self._hub.publish(name, frame_of(payload))
