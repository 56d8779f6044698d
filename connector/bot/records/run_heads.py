"""What ran when: the first marks of the runs of a home, looked up by instance and time."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from connector.bot.records.marks import Row


class RunHeads:
    """Of every instance, in the order in which its runs were written down."""

    def __init__(self, heads: Iterable[tuple[str, Row]]) -> None:
        self._heads: dict[str, list[Row]] = {}
        for instance, head in heads:
            self._heads.setdefault(instance, []).append(head)
        #: By instance its runs' times in ascending order, and to each which run of those until then was written last:
        #: times step back where a recording is rehearsed again, or an exchange has a new life.
        self._at: dict[str, tuple[list[int], list[int]]] = {}
        for instance, runs in self._heads.items():
            order = sorted(range(len(runs)), key=lambda number: runs[number]["time_ms"])
            self._at[instance] = [runs[number]["time_ms"] for number in order], list(accumulate(order, max))

    def strategies(self, instance: str, trading_pair: str | None, at_ms: int) -> list[Row]:
        """Those that an instance traded a pair by at that time, each with its `name` and its `strategy`; marks of an
        earlier version know of one, whatever its pairs."""
        times, latest = self._at.get(instance, ([], []))
        before = bisect_right(times, at_ms)
        if not before:
            return []
        run = self._heads[instance][latest[before - 1]]
        alone = [{"name": str(run["strategy"]), "strategy": str(run["strategy"])}]
        several: list[Row] = run.get("strategies", alone)
        return several if len(several) == 1 else [one for one in several if trading_pair in one["pairs"]]
