"""The orders of makers far behind the best price, as many as the venue shows: each stays at its price.

Only what the best price comes near to is withdrawn, and what it leaves behind is filled up, so much a step and while
the price is calm: in a fall the book is thin. Both sides are kept alike: an order's key is side x ticks, so the one
that would trade first has the greatest.
"""

from bisect import bisect_left, insort
from dataclasses import dataclass
from random import Random

from connector.simulator.background import flow_model as flow
from connector.simulator.market.orders import BUY, SELL

#: How far behind the best price they begin, and how much farther they may before it is filled up.
NEAREST_TICKS, GAP_TICKS = 20, 30
#: Orders that one step may add to a side, or take off its far end.
MOST_A_STEP = 50
#: Nothing is posted in a step in which the best price moved by more, and all anew where it is farther away.
CALM_TICKS, LOST_TICKS = 40, 2_000
#: So many times what was asked for may stand before the farthest go.
SLACK = 1.15


@dataclass(slots=True)
class Rung:
    """A maker's order as the model believes it to stand."""

    owner: int
    name: str
    ticks: int
    lots: int


class DeepLadder:
    """Knows what stands and says where orders are missing; `levels` on each side, none where that is 0."""

    def __init__(self, random: Random, levels: int) -> None:
        self._random, self._levels = random, levels
        self._keys: dict[int, list[int]] = {BUY: [], SELL: []}
        self._rungs: dict[int, Rung] = {}
        #: The greatest and the least key that were looked after.
        self._near: dict[int, int] = {}
        self._far: dict[int, int] = {}
        self._best: dict[int, int] = {}

    def first(self, side: int) -> Rung | None:
        """The order of a side that would trade first."""
        keys = self._keys[side]
        return self._rungs[keys[-1]] if keys else None

    def drop_first(self, side: int) -> Rung:
        """Forgets it."""
        return self._rungs.pop(self._keys[side].pop())

    def add(self, side: int, rung: Rung) -> None:
        insort(self._keys[side], side * rung.ticks)
        self._rungs[side * rung.ticks] = rung

    def drop(self, side: int, ticks: int) -> Rung:
        """Forgets the order at a price, for another one there."""
        key = side * ticks
        self._keys[side].remove(key)
        return self._rungs.pop(key)

    def any_ticks(self, side: int) -> int | None:
        """The price of one of them, the nearer the likelier."""
        keys = self._keys[side]
        return side * keys[-1 - int(len(keys) * self._random.random() ** 2)] if keys else None

    def withdraw(self, side: int, best: int) -> list[Rung]:
        """Forgets those that the best price (ticks) came too near to, and returns them."""
        keys, nearest = self._keys[side], side * best - NEAREST_TICKS
        gone = []
        while keys and keys[-1] > nearest:
            gone.append(self._rungs.pop(keys.pop()))
        self._near[side] = min(self._near.get(side, nearest), nearest)
        self._far[side] = min(self._far.get(side, nearest + 1), nearest + 1)
        return gone

    def trim(self, side: int) -> list[Rung]:
        """Forgets the farthest of too many, and what is beyond all that is looked after, some a step."""
        keys = self._keys[side]
        lost = bisect_left(keys, self._far.get(side, 0)) if keys else 0
        most = min(MOST_A_STEP, max(lost, len(keys) - int(self._levels * SLACK)))
        gone = [self._rungs.pop(key) for key in keys[: max(0, most)]]
        del keys[: len(gone)]
        if keys:
            self._far[side] = max(self._far[side], keys[0])
        return gone

    def missing(self, side: int, best: int) -> list[int]:
        """Prices (ticks) at which orders are to be posted in this step: what is nearest first."""
        before, self._best[side] = self._best.get(side, best), best
        if not self._levels or abs(best - before) > CALM_TICKS:
            return []
        keys, nearest = self._keys[side], side * best - NEAREST_TICKS
        near, far = self._near.get(side, nearest), self._far.get(side, nearest + 1)
        if nearest - near > LOST_TICKS:
            near, far = nearest, nearest + 1
        found: list[int] = []
        if nearest - near < GAP_TICKS:
            nearest = near
        while near < nearest and len(found) < MOST_A_STEP:
            near += 1
            self._look_after(near, found)
        kept = len(keys) - bisect_left(keys, far)
        while kept + len(found) < self._levels and len(found) < MOST_A_STEP and self._is_price(far):
            far -= 1
            self._look_after(far, found)
        self._near[side], self._far[side] = near, far
        return [side * key for key in found]

    def _look_after(self, key: int, found: list[int]) -> None:
        if key not in self._rungs and self._random.random() < flow.DEEP_SHARE:
            found.append(key)

    @staticmethod
    def _is_price(key: int) -> bool:
        """Whether a bid can go lower still; an ask can always go higher."""
        return key < 0 or key > 1

    def amount(self) -> float:
        """BTC of the next one, at the model's scale."""
        return flow.DEEP_AMOUNT.at(self._random.random())
