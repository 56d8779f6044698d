"""Candles of every interval, kept as trades or prices come.

What comes is gathered for the shortest interval kept and then folded into all of them, so a trade costs one merge
and a reader sees everything up to its own moment. An interval without trades has a flat candle. Candles begin at the
first trade.

Source: "Kline/Candlestick Data". Weeks begin on Monday, months on their first day, all in UTC.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS = 1_000, 60_000, 3_600_000, 86_400_000
SECONDS = "1s"
_MONTHS, _WEEKS = "1M", "1w"
#: Width of each interval; of a month, its least.
WIDTHS_MS: dict[str, int] = {
    SECONDS: SECOND_MS,
    "1m": MINUTE_MS,
    "3m": 3 * MINUTE_MS,
    "5m": 5 * MINUTE_MS,
    "15m": 15 * MINUTE_MS,
    "30m": 30 * MINUTE_MS,
    "1h": HOUR_MS,
    "2h": 2 * HOUR_MS,
    "4h": 4 * HOUR_MS,
    "6h": 6 * HOUR_MS,
    "8h": 8 * HOUR_MS,
    "12h": 12 * HOUR_MS,
    "1d": DAY_MS,
    "3d": 3 * DAY_MS,
    _WEEKS: 7 * DAY_MS,
    _MONTHS: 28 * DAY_MS,
}
#: All but the seconds, which continuous contracts alone have.
INTERVALS = tuple(interval for interval in WIDTHS_MS if interval != SECONDS)
#: The first Monday of the epoch.
_MONDAY_MS = 4 * DAY_MS
MOST_KEPT, MOST_SECONDS_KEPT = 10_000, 1_500
#: So small a share of them more is kept until the oldest ones go together.
SPARE_SHARE = 8


def opening_ms(interval: str, time_ms: int) -> int:
    """When the candle that holds `time_ms` opened."""
    if interval == _MONTHS:
        day = datetime.fromtimestamp(time_ms / 1000, UTC)
        return int(datetime(day.year, day.month, 1, tzinfo=UTC).timestamp()) * 1000
    first_ms = _MONDAY_MS if interval == _WEEKS else 0
    width_ms = WIDTHS_MS[interval]
    return (time_ms - first_ms) // width_ms * width_ms + first_ms


def following_ms(interval: str, open_ms: int) -> int:
    """When the candle after the one that opened at `open_ms` opens."""
    if interval == _MONTHS:
        return opening_ms(interval, open_ms + 32 * DAY_MS)
    return open_ms + WIDTHS_MS[interval]


@dataclass(slots=True)
class Bar:
    """What was traded in a stretch of time.

    Prices are ticks where trades make the bar, 1e-8 where sampled prices do.
    """

    #: When the stretch began.
    open_ms: int
    open: int
    high: int
    low: int
    close: int
    #: Of trades or of samples.
    count: int = 0
    lots: int = 0
    #: Sum of ticks x lots.
    value: int = 0
    #: What takers bought.
    taken_lots: int = 0
    taken_value: int = 0
    #: Trade ids, -1 without a trade.
    first_id: int = -1
    last_id: int = -1

    def merge(self, later: "Bar") -> None:
        """Takes in what came after; a flat bar becomes what came first."""
        if self.count:
            self.high, self.low = max(self.high, later.high), min(self.low, later.low)
        else:
            self.open, self.high, self.low, self.first_id = later.open, later.high, later.low, later.first_id
        self.close, self.last_id = later.close, later.last_id
        self.count += later.count
        self.lots += later.lots
        self.value += later.value
        self.taken_lots += later.taken_lots
        self.taken_value += later.taken_value

    def copied(self, open_ms: int) -> "Bar":
        """The same, as if it had begun at `open_ms`."""
        return Bar(
            open_ms,
            self.open,
            self.high,
            self.low,
            self.close,
            self.count,
            self.lots,
            self.value,
            self.taken_lots,
            self.taken_value,
            self.first_id,
            self.last_id,
        )


def sample(time_ms: int, price: int) -> Bar:
    """One sampled price as a bar."""
    return Bar(time_ms, price, price, price, price, count=1)


class Series:
    """The candles of one interval, the oldest first, without gaps."""

    def __init__(self, interval: str) -> None:
        self.interval = interval
        self.bars: list[Bar] = []
        self._most = MOST_SECONDS_KEPT if interval == SECONDS else MOST_KEPT

    def add(self, part: Bar) -> None:
        """Takes in a bar that lies within one candle."""
        self.roll(part.open_ms)
        open_ms = opening_ms(self.interval, part.open_ms)
        if self.bars and open_ms <= self.bars[-1].open_ms:
            self.bars[-1].merge(part)
        else:
            self.bars.append(part.copied(open_ms))

    def roll(self, now_ms: int) -> None:
        """Fills up with flat candles to the one of `now_ms`, and forgets the oldest ones.

        After a clock that stepped back, what is ahead of it is filed under the candle of `now_ms`.
        """
        if not self.bars:
            return
        if self.bars[-1].open_ms > now_ms:
            self._step_back(now_ms)
        last = self.bars[-1]
        open_ms = following_ms(self.interval, last.open_ms)
        if (now_ms - open_ms) // WIDTHS_MS[self.interval] > self._most:
            open_ms = opening_ms(self.interval, now_ms - self._most * WIDTHS_MS[self.interval])
        while open_ms <= now_ms:
            self.bars.append(Bar(open_ms, last.close, last.close, last.close, last.close))
            open_ms = following_ms(self.interval, open_ms)
        if len(self.bars) > self._most + self._most // SPARE_SHARE:
            del self.bars[: -self._most]

    def _step_back(self, now_ms: int) -> None:
        open_ms, ahead = opening_ms(self.interval, now_ms), []
        while self.bars and self.bars[-1].open_ms > now_ms:
            ahead.append(self.bars.pop())
        if not self.bars:
            self.bars.append(ahead[-1].copied(open_ms))
            ahead.pop()
        for bar in reversed(ahead):
            if bar.count:
                self.bars[-1].merge(bar)

    def page(self, limit: int, start_ms: int | None, end_ms: int | None) -> list[Bar]:
        """`limit` candles that opened in a window: the first ones from a start on, else the latest."""
        low = 0 if start_ms is None else bisect_left(self.bars, start_ms, key=_opened)
        high = len(self.bars) if end_ms is None else bisect_right(self.bars, end_ms, key=_opened)
        if start_ms is None:
            return self.bars[max(low, high - limit) : high]
        return self.bars[low : min(high, low + limit)]


def _opened(bar: Bar) -> int:
    return bar.open_ms


class Candles:
    """All intervals of one price."""

    def __init__(self, intervals: Iterable[str] = INTERVALS) -> None:
        self._series = {interval: Series(interval) for interval in intervals}
        self._gathered_ms = min(WIDTHS_MS[interval] for interval in self._series)
        self._pending: Bar | None = None

    def add(self, bar: Bar) -> None:
        """Takes a trade, or a sampled price."""
        pending = self._pending
        if pending is not None and pending.open_ms // self._gathered_ms == bar.open_ms // self._gathered_ms:
            pending.merge(bar)
            return
        self._fold()
        self._pending = bar

    def series(self, interval: str, now_ms: int) -> Series:
        """The candles of an interval up to now."""
        self._fold()
        found = self._series[interval]
        found.roll(now_ms)
        return found

    def _fold(self) -> None:
        if self._pending is None:
            return
        pending, self._pending = self._pending, None
        for series in self._series.values():
            series.add(pending)
