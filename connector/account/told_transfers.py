"""Transfers that were told: the account book's word on one of them tells it no second time.

A push and a line of the account book name no common number; they are known by asset and amount, dated a second apart at
most. Several may be equal: each that was told stands for one line.
"""

from decimal import Decimal
from typing import Final

from connector.core.account_events import TransferEvent

#: How far the two words on one transfer, the push's and the account book's, are dated apart at most.
SAME_MS: Final = 1_000
_Figure = tuple[str, Decimal]


class ToldTransfers:
    """Those of the last while. A reading: `begin`, then `is_told` of each line, the oldest first, then `end`."""

    def __init__(self) -> None:
        #: When those of each figure were told of, by their own dates in ms.
        self._times_ms: dict[_Figure, list[int]] = {}
        #: Of each figure, which one stands for the next line; None while no book is read.
        self._next: dict[_Figure, int] | None = None

    def hear(self, event: TransferEvent) -> None:
        """It was told, by whomever."""
        self._times_ms.setdefault((event.asset, event.amount), []).append(_date_ms(event))

    def begin(self) -> None:
        """The account book is read anew."""
        self._next = {}

    def is_told(self, line: TransferEvent) -> bool:
        """Whether it was told; whoever asks tells it where it was not."""
        if self._next is None:
            raise AssertionError("lines are looked for in a reading that was begun")
        figure, at_ms = (line.asset, line.amount), _date_ms(line)
        times_ms, at = self._times_ms.get(figure, []), self._next.get(figure, 0)
        while at < len(times_ms) and times_ms[at] < at_ms - SAME_MS:
            at += 1
        told = at < len(times_ms) and times_ms[at] <= at_ms + SAME_MS
        # What is told now is heard next, behind all others: it stands for this line.
        self._next[figure] = at + 1 if told or at >= len(times_ms) else at
        return told

    def end(self) -> None:
        """No line of it is left."""
        self._next = None

    def forget(self, before_ms: int) -> None:
        """Between two readings: what no line of that date or later can name."""
        kept = {figure: [at for at in times if at >= before_ms - SAME_MS] for figure, times in self._times_ms.items()}
        self._times_ms = {figure: times for figure, times in kept.items() if times}


def _date_ms(event: TransferEvent) -> int:
    return round(event.timestamp * 1000)
