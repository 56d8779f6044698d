"""A contract's funding in plain Python: the specification of the compiled twin.

The interval is what the exchange names (fundingInfo). Where it names none, settlements show it: two neighbours that
were settled, or the next settlement's time as it moves on. What speaks of the later time is believed, for intervals
change (8 h to 1 h when the rate hits its cap, "Funding rate" announcements of 2025-05 and 2026-01).
"""

from bisect import bisect_left
from decimal import Decimal
from typing import Final

from connector.core.funding_info import FundingChange, FundingInfo, SettledRate
from connector.market.facts import MarkPrice

MOST_SETTLED: Final = 100
#: Two frames further apart than this may have missed a settlement between them.
MOST_BETWEEN_FRAMES_MS: Final = 60_000
#: No contract settles more seldom than once a day: two times further apart are no neighbours.
MOST_INTERVAL_MS: Final = 86_400_000


class FundingRate:
    """Mark and index price, and the rate forecast for `next_funding_ms`. None until the first frame came."""

    __slots__ = (
        "_interval_until_ms", "_named_ms", "_observed_ms", "_settled",
        "index_price", "mark_price", "next_funding_ms", "rate", "time_ms",
    )  # fmt: skip

    def __init__(self) -> None:
        self.mark_price: Decimal | None = None
        self.index_price: Decimal | None = None
        self.rate: Decimal | None = None
        self.next_funding_ms = self.time_ms = 0
        self._named_ms = self._observed_ms = self._interval_until_ms = 0
        self._settled: list[SettledRate] = []

    @property
    def interval_ms(self) -> int:
        """The time between two settlements, 0 while it is not known."""
        return self._named_ms or self._observed_ms

    @property
    def settled(self) -> tuple[SettledRate, ...]:
        """The newest settlements, newest last."""
        return tuple(self._settled)

    def apply(self, row: MarkPrice) -> FundingChange:
        """Takes what the venue says now, `time_ms` by its clock; returns what is new in it."""
        change = FundingChange.NONE
        if row.rate != self.rate:
            change |= FundingChange.RATE
        if row.next_funding_ms != self.next_funding_ms:
            change |= FundingChange.NEXT_TIME
            if 0 < self.next_funding_ms <= row.time_ms <= self.time_ms + MOST_BETWEEN_FRAMES_MS:
                change |= self._observe(self.next_funding_ms, row.next_funding_ms)
        self.mark_price, self.index_price, self.rate = row.mark_price, row.index_price, row.rate
        self.next_funding_ms, self.time_ms = row.next_funding_ms, row.time_ms
        return change

    def set_interval(self, interval_ms: int) -> FundingChange:
        """The exchange names the interval; 0: it names none (any more)."""
        before = self.interval_ms
        self._named_ms = interval_ms
        return FundingChange.NONE if self.interval_ms == before else FundingChange.INTERVAL

    def add_settled(self, time_ms: int, rate: Decimal) -> FundingChange:
        """A settlement of the past, in any order. One whose time is known already says nothing new."""
        place = bisect_left(self._settled, time_ms, key=lambda row: row.time_ms)
        if place < len(self._settled) and self._settled[place].time_ms == time_ms:
            return FundingChange.NONE
        self._settled.insert(place, SettledRate(time_ms, rate))
        del self._settled[:-MOST_SETTLED]
        if len(self._settled) < 2:
            return FundingChange.NONE
        return self._observe(self._settled[-2].time_ms, self._settled[-1].time_ms)

    def countdown_ms(self, now_ms: int) -> int:
        """The time until the next settlement, never negative; 0 while it is not known."""
        return max(0, self.next_funding_ms - now_ms)

    def info(self, trading_pair: str) -> FundingInfo | None:
        """What is known, or None while nothing is and for contracts without funding."""
        if self.mark_price is None or self.index_price is None or self.rate is None:
            return None
        return FundingInfo(
            trading_pair=trading_pair,
            index_price=self.index_price,
            mark_price=self.mark_price,
            next_funding_utc_timestamp=self.next_funding_ms / 1000,
            rate=self.rate,
        )

    def _observe(self, from_ms: int, until_ms: int) -> FundingChange:
        """Two settlements that follow each other; their times are milliseconds off, the interval is whole seconds."""
        observed_ms = (until_ms - from_ms + 500) // 1000 * 1000
        if not 0 < observed_ms <= MOST_INTERVAL_MS or until_ms < self._interval_until_ms:
            return FundingChange.NONE
        before = self.interval_ms
        self._observed_ms, self._interval_until_ms = observed_ms, until_ms
        return FundingChange.NONE if self.interval_ms == before else FundingChange.INTERVAL
