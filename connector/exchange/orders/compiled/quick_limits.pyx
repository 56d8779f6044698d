"""Whether an order or a change surely keeps the user's limits, compiled; `exchange/account/order_limits.py` specifies it.
What is not sure, and what would be kept back, goes the plain way, which says why.
"""

from cython cimport final

from connector.account.plain.margin_book import BOTH, LONG, SHORT
from connector.core.amounts import E8
from connector.risk.order_rate import WINDOW_MS

cdef object e8 = E8
cdef int both = BOTH, long_side = LONG, short_side = SHORT


@final
cdef class QuickLimits:
    """One limit set."""

    def __init__(self, limits not None):
        self.limits, self.state, self.bounds_sums = limits, limits.state, limits.bounds_sums
        self.opened, self.waiting, self.late = limits.state.pairs, limits.state.waiting, limits.state.late
        self.bounds, self.too_near = limits.by_pair, limits.too_near
        self.window_ms, self.most, self.times = WINDOW_MS, 0, None
        if limits.rate is not None:
            self.times, self.most = limits.rate.times, limits.rate.most

    cdef bint keeps(
        self, object name, bint is_buy, long long price_e8, long long sized, long long before_e8=0, long long before=0
    ) except -1:
        """Of a limit order of a linear contract of size 1, or of its change from `before` at another price."""
        if not self.bounds_sums:
            return True
        # 1. What the sums don't say, or have not counted yet.
        if self.late or self.waiting or self.too_near:
            return False
        cdef object pair = self.opened.get(name), bounds = self.bounds.get(name), sums, mark_e8, value, after
        if pair is None or bounds is None:
            return False
        if pair.closers and pair.closers.get((both, is_buy)):
            return False
        sums = pair.sums
        mark_e8 = sums.mark_e8
        if not mark_e8 or sums.has_market_orders:
            return False
        # 2. What is added: a sell is worth mark at least.
        value = sized * (mark_e8 if not is_buy and price_e8 < mark_e8 else <object>price_e8) // e8
        if before:
            value -= before * (mark_e8 if not is_buy and before_e8 < mark_e8 else <object>before_e8) // e8
        # 3. What it comes to with all that rests on its side.
        cdef int which = both
        cdef bint is_hedge = self.state.is_hedge
        if is_hedge:
            which = long_side if is_buy else short_side
        cdef tuple standing = sums.standing(which)
        if bounds[2] is not None and sized > before:
            after = standing[0] + standing[1] if is_buy else standing[2] - standing[0]
            if after + sized - before > bounds[2]:
                return False
        if value <= 0:
            return True
        if bounds[3] is not None:
            after = sums.held_e8(which)
            after = after + standing[3] // e8 if is_buy else standing[4] // e8 - after
            if after + value > bounds[3]:
                return False
        if bounds[4] is None:
            return True
        if is_hedge or len(self.opened) > 1:
            return self.open_orders() + value <= bounds[4]
        return standing[3] // e8 + standing[4] // e8 + value <= bounds[4]

    cdef bint has_turn(self, long long steady_ns) except -1:
        """Whether one more may leave in this minute."""
        if self.times is None or len(self.times) < self.most:
            return True
        return steady_ns // 1_000_000 - <long long>self.times[0] >= self.window_ms

    cdef int count(self, long long steady_ns) except -1:
        """One has left."""
        if self.times is not None:
            self.times.append(steady_ns // 1_000_000)
        return 0

    cdef object open_orders(self):
        """What all open orders that open come to."""
        cdef object total = 0, pair
        cdef tuple standing
        cdef bint is_hedge = self.state.is_hedge
        for pair in self.opened.values():
            standing = pair.sums.standing(long_side if is_hedge else both)
            total = total + standing[3] // e8 + standing[4] // e8
            if is_hedge:
                standing = pair.sums.standing(short_side)
                total = total + standing[3] // e8 + standing[4] // e8
        return total
