"""One symbol's book: price-time priority over whole ticks and lots.

Both sides are kept alike: a level's key is side x ticks, so the best level of either side is the greatest key.
A level is an insertion-ordered dict of its orders, which makes time priority and removal both cheap.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator

from connector.simulator.market.orders import BUY, SELL, Order

Level = tuple[int, int]


class Book:
    """Resting orders. Every change of a level takes a new update id from `next_id`."""

    def __init__(self, next_id: Callable[[], int]) -> None:
        self._next_id = next_id
        self._keys: dict[int, list[int]] = {BUY: [], SELL: []}
        self._orders: dict[int, dict[int, Order]] = {}
        self._lots: dict[int, int] = {}
        self.update_id = next_id()
        self._changed: dict[int, None] = {}
        self._first_id = 0

    def best(self, side: int) -> int | None:
        """The best price of a side in ticks."""
        keys = self._keys[side]
        return side * keys[-1] if keys else None

    def top(self, side: int) -> Level | None:
        """The best level of a side as (ticks, lots)."""
        keys = self._keys[side]
        return (side * keys[-1], self._lots[keys[-1]]) if keys else None

    def first(self, side: int) -> Order | None:
        """The order of a side that trades next."""
        keys = self._keys[side]
        return next(iter(self._orders[keys[-1]].values())) if keys else None

    def lots_at(self, side: int, ticks: int) -> int:
        return self._lots.get(side * ticks, 0)

    def levels(self, side: int, most: int) -> list[Level]:
        """Up to `most` levels as (ticks, lots), the best first."""
        keys = self._keys[side]
        return [(side * key, self._lots[key]) for key in reversed(keys[-most:])]

    def orders_from_best(self, side: int) -> Iterator[Order]:
        """Every resting order of a side in the order in which they would trade."""
        for key in reversed(self._keys[side]):
            yield from self._orders[key].values()

    def add(self, order: Order) -> None:
        """Rests an order behind all others at its price."""
        key = order.side * order.price_ticks
        level = self._orders.get(key)
        if level is None:
            level = self._orders[key] = {}
            self._lots[key] = 0
            insort(self._keys[order.side], key)
        level[order.order_id] = order
        self._shift(key, order.open_lots)

    def take(self, order: Order, lots: int) -> None:
        """Takes traded lots off a resting order's level. Call before the order counts them as filled."""
        key = order.side * order.price_ticks
        self._shift(key, -lots)
        if lots == order.open_lots:
            self._drop(key, order)

    def remove(self, order: Order) -> None:
        """Takes what is open of an order out of the book."""
        key = order.side * order.price_ticks
        self._shift(key, -order.open_lots)
        self._drop(key, order)

    def renumber(self) -> None:
        """Takes an update id though nothing changed: numbers began anew."""
        self.update_id = self._first_id = self._next_id()

    def changes(self) -> tuple[int, list[Level]]:
        """The first update id since the last call, and (side x ticks, lots now) of each level changed since."""
        changed = [(key, self._lots.get(key, 0)) for key in self._changed]
        first = self._first_id
        self._changed.clear()
        return first, changed

    def _shift(self, key: int, lots: int) -> None:
        self.update_id = self._next_id()
        if not self._changed:
            self._first_id = self.update_id
        self._changed[key] = None
        self._lots[key] += lots

    def _drop(self, key: int, order: Order) -> None:
        level = self._orders[key]
        del level[order.order_id]
        if not level:
            del self._orders[key], self._lots[key]
            keys = self._keys[order.side]
            keys.pop(bisect_left(keys, key))
