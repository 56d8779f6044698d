"""What happened to an account, kept for look-up: by id, by time, or the latest, in O(log n + page)."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from itertools import islice
from typing import Generic, TypeVar

Row = TypeVar("Row")
#: When a row happened, in ms, and its id.
At = tuple[int, int]


class History(Generic[Row]):
    """Rows in the order in which they happened, ids rising unless they fell once. At least the latest `most` are kept,
    at most twice that.

    The clock may step back, so rows are filed under the highest time seen so far; `_slip_ms` is by how much a row
    was ever earlier than that.
    """

    def __init__(self, at: Callable[[Row], At], most: int) -> None:
        self.at, self._most = at, most
        self._rows: list[Row] = []
        self._filed_ms: list[int] = []
        self._slip_ms = 0

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __getitem__(self, index: int) -> Row:
        return self._rows[index]

    def append(self, row: Row) -> None:
        time_ms, _ = self.at(row)
        filed_ms = max(time_ms, self._filed_ms[-1]) if self._filed_ms else time_ms
        self._slip_ms = max(self._slip_ms, filed_ms - time_ms)
        self._rows.append(row)
        self._filed_ms.append(filed_ms)
        if len(self._rows) > 2 * self._most:
            del self._rows[: -self._most], self._filed_ms[: -self._most]

    def found(self, from_id: int | None, start_ms: int | None, end_ms: int | None, *, latest: bool) -> Iterator[Row]:
        """The rows from an id on and within a window, ends included; the newest first with `latest`."""
        low = 0 if start_ms is None else bisect_left(self._filed_ms, start_ms)
        if from_id is not None:
            low = max(low, self._first_from(from_id))
        high = len(self._rows)
        if end_ms is not None:
            high = bisect_right(self._filed_ms, end_ms + self._slip_ms)
        for index in reversed(range(low, high)) if latest else range(low, high):
            time_ms, _ = self.at(self._rows[index])
            if from_id is not None and self._id(self._rows[index]) < from_id:
                continue
            if (start_ms is None or start_ms <= time_ms) and (end_ms is None or time_ms <= end_ms):
                yield self._rows[index]

    def _first_from(self, from_id: int) -> int:
        """Where rows from an id on may begin; anywhere where ids fell once."""
        rows = self._rows
        if rows and self._id(rows[0]) > self._id(rows[-1]):
            return 0
        return bisect_left(rows, from_id, key=self._id)

    def _id(self, row: Row) -> int:
        return self.at(row)[1]


def page(
    histories: Iterable[History[Row] | None],
    limit: int,
    *,
    from_id: int | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    wanted: Callable[[Row], bool] | None = None,
) -> list[Row]:
    """`limit` rows of several histories, the oldest first: those from an id or a start on, else the latest.

    None stands for a history that nothing was written into yet. Rows that are not `wanted` are passed over.
    """
    asked = [history for history in histories if history is not None]
    if not asked:
        return []
    latest = from_id is None and start_ms is None
    streams = [history.found(from_id, start_ms, end_ms, latest=latest) for history in asked]
    rows = list(islice(filter(wanted or _any, merge(*streams, key=asked[0].at, reverse=latest)), limit))
    return rows[::-1] if latest else rows


def _any(row: object) -> bool:
    return True
