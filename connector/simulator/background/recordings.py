"""A recording as what is due of it, moment by moment: one that lies written is played at the pace at which it came."""

import math
from collections.abc import Iterator
from typing import Protocol

from connector.simulator.background.recorded_traffic import Fact


class Recording(Protocol):
    """Facts, each due at a moment of the exchange's steady clock."""

    @property
    def is_over(self) -> bool:
        """Whether no more will ever be due."""
        ...

    def next_ms(self) -> float:
        """When the next one is due; infinity where none is known of."""
        ...

    def due(self, steady_ms: int) -> Iterator[Fact]:
        """Those that are due, oldest first."""
        ...


class WrittenRecording:
    """`facts` from `start_ms` on, `pace` times as fast as they came."""

    def __init__(self, facts: Iterator[Fact], start_ms: int, pace: float = 1.0) -> None:
        self._facts, self._start_ms, self._pace = facts, start_ms, pace
        self._ahead = next(facts, None)
        self._first_ms = self._ahead.at_ms if self._ahead else 0

    @property
    def is_over(self) -> bool:
        return self._ahead is None

    def next_ms(self) -> float:
        if self._ahead is None:
            return math.inf
        return self._start_ms + (self._ahead.at_ms - self._first_ms) / self._pace

    def due(self, steady_ms: int) -> Iterator[Fact]:
        while self._ahead is not None and self.next_ms() <= steady_ms:
            fact, self._ahead = self._ahead, next(self._facts, None)
            yield fact
