"""forceOrder and !forceOrder@arr: of each symbol and second the largest liquidation, and no other.

The change log of 2026-04 says largest where older pages say latest ("Liquidation Order Streams").
"""

from collections.abc import Mapping, Sequence

from connector.simulator.accounts.records import LiquidationPrint
from connector.simulator.fixed_point import E8, half_up, text_of
from connector.simulator.json_bytes import frame_of
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import SIDE_WORDS
from connector.simulator.payloads.market_payloads import FAMILY, Payload
from connector.simulator.streams.hub import Hub

ALL = "!forceOrder@arr"


def force_order(row: LiquidationPrint, instrument: Instrument, now_ms: int) -> Payload:
    """A frame of forceOrder."""
    digits = instrument.price_precision
    return {
        "e": "forceOrder",
        "E": now_ms,
        "o": {
            "s": row.symbol,
            "S": SIDE_WORDS[row.side],
            "o": "LIMIT",
            "f": "IOC",
            "q": instrument.quantity_text(row.lots),
            "p": instrument.price_text(row.price_ticks),
            "ap": text_of(half_up(row.average_e8 * 10**digits, E8), digits),
            "X": row.status,
            "l": instrument.quantity_text(row.last_lots),
            "z": instrument.quantity_text(row.filled_lots),
            "T": row.time_ms,
        },
    }


class LiquidationFeed:
    """Reads the exchange's `prints` as they grow, and publishes a second's largest ones when it is over."""

    def __init__(self, listings: Mapping[str, Listing], prints: Sequence[LiquidationPrint], hub: Hub) -> None:
        self._listings, self._prints, self._hub = listings, prints, hub
        self._read = 0
        self._second = 0
        self._largest: dict[str, LiquidationPrint] = {}

    def tick(self, now_ms: int) -> None:
        if now_ms // 1000 != self._second:
            self._second = now_ms // 1000
            largest, self._largest = self._largest, {}
            for row in largest.values():
                self._publish(row, now_ms)
        for row in self._fresh():
            before = self._largest.get(row.symbol)
            if before is None or row.lots > before.lots:
                self._largest[row.symbol] = row

    def _fresh(self) -> list[LiquidationPrint]:
        fresh: list[LiquidationPrint] = []
        for row in reversed(self._prints):
            if row.number <= self._read:
                break
            fresh.insert(0, row)
        if fresh:
            self._read = fresh[-1].number
        return fresh

    def _publish(self, row: LiquidationPrint, now_ms: int) -> None:
        instrument = self._listings[row.symbol].instrument
        frame = force_order(row, instrument, now_ms)
        self._hub.publish(f"{row.symbol.lower()}@forceOrder", frame_of(frame))
        self._hub.publish(ALL, frame_of({**frame, "ps": instrument.pair, "st": FAMILY}))
