"""Who held how much of a contract, kept as time goes by: what the venue's statistics are told from.

A row stands for a period and says how things stood at its end (inferred; the venue stamps a row with a multiple of
its period). The period that runs has no row yet: its reader looks for itself. Of each period the latest rows are kept,
as many as can be asked for at a time, so a contract's history has a bound however fast the clock goes. What nobody
looked at for more than a period has no rows, and is not filled up ("Open interest statistics": gaps are not filled).
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from connector.simulator.market.candles import WIDTHS_MS, opening_ms

#: The periods of statistics, all of them intervals of candles.
PERIODS = ("5m", "15m", "30m", "1h", "2h", "4h", "6h", "12h", "1d")
SHORTEST_MS = WIDTHS_MS[PERIODS[0]]
#: Rows of a period that are kept: the most that can be asked for.
MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class Positioning:
    """How a contract was held at one moment."""

    #: When the period began that it ends.
    time_ms: int
    #: Of all longs together, which is that of all shorts.
    open_lots: int
    mark_e8: int
    index_e8: int
    last_e8: int
    #: Accounts that are long, and short.
    long_accounts: int
    short_accounts: int
    #: The same of the top ones: the fifth of the holders that has the most margin, five at least.
    top_long_accounts: int
    top_short_accounts: int
    #: What those hold.
    top_long_lots: int
    top_short_lots: int


def _empty_rows() -> dict[str, deque[Positioning]]:
    return {period: deque(maxlen=MOST_ROWS) for period in PERIODS}


@dataclass(slots=True, eq=False)
class PositioningHistory:
    """The rows of one contract, by period."""

    #: When the shortest period began that runs.
    opened_ms: int = 0
    rows: dict[str, deque[Positioning]] = field(default_factory=_empty_rows)

    def is_due(self, now_ms: int) -> bool:
        """Whether a period has ended, or the clock has stepped back before the one that ran."""
        return not 0 <= now_ms - self.opened_ms < SHORTEST_MS

    def ended(self, now_ms: int) -> dict[str, int]:
        """When the periods began that have ended by now; none where nothing ran yet, or the clock stepped back."""
        if not self.opened_ms:
            return {}
        began = {period: opening_ms(period, self.opened_ms) for period in PERIODS}
        return {period: began_ms for period, began_ms in began.items() if opening_ms(period, now_ms) > began_ms}

    def add(self, ended: Mapping[str, int], state: Positioning) -> None:
        """Takes how things stand as the rows of the periods that have ended; one that has a row keeps it."""
        for period, began_ms in ended.items():
            rows = self.rows[period]
            if not rows or rows[-1].time_ms < began_ms:
                rows.append(replace(state, time_ms=began_ms))

    def reopen(self, now_ms: int) -> None:
        """From now on the periods run that hold this moment; what a clock that stepped back has ahead of it goes."""
        self.opened_ms = opening_ms(PERIODS[0], now_ms)
        for period, rows in self.rows.items():
            running_ms = opening_ms(period, now_ms)
            while rows and rows[-1].time_ms >= running_ms:
                rows.pop()
