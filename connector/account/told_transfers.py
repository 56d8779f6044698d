"""Transfers that were told: whichever of its two words comes first tells one, the other one tells it no second time.

    the push, then the account book's line    told by the push; each that was told stands for one line of a reading
    the line, then a push that comes late     told by the line; it waits for one push
    the same push by two sockets              known by its date and the wallet after it, which the next one has moved

A push and a line name no common number; they are known by asset and amount, dated a second apart at most. Several may
be equal: each counts.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from connector.account.transfers import transfers
from connector.core.account_events import TransferEvent
from connector.core.reports import AccountReport

#: How far the two words on one transfer, the push's and the account book's, are dated apart at most.
SAME_MS: Final = 1_000
#: A push comes so long after its date at most, and by the second socket so long after the first.
LATE_PUSH_MS: Final = 60_000
_NONE: Final = "-"
_Figure = tuple[str, Decimal]


class ToldTransfers:
    """Those of the last while. A reading: `begin`, then `is_news` of each line, the oldest first, then `end`."""

    def __init__(self) -> None:
        #: The dates of those of each figure, in ms, the oldest first; and of those that no push was heard of.
        self._times_ms: dict[_Figure, list[int]] = {}
        self._unpushed_ms: dict[_Figure, list[int]] = {}
        #: Pushes by date, asset and wallet.
        self._pushes: set[tuple[int, str, Decimal]] = set()
        #: Of each figure, which one stands for the next line; None while no book is read.
        self._next: dict[_Figure, int] | None = None

    def recall(self, told: Iterable[TransferEvent]) -> None:
        """An earlier life told these."""
        for event in told:
            _file(self._times_ms.setdefault((event.asset, event.amount), []), date_ms(event))

    def pushed(self, report: AccountReport) -> tuple[TransferEvent, ...]:
        """An event for each wallet that a push moved so, where nothing told it."""
        moved = transfers(report)
        return tuple(event for event, wallet in moved if self._is_new_push(event, wallet)) if moved else ()

    def begin(self) -> None:
        """The account book is read anew."""
        self._next = {}

    def is_news(self, line: TransferEvent) -> bool:
        """Whether nothing told it; who asks tells it now."""
        if self._next is None:
            raise AssertionError("lines are looked for in a reading that was begun")
        figure, at_ms = (line.asset, line.amount), date_ms(line)
        times_ms, at = self._times_ms.setdefault(figure, []), self._next.get(figure, 0)
        while at < len(times_ms) and times_ms[at] < at_ms - SAME_MS:
            at += 1
        self._next[figure] = at + 1
        if at < len(times_ms) and times_ms[at] <= at_ms + SAME_MS:
            return False
        times_ms.insert(at, at_ms)
        _file(self._unpushed_ms.setdefault(figure, []), at_ms)
        return True

    def end(self) -> None:
        """No line of it is left."""
        self._next = None

    def forget(self, before_ms: int) -> None:
        """What no line of that date or later can name, and no push that comes late; within a reading nothing."""
        if self._next is not None:
            return
        before_ms -= SAME_MS + LATE_PUSH_MS
        self._times_ms = _since(self._times_ms, before_ms)
        self._unpushed_ms = _since(self._unpushed_ms, before_ms)
        self._pushes = {push for push in self._pushes if push[0] >= before_ms}

    def _is_new_push(self, event: TransferEvent, wallet: Decimal) -> bool:
        figure, at_ms = (event.asset, event.amount), date_ms(event)
        push = (at_ms, event.asset, wallet)
        if push in self._pushes:
            return False
        self._pushes.add(push)
        unpushed_ms = self._unpushed_ms.get(figure, [])
        at = bisect_left(unpushed_ms, at_ms - SAME_MS)
        if at < len(unpushed_ms) and unpushed_ms[at] <= at_ms + SAME_MS:
            del unpushed_ms[at]
            return False
        at = _file(self._times_ms.setdefault(figure, []), at_ms)
        if self._next is not None and at < self._next.get(figure, 0):
            self._next[figure] += 1  # the line that comes next is the same as before
        return True


def date_ms(event: TransferEvent) -> int:
    """Its date, by the venue's clock."""
    return round(event.timestamp * 1000)


def _file(times_ms: list[int], at_ms: int) -> int:
    """Puts a date behind those that are no later; returns its place."""
    at = bisect_right(times_ms, at_ms)
    times_ms.insert(at, at_ms)
    return at


def _since(times_ms: dict[_Figure, list[int]], before_ms: int) -> dict[_Figure, list[int]]:
    kept = {figure: [at for at in times if at >= before_ms] for figure, times in times_ms.items()}
    return {figure: times for figure, times in kept.items() if times}


def spelled(events: Iterable[TransferEvent]) -> str:
    """As one word of a line of the journal, without the reasons; a dash without any."""
    rows = [f"{date_ms(event)}:{event.asset}:{event.amount}" for event in events if event.asset.isalnum()]
    return ",".join(rows) or _NONE


def read_back(text: str) -> tuple[TransferEvent, ...]:
    """What `spelled` wrote."""
    rows = [row.split(":") for row in text.split(",") if row != _NONE]
    return tuple(TransferEvent(int(at_ms) / 1000, asset, Decimal(amount), "") for at_ms, asset, amount in rows)
