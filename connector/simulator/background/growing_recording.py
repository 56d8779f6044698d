"""A recording that is still being written: its lines come through a pipe, and are the market as they come.

What comes waits for `HELD_MS`, so that trades and changes of the book that overtook each other on their way are played
in the order in which they happened. That whoever records has lost sight of the market is told at once, and so is a line
that can't be read: nobody trades at prices that nobody knows.
"""

import heapq
import math
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from queue import Empty, Queue

from connector.core.faults import failure_text
from connector.simulator.background.recorded_traffic import FLAWS, BookChange, Fact, FundingBounds, Outage, facts_of

HELD_MS = 250
#: Facts that are read ahead of the market; beyond, the writer waits.
MOST_READ = 50_000
#: Facts that are taken in at one look.
_AT_ONCE = 5_000
_BYTES_A_READ = 1 << 16
#: How much of a flaw is told.
_MOST_TOLD = 200


class GrowingRecording:
    """What is written to the pipe whose end is `number`, read by a thread of its own until the pipe is closed."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._arrived: Queue[Fact | None] = Queue(MOST_READ)
        self._order = count()
        self._waiting: list[tuple[int, bool, int, Fact]] = []
        #: When each that waits is due, and its time at the venue.
        self._due: deque[tuple[int, int]] = deque()
        self._ready: deque[Fact] = deque()
        self._has_ended = False
        threading.Thread(target=self._read, name="recording", daemon=True).start()

    @property
    def is_over(self) -> bool:
        return self._has_ended and not self._waiting and not self._ready

    def next_ms(self) -> float:
        """Infinity where nothing waits: what comes meanwhile is found at the next look."""
        return self._due[0][0] if self._due else math.inf

    def due(self, steady_ms: int) -> Iterator[Fact]:
        self._take_in(steady_ms)
        until_ms = -1
        while self._due and self._due[0][0] <= steady_ms:
            until_ms = max(until_ms, self._due.popleft()[1])
        self._let_out(until_ms)
        while self._ready:
            yield self._ready.popleft()

    def _take_in(self, steady_ms: int) -> None:
        for _ in range(_AT_ONCE):
            try:
                fact = self._arrived.get_nowait()
            except Empty:
                return
            if fact is None or isinstance(fact, Outage):
                self._due.clear()
                self._let_out(math.inf)
                self._has_ended = fact is None
            if isinstance(fact, Outage | FundingBounds):
                self._ready.append(fact)
            elif fact is not None:
                heapq.heappush(self._waiting, (fact.at_ms, isinstance(fact, BookChange), next(self._order), fact))
                self._due.append((steady_ms + HELD_MS, fact.at_ms))

    def _let_out(self, until_ms: float) -> None:
        while self._waiting and self._waiting[0][0] <= until_ms:
            self._ready.append(heapq.heappop(self._waiting)[-1])

    def _read(self) -> None:
        """The number is read as it is: no file object of a daemon thread may hold a lock when the program ends."""
        rest = b""
        with suppress(OSError):
            while piece := os.read(self._number, _BYTES_A_READ):
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    self._put(line)
        self._arrived.put(None)

    def _put(self, line: bytes) -> None:
        try:
            facts = tuple(facts_of(line))
        except FLAWS as flaw:
            facts = (Outage(0, "", f"a line can't be read ({failure_text(flaw)})"[:_MOST_TOLD]),)
        for fact in facts:
            self._arrived.put(fact)
