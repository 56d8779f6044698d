"""The open orders of one account, symbol and position side, summed up: margin reads totals instead of walking orders.

What an order costs depends on where the mark and the last price stand, so the totals are kept by price, and a
threshold remembers where it stood: it is moved over the prices between, never over all of them.
"""

from bisect import bisect_left, insort

from connector.simulator.market.orders import BUY, MARKET, SELL, Order


class Threshold:
    """Lots and value at prices below `ticks`."""

    __slots__ = ("lots", "ticks", "value")

    def __init__(self) -> None:
        self.ticks = self.lots = self.value = 0


class Ladder:
    """Open lots by price, in whole ticks and lots; `value` is the sum of ticks x lots."""

    __slots__ = ("_at", "_prices", "_thresholds", "lots", "value")

    def __init__(self) -> None:
        self.lots = self.value = 0
        self._at: dict[int, int] = {}
        self._prices: list[int] = []
        self._thresholds = (Threshold(), Threshold())

    def add(self, ticks: int, lots: int) -> None:
        """Counts lots at a price, or takes them off when negative."""
        before = self._at.get(ticks, 0)
        if not before:
            insort(self._prices, ticks)
        if before + lots:
            self._at[ticks] = before + lots
        else:
            del self._at[ticks]
            del self._prices[bisect_left(self._prices, ticks)]
        self.lots += lots
        self.value += ticks * lots
        for threshold in self._thresholds:
            if ticks < threshold.ticks:
                threshold.lots += lots
                threshold.value += ticks * lots

    def below(self, ticks: int, which: int = 0) -> tuple[int, int]:
        """Lots and value at prices below `ticks`; `which` of two thresholds is moved there, so keep to one each."""
        threshold = self._thresholds[which]
        if ticks != threshold.ticks:
            low, high = sorted((ticks, threshold.ticks))
            sign = 1 if ticks > threshold.ticks else -1
            for price in self._prices[bisect_left(self._prices, low) : bisect_left(self._prices, high)]:
                threshold.lots += sign * self._at[price]
                threshold.value += sign * price * self._at[price]
            threshold.ticks = ticks
        return threshold.lots, threshold.value


class OrderTotals:
    """What one account has open of a symbol and position side."""

    __slots__ = ("asks", "bids", "closers", "count")

    def __init__(self) -> None:
        #: What could open a position.
        self.bids, self.asks = Ladder(), Ladder()
        #: The orders that can only reduce it, by id.
        self.closers: dict[int, Order] = {}
        self.count = 0

    def side(self, side: int) -> Ladder:
        return self.bids if side == BUY else self.asks

    def take(self, order: Order) -> None:
        """A newly opened order."""
        self.count += 1
        if order.closes:
            self.closers[order.order_id] = order
        self.shift(order, order.open_lots)

    def drop(self, order: Order) -> None:
        """An order that is open no more; its open lots are still counted."""
        self.count -= 1
        self.closers.pop(order.order_id, None)
        self.shift(order, -order.open_lots)

    def shift(self, order: Order, lots: int) -> None:
        """Counts lots of an order at its price: negative when they are filled."""
        if lots and not order.closes and order.kind != MARKET:
            self.side(order.side).add(order.price_ticks, lots)

    def closers_of(self, side: int) -> list[Order]:
        """The orders of a side that can only reduce, the oldest first."""
        return [order for order in self.closers.values() if order.side == side]


def opening_notional_e16(orders: OrderTotals, side: int, unit_e16: int, least: tuple[int, int]) -> int:
    """A side's notional where no price counts for less than `least`: (ticks rounded up, lots x that price in e16)."""
    ladder = orders.side(side)
    ticks, each_e16 = least
    if side == BUY or not ladder.lots:
        return ladder.value * unit_e16
    low_lots, low_value = ladder.below(ticks)
    return (ladder.value - low_value) * unit_e16 + low_lots * each_e16


def open_loss_e16(orders: OrderTotals, side: int, unit_e16: int, lot_mark_e16: int) -> int:
    """What a side would have lost at once if it traded now: one lot at mark is worth `lot_mark_e16`."""
    ladder = orders.side(side)
    if not ladder.lots:
        return 0
    if side == SELL:
        lots, value = ladder.below(-(-lot_mark_e16 // unit_e16), which=1)
        return lots * lot_mark_e16 - value * unit_e16
    lots, value = ladder.below(lot_mark_e16 // unit_e16 + 1)
    return (ladder.value - value) * unit_e16 - (ladder.lots - lots) * lot_mark_e16
