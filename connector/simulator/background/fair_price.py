"""What a contract is worth in the background market, and where the index of its underlying stands.

value    jumps, times the factor of a price script; of a contract that follows another, that one's value times
         what its own quote asset is worth, which stays near 1
index    the value less a premium that wanders slowly about what eight hours of interest are, so that funding stays
         near them and a market maker does not live on it
"""

from random import Random

from connector.simulator.background import flow_model as flow
from connector.simulator.fixed_point import E8


class FairPrice:
    """Moved by `jump` and `follow`, and by `wander` once a step."""

    def __init__(self, random: Random, start: float) -> None:
        self._random = random
        self.value = start
        self._factor = 1.0
        self._premium = random.gauss(flow.PREMIUM, flow.PREMIUM_SPREAD)
        self._rate = random.gauss(1.0, flow.RATE_SPREAD)

    @property
    def factor(self) -> float:
        """By how much a price script has moved it."""
        return self._factor

    def index_e8(self) -> int:
        return int(self.value * (1 - self._premium) * E8)

    def wander(self) -> None:
        """The premium of one step: it forgets where it was within some minutes."""
        shock = self._random.gauss(0, flow.PREMIUM_SPREAD * (2 * flow.PULL) ** 0.5)
        self._premium += flow.PULL * (flow.PREMIUM - self._premium) + shock

    def scale(self, factor: float) -> bool:
        """Takes the factor of a price script; whether it is another than before."""
        is_other = factor != self._factor
        if is_other:
            self.value *= factor / self._factor
            self._factor = factor
        return is_other

    def jump(self, share: float) -> None:
        """Moves by a share of itself."""
        self.value *= 1 + share

    def follow(self, leader: float) -> None:
        """Goes where the price that it follows went; what its quote asset is worth wanders at each time."""
        shock = self._random.gauss(0, flow.RATE_SPREAD * (2 * flow.RATE_PULL) ** 0.5)
        self._rate += flow.RATE_PULL * (1.0 - self._rate) + shock
        self.value = leader * self._rate * self._factor
