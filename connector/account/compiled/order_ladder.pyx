"""The compiled ladder of orders; `plain/order_ladder.py` specifies it. Sums outgrow 64 bits: they stay Python's numbers."""

from bisect import bisect_left, insort


cdef class OrderLadder:
    """Open amounts of one side by price."""

    def __init__(self, unit not None):
        self.unit = unit
        self.sized = self.units = 0
        self.at, self.units_at, self.prices = {}, {}, []
        self.standing_0 = self.standing_1 = self.low_0 = self.low_1 = self.low_units_0 = self.low_units_1 = 0

    cpdef add(self, object price_e8, object sized):
        if not sized:
            return
        cdef object before = self.at.get(price_e8, 0)
        cdef object after = before + sized
        if not before:
            insort(self.prices, price_e8)
        cdef object units = sized * self.unit(price_e8)
        if after:
            self.at[price_e8] = after
            self.units_at[price_e8] = self.units_at.get(price_e8, 0) + units
        else:
            del self.at[price_e8]
            del self.units_at[price_e8]
            del self.prices[bisect_left(self.prices, price_e8)]
        self.sized += sized
        self.units += units
        if price_e8 < self.standing_0:
            self.low_0 += sized
            self.low_units_0 += units
        if price_e8 < self.standing_1:
            self.low_1 += sized
            self.low_units_1 += units

    def below(self, object price_e8, int which):
        """Amount and units at prices below `price_e8`; pointer `which` is moved there."""
        self.move(price_e8, which)
        return (self.low_1, self.low_units_1) if which else (self.low_0, self.low_units_0)

    cdef int move(self, object price_e8, int which) except -1:
        cdef object stands = self.standing_1 if which else self.standing_0
        if price_e8 == stands:
            return 0
        cdef object low, high, more = 0, more_units = 0, price
        cdef bint is_up = price_e8 > stands
        low, high = (stands, price_e8) if is_up else (price_e8, stands)
        cdef Py_ssize_t first = bisect_left(self.prices, low)
        cdef Py_ssize_t last = bisect_left(self.prices, high, first)
        cdef Py_ssize_t index
        for index in range(first, last):
            price = self.prices[index]
            more += self.at[price]
            more_units += self.units_at[price]
        if not is_up:
            more, more_units = -more, -more_units
        if which:
            self.standing_1 = price_e8
            self.low_1 += more
            self.low_units_1 += more_units
        else:
            self.standing_0 = price_e8
            self.low_0 += more
            self.low_units_0 += more_units
        return 0
