"""The slots of a symbol's makers: how far behind the best price each one's next order stands, and how much it is.

A slot's amounts have a memory, so that depth does not flicker.
"""

import math
from random import Random

from connector.simulator.background import flow_model as flow

#: Slots of a side. Each near one has a share of the ticks behind the best price.
TOP, INNER, OUTER, OUTER_TOO = range(4)
NEAR = (TOP, INNER, OUTER, OUTER_TOO)
FAR_RUNGS = 30
FAR = range(len(NEAR), len(NEAR) + FAR_RUNGS)
INNER_TICKS, INNER_WEIGHTS = (1, 2, 3, 4), (4.0, 2.5, 1.7, 1.5)
OUTER_TICKS = range(5, 20)
#: Distance of the first and last far rung as a share of the price, and BTC for each share of the price between two.
FAR_FIRST, FAR_LAST, FAR_DENSITY = 4e-5, 3e-3, 6e4
#: A far rung that the price came this much nearer to, or left this much farther behind, is moved.
FAR_NEAREST_TICKS, FAR_TOO_FAR = 20, 3.0
#: What a slot's next amount keeps of its last one's rank, so that depth has a memory of about half a second.
MEMORY = 0.5


class Slots:
    """Draws places and amounts (BTC at the model's scale); a far rung stands for as many as `thin` says."""

    def __init__(self, random: Random, thin: int = 1) -> None:
        self._random, self._thin = random, thin
        self._ranks: dict[tuple[int, int], float] = {}

    def placed(self, side: int, slot: int, price_ticks: float) -> tuple[int, float]:
        """How many ticks behind the best price a slot's next order stands, and its amount at the model's scale."""
        if slot == TOP:
            return 0, flow.TOP_AMOUNT.at(self._rank(side, slot))
        if slot == INNER:
            (behind,) = self._random.choices(INNER_TICKS, INNER_WEIGHTS)
            return behind, flow.INNER_AMOUNT.at(self._rank(side, slot))
        if slot in NEAR:
            return self._random.choice(OUTER_TICKS), self._outer_amount(side, slot)
        wobble = 0.9 + 0.2 * self._random.random()
        width = _far_share(slot - FAR.start + self._thin) - _far_share(slot - FAR.start)
        amount = FAR_DENSITY * width * (0.3 + 1.4 * self._random.random())
        return max(FAR_NEAREST_TICKS, int(far_ticks(slot, price_ticks) * wobble)), amount

    def _outer_amount(self, side: int, slot: int) -> float:
        """Both orders out there share one amount, which the first of them draws."""
        share = 0.7 if slot == OUTER else 0.3
        rank = self._rank(side, OUTER) if slot == OUTER else _normal_share(self._ranks.get((side, OUTER), 0.0))
        return share * flow.OUTER_AMOUNT.at(rank)

    def _rank(self, side: int, slot: int) -> float:
        """The share of all amounts that the slot's next one does not exceed, near its last one's."""
        before = self._ranks.get((side, slot))
        fresh = self._random.gauss(0, 1)
        rank = fresh if before is None else MEMORY * before + (1 - MEMORY**2) ** 0.5 * fresh
        self._ranks[side, slot] = rank
        return _normal_share(rank)


def far_ticks(slot: int, price_ticks: float) -> int:
    """How far behind the best price a far slot's orders stand, about."""
    nth = slot - FAR.start
    return max(FAR_NEAREST_TICKS + nth, int(_far_share(nth) * price_ticks))


def _far_share(nth: float) -> float:
    """Distance of a far rung, as a share of the price: evenly spread in the logarithm."""
    return FAR_FIRST * math.pow(FAR_LAST / FAR_FIRST, nth / FAR_RUNGS)


def _normal_share(rank: float) -> float:
    return (1 + math.erf(rank / math.sqrt(2))) / 2
