"""What was traded in the last 24 hours, to the minute."""

from connector.simulator.market.candles import Bar
from connector.simulator.market.tape import Tape

MINUTES = 24 * 60


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
            self._minute_ms, self._before = current.open_ms, _sum(minutes[-MINUTES:-1] or minutes[-1:])
        if self._before.open_ms == current.open_ms:
            return current
        day = self._before.copied(self._before.open_ms)
        if current.count:
            day.merge(current)
        return day


def _sum(minutes: list[Bar]) -> Bar:
    day = minutes[0].copied(minutes[0].open_ms)
    for minute in minutes[1:]:
        if minute.count:
            day.merge(minute)
    return day
