"""`scripts/bench pauses`: how long the loop keeps others waiting while 200 orders work, and the collector's part in it.

The bot trades as a user starts it, at a terminal, 99 levels a side and the exits, renewed every twenty seconds, on a
local exchange on another core. Beside it a process on the bot's own core only looks at the clock: where that was
woken late the machine stood still. 1 where a pause or a stall that is not the machine's is longer than it may be.
"""

import json
import tempfile
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.pauses.trading import Run, traded
from tests.bench.pauses.watched_loop import Stall

#: No pause and no stall may be longer.
MOST_MS = 5.0
MINUTES = 1.0
#: 198 quotes and room for the exits: the exchange takes 200 open orders of a symbol.
LADDER = {
    "order_levels": "99", "order_level_amount": "0", "order_level_spread": "0.001", "order_refresh_time": "20",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """The longest of a kind, and how many were over the bound."""

    name: str
    longest_ms: float
    over: int
    #: What ran longest in the longest one.
    who: str = ""
    is_bound: bool = False

    @property
    def is_missed(self) -> bool:
        return self.is_bound and self.longest_ms > MOST_MS

    def line(self) -> str:
        """For people."""
        meant = f"  at most {MOST_MS:g}{'  MISSED' if self.is_missed else ''}" if self.is_bound else ""
        return f"{self.name:32} {self.longest_ms:8.2f} ms  {self.over:5} over {MOST_MS:g}{meant}  {self.who}".rstrip()


def run(minutes: float, *, is_json: bool) -> int:
    """Prints each figure; 1 where one misses what it is meant to be."""
    with tempfile.TemporaryDirectory() as folder:
        told = traded(Path(folder), minutes * 60, LADDER)
    missed = False
    for row in rows(told):
        print(json.dumps({**asdict(row), "is_missed": row.is_missed}) if is_json else row.line(), flush=True)
        missed |= row.is_missed
    return int(missed)


def rows(told: Run) -> Iterator[Row]:
    """Of the time in which it quoted."""
    seen = told.seen
    within = [stall for stall in seen.stalls if seen.began_ns <= stall.began_ns <= seen.ended_ns]
    turns = [stall for stall in within if stall.kind == "turn"]
    collections = [(b, e) for b, e, _ in seen.collections if seen.began_ns <= b <= seen.ended_ns]
    yield _row("collector", [(e - b, "") for b, e in collections])
    yield _row("collector, less the machine's", [(e - b - _overlap(told, b, e), "") for b, e in collections], True)
    yield _row("turn of the loop", [(turn.ended_ns - turn.began_ns, turn.who) for turn in turns])
    yield _row("turn, less the machine's", [(_own_ns(told, turn), turn.who) for turn in turns], True)
    yield _row("turn, its own work alone", [(turn.cpu_ns, turn.who) for turn in turns])
    wakes = [(_own_ns(told, stall), "") for stall in within if stall.kind != "turn"]
    yield _row("late wake, less the machine's", wakes, True)
    yield _row("the machine", [(e - b, "") for b, e in told.machine if seen.began_ns <= b <= seen.ended_ns])


def _row(name: str, stalls: list[tuple[int, str]], is_bound: bool = False) -> Row:
    longest_ns, who = max(stalls, default=(0, ""))
    return Row(name, longest_ns / 1e6, sum(one > MOST_MS * 1e6 for one, _ in stalls), who, is_bound)


def _own_ns(told: Run, stall: Stall) -> int:
    """What is left of a stall without the machine's; never less than its own work."""
    spent_ns = stall.ended_ns - stall.began_ns
    return max(stall.cpu_ns, spent_ns - _overlap(told, stall.began_ns, stall.ended_ns))


def _overlap(told: Run, began_ns: int, ended_ns: int) -> int:
    """How long the machine stood still in that time; its stalls are in order, and none meets another."""
    first = bisect_left(told.machine, began_ns, key=lambda stall: stall[1])
    total = 0
    for began, ended in told.machine[first:]:
        if began >= ended_ns:
            break
        total += min(ended_ns, ended) - max(began_ns, began)
    return total
