"""Whether our own trades explain the venue's position.

From one snapshot of the venue to the next, the position must have moved by our fills and by nothing else. A snapshot
may lag behind the trades or run ahead of its own stamp, so it is explained when it equals an older one plus the fills
since up to *some* moment not much before its own. Fills count by their own times: one that is heard late, after a
snapshot that it stands in, explains it all the same; one that is told twice, as another's and as ours, counts once.
What is not so explained is suspected, and the trades are to be read again: a fill of between the two readings, or one
that a replica did not show yet, explains it at the next look. What is still not explained after the longest that a
replica lags is a drift, reported once: the venue's figure is taken.
"""

from bisect import bisect_right, insort
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate

from connector.core.amounts import ZERO
from connector.core.enums import PositionSide
from connector.core.events import PositionDriftEvent

#: What is not explained is looked at again for so long: no replica lags longer.
_SECOND_LOOK_MS = 5_000

PositionKey = tuple[str, PositionSide]


@dataclass(slots=True)
class _Account:
    """A figure of the venue that is explained, and what explains the next."""

    venue: Decimal
    #: What is not later stands in it.
    as_of_ms: int
    #: Trades since: time, number, signed amount.
    fills: list[tuple[int, str, Decimal]] = field(default_factory=list)
    #: Their numbers.
    numbers: set[str] = field(default_factory=set)
    #: When the venue's figure was first not explained.
    suspected_ms: int | None = None

    def add(self, time_ms: int, number: str, amount: Decimal) -> None:
        """One trade; nothing where it is known."""
        if time_ms > self.as_of_ms and number not in self.numbers:
            self.numbers.add(number)
            insort(self.fills, (time_ms, number, amount))

    def settle(self, venue: Decimal, time_ms: int, lag_ms: int, *, waits: bool) -> Decimal | None:
        """Take the venue's figure; return ours, which is the same when fills explain it. None: the first look that
        does not explain it is not the last, or it `waits`, and nothing is taken."""
        reached = list(accumulate((amount for _, _, amount in self.fills), initial=self.venue))
        moments = [fill_ms for fill_ms, _, _ in self.fills]
        due, least = bisect_right(moments, time_ms), bisect_right(moments, time_ms - lag_ms)
        if venue in reached[least:]:
            # What is younger stays: a fill that is heard late is still counted in its turn.
            self.suspected_ms = None
            self._begin_at(reached[least], max(self.as_of_ms, time_ms - lag_ms), least)
            return venue
        if self.suspected_ms is None:
            self.suspected_ms = time_ms
        if waits or time_ms - self.suspected_ms < _SECOND_LOOK_MS:
            return None
        self.suspected_ms = None
        self._begin_at(venue, time_ms, due)
        return reached[due]

    def _begin_at(self, amount: Decimal, time_ms: int, fills: int) -> None:
        self.venue, self.as_of_ms = amount, time_ms
        self.numbers.difference_update(number for _, number, _ in self.fills[:fills])
        del self.fills[:fills]


class PositionDrift:
    """Compares by trading pair and side; the first snapshot explains itself."""

    def __init__(self, lag_ms: int = 10_000, waits: Callable[[], Collection[str]] = tuple) -> None:
        """`lag_ms`: how far a snapshot's figures may be older than its stamp. `waits`: pairs of which trades are known
        to be missing, and asked for: nothing is told of them meanwhile."""
        self._lag_ms, self._waits = lag_ms, waits
        self._accounts: dict[PositionKey, _Account] = {}
        self._snapshot_ms: int | None = None
        #: Of the first snapshot: what it does not have was none.
        self._began_ms = 0

    @property
    def suspects(self) -> bool:
        """Whether a position is not explained, and is to be looked at again."""
        return any(account.suspected_ms is not None for account in self._accounts.values())

    def begin_anew(self) -> None:
        """What was dated is dated by another clock now: the next snapshot explains itself."""
        self._accounts, self._snapshot_ms = {}, None

    def explain(self, key: PositionKey, amount: Decimal, time_ms: int, trade_id: str) -> None:
        """One trade, signed."""
        if self._snapshot_ms is not None:
            self._accounts.setdefault(key, _Account(ZERO, self._began_ms)).add(time_ms, trade_id, amount)

    def compare(self, venue: Mapping[PositionKey, Decimal], time_ms: int) -> tuple[PositionDriftEvent, ...]:
        """Take all of the venue's positions, signed, at one moment; return what fills do not explain.

        A snapshot older than the last one says nothing.
        """
        if self._snapshot_ms is None:
            self._accounts = {key: _Account(amount, time_ms) for key, amount in venue.items()}
            self._began_ms = time_ms
        elif time_ms < self._snapshot_ms:
            return ()
        drifts: list[PositionDriftEvent] = []
        waits = self._waits()
        for key in dict.fromkeys((*self._accounts, *venue)):
            account = self._accounts.setdefault(key, _Account(ZERO, self._began_ms))
            theirs = venue.get(key, ZERO)
            ours = account.settle(theirs, time_ms, self._lag_ms, waits=key[0] in waits)
            if ours is not None and ours != theirs:
                drifts.append(PositionDriftEvent(time_ms / 1000, key[0], ours, theirs))
        self._snapshot_ms = time_ms
        return tuple(drifts)
