"""Whether what is reckoned to be free is what the venue says is free, at one and the same marks.

Positions and balances come by two answers, between which marks move: a difference that is another one at each look is
of that kind. One that stays is told, once until it is gone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from connector.core.account_events import MarginDriftEvent
from connector.core.amounts import ZERO

#: A difference is told at the last of so many looks in a row, and by then differs from the first by so little of it.
_LOOKS, _SAME_SHARE = 3, Decimal("0.1")
#: Of the wallet: what is less is no matter.
_LEAST_SHARE = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class FreeMargin:
    """What is free of an asset at one look."""

    asset: str
    ours: Decimal
    venue: Decimal
    wallet: Decimal

    @property
    def difference(self) -> Decimal:
        """Above 0 the venue has less."""
        return self.ours - self.venue

    @property
    def is_matter(self) -> bool:
        """Whether the difference is worth a word."""
        return abs(self.difference) > abs(self.wallet) * _LEAST_SHARE


@dataclass(slots=True)
class _Suspicion:
    difference: Decimal
    looks: int = 1
    is_told: bool = False


class MarginDrift:
    """Compares asset by asset."""

    def __init__(self) -> None:
        self._suspicions: dict[str, _Suspicion] = {}

    def compare(self, rows: Iterable[FreeMargin], at_s: float) -> tuple[MarginDriftEvent, ...]:
        """One look; returns what is told now."""
        return tuple(event for row in rows for event in self._look(row, at_s))

    def _look(self, row: FreeMargin, at_s: float) -> Iterable[MarginDriftEvent]:
        if not row.is_matter:
            self._suspicions.pop(row.asset, None)
            return
        known = self._suspicions.get(row.asset)
        if known is None or (not known.is_told and not _is_same(known.difference, row.difference)):
            self._suspicions[row.asset] = _Suspicion(row.difference)
            return
        known.looks += 1
        if known.looks == _LOOKS:
            known.is_told = True
            yield MarginDriftEvent(at_s, row.asset, max(ZERO, row.ours), row.venue)


def _is_same(before: Decimal, after: Decimal) -> bool:
    return abs(after - before) <= abs(before) * _SAME_SHARE
