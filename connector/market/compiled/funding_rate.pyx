# cython: wraparound=True
"""The compiled funding rate; `plain/funding_rate.py` specifies it.

A mark price comes each second of each symbol and is seldom asked for: its numbers stay as they were written, and become
`Decimal`s at the first question. Where `is_known` is False, the object is all there is: it came by the general way.
"""

from bisect import bisect_left
from decimal import Decimal

from connector.core.funding_info import FundingChange, FundingInfo, SettledRate
from connector.market.compiled.facts cimport exact
from connector.market.plain.funding_rate import MOST_BETWEEN_FRAMES_MS, MOST_INTERVAL_MS, MOST_SETTLED

cdef enum:
    NONE = 0
    RATE = 1
    INTERVAL = 2
    NEXT_TIME = 4

cdef long long between_frames_ms = MOST_BETWEEN_FRAMES_MS
cdef long long most_interval_ms = MOST_INTERVAL_MS


cdef class FundingRate:
    """Mark and index price, and the rate forecast for `next_funding_ms`. None until the first frame came."""

    def __cinit__(self):
        self.settlements = []

    @property
    def mark_price(self):
        return self.marked()

    cdef object marked(self):
        if self.mark_object is None and self.mark.is_known:
            self.mark_object = exact(self.mark.digits, self.mark.decimals)
        return self.mark_object

    @property
    def index_price(self):
        if self.index_object is None and self.index.is_known:
            self.index_object = exact(self.index.digits, self.index.decimals)
        return self.index_object

    @property
    def rate(self):
        if self.rate_object is None and self.forecast.is_known:
            self.rate_object = exact(self.forecast.digits, self.forecast.decimals)
        return self.rate_object

    @property
    def interval_ms(self):
        return self.named_ms or self.observed_ms

    @property
    def settled(self):
        return tuple(self.settlements)

    def apply(self, row not None):
        cdef int change = NONE if row.rate == self.rate else RATE
        change |= self.move(row.next_funding_ms, row.time_ms)
        self.mark_object, self.index_object, self.rate_object = row.mark_price, row.index_price, row.rate
        self.mark.is_known = self.index.is_known = self.forecast.is_known = False
        return FundingChange(change)

    cdef int take(
        self, const Quoted* mark, const Quoted* index, const Quoted* rate, long long next_ms, long long time_ms
    ) except -1:
        """`apply` of numbers that were read in place; answers with the change's bits."""
        # Of the same decimals, digits are compared; only else it takes two `Decimal`s to know.
        cdef int change = NONE
        cdef bint is_comparable = self.forecast.is_known and self.forecast.decimals == rate.decimals
        if not (is_comparable and self.forecast.digits == rate.digits):
            if is_comparable or self.rate != exact(rate.digits, rate.decimals):
                change = RATE
        change |= self.move(next_ms, time_ms)
        self.mark, self.index, self.forecast = mark[0], index[0], rate[0]
        self.mark_object = self.index_object = self.rate_object = None
        return change

    def set_interval(self, long long interval_ms):
        cdef long long before = self.named_ms or self.observed_ms
        self.named_ms = interval_ms
        return FundingChange(NONE if (self.named_ms or self.observed_ms) == before else INTERVAL)

    def add_settled(self, long long time_ms, rate):
        place = bisect_left(self.settlements, time_ms, key=at_ms)
        if place < len(self.settlements) and self.settlements[place].time_ms == time_ms:
            return FundingChange.NONE
        self.settlements.insert(place, SettledRate(time_ms, rate))
        del self.settlements[:-MOST_SETTLED]
        if len(self.settlements) < 2:
            return FundingChange.NONE
        earlier, later = self.settlements[-2:]
        return FundingChange(self.observe(earlier.time_ms, later.time_ms))

    def countdown_ms(self, long long now_ms):
        return max(0, self.next_funding_ms - now_ms)

    def info(self, str trading_pair not None):
        if self.mark_price is None or self.index_price is None or self.rate is None:
            return None
        return FundingInfo(
            trading_pair=trading_pair,
            index_price=self.index_price,
            mark_price=self.mark_price,
            next_funding_utc_timestamp=self.next_funding_ms / 1000,
            rate=self.rate,
        )

    cdef int move(self, long long next_ms, long long time_ms) except -1:
        cdef int change = NONE
        if next_ms != self.next_funding_ms:
            change = NEXT_TIME
            if 0 < self.next_funding_ms <= time_ms <= self.time_ms + between_frames_ms:
                change |= self.observe(self.next_funding_ms, next_ms)
        self.next_funding_ms, self.time_ms = next_ms, time_ms
        return change

    cdef int observe(self, long long from_ms, long long until_ms) noexcept:
        cdef long long observed_ms = until_ms - from_ms + 500, before = self.named_ms or self.observed_ms
        observed_ms = observed_ms // 1000 * 1000
        if not 0 < observed_ms <= most_interval_ms or until_ms < self.interval_until_ms:
            return NONE
        self.observed_ms, self.interval_until_ms = observed_ms, until_ms
        return NONE if (self.named_ms or self.observed_ms) == before else INTERVAL


def at_ms(row):
    return row.time_ms
