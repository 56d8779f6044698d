"""How much may be lost: of the day, of the run, and below the highest equity. Facts in, what struck out.

    equity falls below what there was by more than the bound ──▶ struck, once ──▶ until it is released,
                                                                                  of the day: or another day begins
    released ──▶ what is lost counts anew, from the equity of then

Money that comes or goes by a transfer is no gain and no loss. A day is UTC's, by the venue's clock.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from connector.core.amounts import HUNDRED, ZERO
from connector.risk.bounds import MAX_DRAWDOWN, MAX_LOSS_OF_DAY, MAX_LOSS_OF_RUN, LossBound, RiskBounds
from connector.risk.limit_row import LimitRow

_DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class DayStand:
    """What outlives a restart."""

    #: Days since 1970-01-01, UTC.
    day: int
    #: At the day's start, or where it was released; None: taken anew at the next look.
    equity: Decimal | None
    #: The limit of the day struck, and was not released.
    struck: LimitRow | None = None


class LossLimits:
    """The loss limits of one account."""

    def __init__(self, bounds: RiskBounds, asset: str = "", kept: DayStand | None = None) -> None:
        """`kept`: from an earlier run."""
        self._bounds = bounds
        #: In which everything is reckoned.
        self.asset = asset
        self._day = kept
        #: The day began in an earlier run, and what came or went since is not in its equity.
        self._is_of_earlier = kept is not None
        #: What came or went since the day's equity was kept may not be told yet: what this run lost strikes, and not
        #: what the day seems to have lost before it.
        self.doubts_day = False
        self._run: Decimal | None = None
        self._highest: Decimal | None = None
        self._equity: Decimal | None = None
        #: By name, in the order in which they struck, with the figures of then.
        self.struck: dict[str, LimitRow] = {}

    @property
    def day(self) -> DayStand | None:
        """What is to be kept; None before the first look."""
        return self._day

    def judge(self, equity: Decimal, venue_ms: int) -> tuple[LimitRow, ...]:
        """Takes the equity of now; what struck by it, that had not."""
        if not equity.is_finite():
            return ()
        self._begin_day(equity, venue_ms // _DAY_MS)
        self._equity = equity
        self._run = equity if self._run is None else self._run
        self._highest = equity if self._highest is None else max(self._highest, equity)
        passed = (row for row in self.rows() if row.overrun > 0 and row.name not in self.struck)
        found = tuple(row for row in passed if not self._is_doubtful(row, self._run - equity))
        for row in found:
            self._strike(row)
        return found

    def recall(self, venue_ms: int) -> LimitRow | None:
        """The limit of the day, where it struck in an earlier run of this day."""
        stand = self._day
        if stand is None or stand.struck is None or not _is_of(stand, venue_ms // _DAY_MS):
            return None
        if self._bounds.max_loss_of_day is None:
            return None
        self.struck[stand.struck.name] = stand.struck
        return stand.struck

    def shift(self, amount: Decimal, *, was_there: bool = False) -> None:
        """Money came, or went: what there was before is counted as if it had been so all along. `was_there`: this run
        has counted it from its first look on."""
        if self._day is not None and self._day.equity is not None and (self._is_of_earlier or not was_there):
            self._day = DayStand(self._day.day, self._day.equity + amount, self._day.struck)
        if was_there:
            return
        self._run = None if self._run is None else self._run + amount
        self._highest = None if self._highest is None else self._highest + amount

    def release(self) -> None:
        """Lets all go that struck; what is lost counts from here on."""
        self.struck.clear()
        self._run = self._highest = self._equity
        if self._day is not None:
            self._begin(self._day.day, self._equity)

    def rows(self) -> tuple[LimitRow, ...]:
        """Use and bound of each that is on, as far as they are known."""
        bounds, equity = self._bounds, self._equity
        day = None if self._day is None else self._day.equity
        rows = [
            self._row(MAX_LOSS_OF_DAY, bounds.max_loss_of_day, day, equity),
            self._row(MAX_LOSS_OF_RUN, bounds.max_loss_of_run, self._run, equity),
        ]
        if bounds.max_drawdown is not None and self._highest is not None and equity is not None:
            fallen = (self._highest - equity) / self._highest * HUNDRED if self._highest > 0 else ZERO
            is_struck = MAX_DRAWDOWN in self.struck
            rows.append(LimitRow(MAX_DRAWDOWN, fallen, bounds.max_drawdown, "% of equity", struck=is_struck))
        return tuple(row for row in rows if row is not None)

    def _row(
        self, name: str, bound: LossBound | None, began: Decimal | None, equity: Decimal | None
    ) -> LimitRow | None:
        if bound is None or began is None:
            # Of one that struck before this run has looked, what was known then.
            return self.struck.get(name) if bound is not None else None
        if bound.is_share and began <= 0:
            return None  # a part of nothing can't be lost
        lost = ZERO if equity is None else max(ZERO, began - equity)
        return LimitRow(name, lost, bound.of(began), self.asset, struck=name in self.struck)

    def _is_doubtful(self, row: LimitRow, lost: Decimal) -> bool:
        return self.doubts_day and row.name == MAX_LOSS_OF_DAY and lost <= row.bound

    def _begin_day(self, equity: Decimal, day: int) -> None:
        stand = self._day
        if stand is None or not _is_of(stand, day):
            self._begin(day, equity)
            self.struck.pop(MAX_LOSS_OF_DAY, None)
        elif stand.equity is None:
            self._day, self._is_of_earlier = DayStand(stand.day, equity, stand.struck), False

    def _begin(self, day: int, equity: Decimal | None) -> None:
        self._day, self._is_of_earlier, self.doubts_day = DayStand(day, equity), False, False

    def _strike(self, row: LimitRow) -> None:
        row = LimitRow(row.name, row.use, row.bound, row.unit, struck=True)
        self.struck[row.name] = row
        if row.name == MAX_LOSS_OF_DAY and self._day is not None:
            self._day = DayStand(self._day.day, self._day.equity, row)


def _is_of(stand: DayStand, day: int) -> bool:
    """Whether it is of that day: the venue's clock may have stepped back over midnight."""
    return 0 <= stand.day - day <= 1
