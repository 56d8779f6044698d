"""One symbol's kline and continuousKline streams: every 250 ms the candle that changed, and each one as it closes."""

from collections.abc import Callable
from dataclasses import dataclass

from connector.simulator.clock import is_due, next_due
from connector.simulator.json_bytes import frame_of
from connector.simulator.market.candles import Bar
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.listing import Listing
from connector.simulator.payloads.candle_payloads import continuous_kline, kline
from connector.simulator.payloads.market_payloads import Payload
from connector.simulator.streams.hub import Hub

EVERY_MS = 250
Shape = Callable[[Bar, str, Instrument, int], Payload]


@dataclass(slots=True)
class _Published:
    """How the latest candle stood when it was published: its opening and its trades."""

    open_ms: int
    count: int


class CandleFeed:
    """Streams that nobody subscribes to are forgotten, and begin with the present candle when somebody does again."""

    def __init__(self, listing: Listing, hub: Hub) -> None:
        self._listing, self._hub = listing, hub
        row = listing.instrument
        self._stems: tuple[tuple[str, str, Shape], ...] = (
            (row.symbol.lower(), "kline_", kline),
            (f"{row.pair}_{row.contract_type}".lower(), "continuousKline_", continuous_kline),
        )
        self._due_ms = 0
        self._published: dict[str, _Published] = {}

    def tick(self, now_ms: int) -> None:
        if not is_due(now_ms, self._due_ms, EVERY_MS):
            return
        self._due_ms = next_due(now_ms, EVERY_MS)
        subscribed = set()
        for stem, prefix, shape in self._stems:
            for kind in self._hub.kinds_of(stem):
                if kind.startswith(prefix):
                    subscribed.add(f"{stem}@{kind}")
                    self._publish(f"{stem}@{kind}", kind.removeprefix(prefix), shape, now_ms)
        for name in self._published.keys() - subscribed:
            del self._published[name]

    def _publish(self, name: str, interval: str, shape: Shape, now_ms: int) -> None:
        bars = self._listing.tape.candles.series(interval, now_ms).bars
        if not bars:
            return
        before = self._published.get(name)
        for bar in _unfinished(bars, before) if before else bars[-1:]:
            if before is None or (bar.open_ms, bar.count) != (before.open_ms, before.count) or bar is not bars[-1]:
                self._hub.publish(name, frame_of(shape(bar, interval, self._listing.instrument, now_ms)))
        self._published[name] = _Published(bars[-1].open_ms, bars[-1].count)


def _unfinished(bars: list[Bar], before: _Published) -> list[Bar]:
    """The candle that was published last and those after it, but for the newest where nothing was traded in it yet."""
    newer = 1
    while newer < len(bars) and bars[-newer].open_ms > before.open_ms:
        newer += 1
    found = bars[-newer:]
    return found if found[-1].count or len(found) == 1 else found[:-1]
