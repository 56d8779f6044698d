"""What was traded in the last 24 hours, to the minute."""

from bisect import bisect_left
from collections.abc import Iterator
from operator import attrgetter

from connector.simulator.market.candles import DAY_MS, MINUTE_MS, WIDTHS_MS, Bar, Candles
from connector.simulator.market.tape import Tape

#: Candles that a day is put together of, the widest first.
PARTS = ("4h", "1h", "15m", "5m", "1m")


class RollingDay:
    """A rolling day over a tape's minutes; the minutes that are over are summed up once each minute."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._minute_ms = -1
        self._before: Bar | None = None

    def at(self, now_ms: int) -> Bar | None:
        """The day up to now as one bar that began with its first minute; None before the first trade."""
        minutes = self._tape.candles.series("1m", now_ms).bars
        if not minutes:
            return None
        current = minutes[-1]
        if self._before is None or self._minute_ms != current.open_ms:
            begins_ms = max(minutes[0].open_ms, current.open_ms - DAY_MS + MINUTE_MS)
            self._minute_ms = current.open_ms
            self._before = _sum(self._tape.candles, begins_ms, current.open_ms, now_ms) or current.copied(begins_ms)
        if self._before.open_ms == current.open_ms:
            return current
        day = self._before.copied(self._before.open_ms)
        if current.count:
            day.merge(current)
        return day


def _sum(candles: Candles, begins_ms: int, ends_ms: int, now_ms: int) -> Bar | None:
    day: Bar | None = None
    for part in _parts(candles, begins_ms, ends_ms, now_ms):
        if day is None:
            day = part.copied(begins_ms)
        elif part.count:
            day.merge(part)
    return day


def _parts(candles: Candles, begins_ms: int, ends_ms: int, now_ms: int) -> Iterator[Bar]:
    """The fewest candles that a stretch of whole minutes is made of, the earliest first."""
    parts = [(WIDTHS_MS[interval], candles.series(interval, now_ms).bars) for interval in PARTS]
    at_ms = begins_ms
    while at_ms < ends_ms:
        width_ms, bars = next(part for part in parts if not at_ms % part[0] and at_ms + part[0] <= ends_ms)
        found = bisect_left(bars, at_ms, key=attrgetter("open_ms"))
        if found < len(bars) and bars[found].open_ms == at_ms:
            yield bars[found]
        at_ms += width_ms
