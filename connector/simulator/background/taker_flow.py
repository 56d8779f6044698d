"""Takers of one contract: when they come, on which side, how many at one time, and which of them know more.

Some lean one way for a while, as the pieces of a large order do. Those who know where the price goes come in greater
numbers, and the price jumps their way as they are done: whoever they met has sold too low or bought too high.
"""

import math
from random import Random

from connector.simulator.background import flow_model as flow
from connector.simulator.market.orders import BUY


class TakerFlow:
    """`side` is that of the group of takers that comes together, or came last; `informed` the share that know more."""

    def __init__(self, random: Random, informed: float) -> None:
        self._random, self._informed = random, informed
        self.side = self.lean = BUY
        #: What the present group knows: the rank, 0 to 1, of the jump to come among all jumps; None: nothing.
        self.knows: float | None = None
        self._left = 0

    @property
    def is_last(self) -> bool:
        """Whether nobody else of this group comes."""
        return not self._left

    @property
    def is_surprise(self) -> bool:
        """Whether this group goes against the lean."""
        return self.side != self.lean

    def next_gap_ms(self) -> int:
        """How long after the last taker the next one comes: at once within a group, later with the next."""
        draw = self._random.random
        if self._left:
            self._left -= 1
            return 0
        if draw() < flow.LEAN_TURNS:
            self.lean = -self.lean
        if draw() >= flow.SAME_SIDE:
            self.side = self.lean if draw() < flow.WITH_LEAN else -self.lean
        self._gather(draw() if draw() < self._informed else None)
        return int(flow.TRADE_GAP_MS.at(flow.SAME_TIME + (1 - flow.SAME_TIME) * draw()))

    def come(self, side: int) -> None:
        """The next group comes now, on that side, and knows why."""
        self.side = side
        self._gather(self._random.random())

    def _gather(self, knows: float | None) -> None:
        """The more a group knows, the more it is worth its while."""
        self.knows = knows
        mean = flow.PLAIN_TRADES if knows is None else flow.INFORMED_TRADES * (0.5 + knows)
        self._left = int(math.log(1 - self._random.random()) / math.log(1 - 1 / mean))
