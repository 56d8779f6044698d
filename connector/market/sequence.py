"""The sequence law of a futures depth stream, as a gate that every event has to pass.

    AWAITING ──snapshot──▶ FIRST ──apply──▶ FOLLOWING ──┐ apply, skip
       ▲  └─ buffer          │ └─ skip          │  ▲────┘
       └──────resync─────────┴──────resync──────┘

1. Events are buffered until there is a snapshot.
2. `u < lastUpdateId` is older than the snapshot: skipped.
3. The first event applied holds the snapshot, `U <= lastUpdateId <= u`, or follows it at once, `pu == lastUpdateId`.
4. Every later one follows its predecessor, `pu == previous u`; otherwise the book has a gap. `U` need not be the
   previous `u` + 1 on futures. An event that ends at or before the last one applied says nothing new: skipped.

Source: "How to manage a local order book correctly" (futures), as of 2026-11.
"""

from enum import Enum, auto
from typing import Literal

Verdict = Literal["skip", "apply", "resync", "buffer"]


class _Stage(Enum):
    AWAITING = auto()
    FIRST = auto()
    FOLLOWING = auto()


class SequenceGate:
    """Judges events by their ids. `last_id` is the update id up to which the book is known."""

    __slots__ = ("_stage", "last_id")

    def __init__(self) -> None:
        self._stage, self.last_id = _Stage.AWAITING, 0

    def start(self, last_update_id: int) -> None:
        """A snapshot was taken as the book."""
        self._stage, self.last_id = _Stage.FIRST, last_update_id

    def lose(self) -> None:
        """The book is lost: what comes is buffered until the next snapshot."""
        self._stage = _Stage.AWAITING

    def admit(self, first_id: int, last_id: int, previous_id: int) -> Verdict:
        """The verdict on an event by its `U`, `u` and `pu`; the gate moves with it."""
        if self._stage is _Stage.FOLLOWING:
            if previous_id == self.last_id and last_id > previous_id:
                self.last_id = last_id
                return "apply"
            return "skip" if last_id <= self.last_id else self._gap()
        if self._stage is _Stage.AWAITING:
            return "buffer"
        if last_id < self.last_id:
            return "skip"
        if not holds(self.last_id, first_id, last_id, previous_id):
            return self._gap()
        self._stage, self.last_id = _Stage.FOLLOWING, last_id
        return "apply"

    def _gap(self) -> Verdict:
        self.lose()
        return "resync"


def holds(snapshot_id: int, first_id: int, last_id: int, previous_id: int) -> bool:
    """Whether an event may be the first after a snapshot."""
    return first_id <= snapshot_id <= last_id or previous_id == snapshot_id
