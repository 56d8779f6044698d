"""Open amounts of one side by price: the specification of the compiled twin.

What lies below mark and below the least assumed price is remembered with the price it was reckoned at: a price that
moves passes over the orders between, and one that stands still over none.
"""

from bisect import bisect_left, insort
from collections.abc import Callable


class OrderLadder:
    """Open amounts of one side by price."""

    __slots__ = ("_at", "_low", "_low_units", "_prices", "_standing", "_unit", "_units_at", "sized", "units")

    def __init__(self, unit: Callable[[int], int]) -> None:
        self._unit = unit
        self.sized = self.units = 0
        self._at: dict[int, int] = {}
        self._units_at: dict[int, int] = {}
        self._prices: list[int] = []
        #: Of each of two pointers: the price it stands at, and what lies below.
        self._standing = [0, 0]
        self._low, self._low_units = [0, 0], [0, 0]

    def add(self, price_e8: int, sized: int) -> None:
        """Counts an amount at a price, or takes it off when negative. 0 changes nothing: an order whose amount rounds
        to that is tracked until it has failed."""
        if not sized:
            return
        before = self._at.get(price_e8, 0)
        if not before:
            insort(self._prices, price_e8)
        units = sized * self._unit(price_e8)
        if before + sized:
            self._at[price_e8] = before + sized
            self._units_at[price_e8] = self._units_at.get(price_e8, 0) + units
        else:
            del self._at[price_e8], self._units_at[price_e8]
            del self._prices[bisect_left(self._prices, price_e8)]
        self.sized += sized
        self.units += units
        for which in (0, 1):
            if price_e8 < self._standing[which]:
                self._low[which] += sized
                self._low_units[which] += units

    def below(self, price_e8: int, which: int) -> tuple[int, int]:
        """Amount and units at prices below `price_e8`; pointer `which` is moved there."""
        stands = self._standing[which]
        if price_e8 != stands:
            low, high, sign = (stands, price_e8, 1) if price_e8 > stands else (price_e8, stands, -1)
            first = bisect_left(self._prices, low)
            for price in self._prices[first : bisect_left(self._prices, high, first)]:
                self._low[which] += sign * self._at[price]
                self._low_units[which] += sign * self._units_at[price]
            self._standing[which] = price_e8
        return self._low[which], self._low_units[which]
