"""One window of one limit: what is used of it, by the venue's count and by what that count cannot know yet.

    used = told      what the venue's newest answer said
         + untold    ours that were answered without a count since: timeouts, refusals
         + pending   ours that are not answered yet

With other processes of the machine (`shared_counts`), "told" is the newest answer that any of them had, and what is
untold and pending at the others counts too.

A count is believed both ways when its request was sent after the count before it had come; of answers that overtook
each other the higher one counts. A window of the venue's clock begins empty.
"""

import math
from decimal import Decimal
from typing import NamedTuple

from connector.net.limits.shared_counts import COLUMNS, MASK, NOBODY, SHIFT, SharedCounts
from connector.venue.endpoints import Priority
from connector.venue.limits import FUNDING_REQUESTS, ORDERS, REQUEST_WEIGHT, RateLimit

#: What a request has to wait for that waits for the answer to another: it is asked again then, or after this.
UNTIL_ANSWERED_MS = 50
#: While nobody knows how much others have used, so many of ours may be in flight at once.
MOST_IN_FLIGHT_UNSURE = 10
#: A count that is older tells little: other programs share the address and the account.
COUNT_STALE_AFTER_MS = 1_000
#: What others use is looked at so often, in ms and in requests of ours: what they send meanwhile is less than what is
#: kept for more urgent requests.
OTHERS_FRESH_MS, OTHERS_FRESH_FOR = 5, 8
#: The share of a window that requests of a priority leave to more urgent ones, by kind of limit.
_KEPT_OF_WEIGHT = {
    Priority.RISK: Decimal(0),
    Priority.LOOK_UP: Decimal("0.1"),
    Priority.NORMAL: Decimal("0.2"),
    Priority.BULK: Decimal("0.4"),
    Priority.BOOKKEEPING: Decimal("0.5"),
}
_KEPT_OF_ORDERS = dict.fromkeys(Priority, Decimal("0.1")) | {Priority.RISK: Decimal(0)}
_KEPT = {REQUEST_WEIGHT: _KEPT_OF_WEIGHT, ORDERS: _KEPT_OF_ORDERS}
_NOTHING_KEPT = dict.fromkeys(Priority, Decimal(0))
_UNBOUND = 10**9
#: The venue bans whoever goes on above a limit: a count of so many times it is none.
_MOST_OVER = 5
#: Shares of a limit at which it is told that it fills up.
THRESHOLDS = (Decimal("0.8"), Decimal("0.95"))


class Cost(NamedTuple):
    """What one request takes: weight of the address, orders of the account by window, requests of the funding pool."""

    weight: int = 0
    orders_10s: int = 0
    orders_1m: int = 0
    funding: int = 0


def _slot(limit: RateLimit) -> int:
    """Which field of a cost a limit counts."""
    if limit.kind == REQUEST_WEIGHT:
        return 0
    if limit.kind == FUNDING_REQUESTS:
        return 3
    return 1 if limit.window_ms < 60_000 else 2


class LimitWindow:
    """One counter that starts anew in each window of the venue's clock. All times in ms."""

    __slots__ = (
        "_cell", "_column", "_most", "_next_at", "_others", "_others_ms", "_own_most", "_shared", "_thresholds",
        "_told", "_told_ms", "_told_number", "_unseen", "_untold", "_untold_number", "in_flight", "index", "limit",
        "most_told", "next_threshold", "own", "pending", "slot", "window_ms",
    )  # fmt: skip

    def __init__(self, limit: RateLimit, share: Decimal = Decimal(1), shared: SharedCounts | None = None) -> None:
        """`share`: how much of the limit this process may use by itself; `shared`: what others of the machine use."""
        self._column = COLUMNS.get((limit.kind, limit.window_ms))
        self._shared = shared if self._column is not None else None
        self._cell = None if shared is None or self._column is None else shared.cell(self._column)
        self._others, self._others_ms = NOBODY, 0
        #: How many left since the others were looked at.
        self._unseen = 0
        kept = _KEPT.get(limit.kind, _NOTHING_KEPT)
        self.limit, self.window_ms = limit, limit.window_ms
        self.slot = _slot(limit)
        #: What the venue may say of it; more makes no sense.
        self.most_told = min(_MOST_OVER * limit.limit, MASK)
        self._most = {priority: limit.limit - int(limit.limit * kept[priority]) for priority in Priority}
        # Who may use all of it is bound by the venue's count alone, which knows better what was counted.
        bound = _UNBOUND if share >= 1 else share
        self._own_most = {priority: max(1, int(most * bound)) for priority, most in self._most.items()}
        self._thresholds = tuple(int(limit.limit * part) for part in THRESHOLDS)
        self.index = -1
        #: What is ours of it.
        self.own = 0
        self.pending = 0
        #: Requests that take of it and are not answered yet, of earlier windows too.
        self.in_flight = 0
        self._told = self._untold = 0
        self._told_number = self._untold_number = 0
        self._told_ms: int | None = None
        self.next_threshold = 0
        #: Use that crosses the next threshold; infinite after the last.
        self._next_at: float = self._thresholds[0]

    @property
    def used(self) -> int:
        return self._told + self._untold + self.pending

    def most(self, priority: Priority) -> int:
        """How much of an empty window requests of a priority may take."""
        return min(self._most[priority], self._own_most[priority])

    def carry_on(self, other: "LimitWindow") -> None:
        """Goes on with what another one had counted, whose limit was another."""
        self.index, self.own, self.pending, self.in_flight = other.index, other.own, other.pending, other.in_flight
        self._told, self._told_ms, self._told_number = other._told, other._told_ms, other._told_number
        self._untold, self._untold_number = other._untold, other._untold_number

    def _look_at_others(self, steady_ms: int) -> None:
        if self._shared is not None and self._column is not None:
            self._others_ms, self._unseen = steady_ms, 0
            self._others = self._shared.others(self._column, self.index, steady_ms)

    def count_alone(self) -> None:
        """The counts of other processes are there no more."""
        self._shared, self._cell = None, None

    def roll(self, now_ms: int) -> None:
        """Takes note of the venue's time."""
        index = now_ms // self.window_ms
        if index != self.index:
            while self.next_threshold and self.used < self._thresholds[self.next_threshold - 1]:
                self._aim(self.next_threshold - 1)
            self.index = index
            self.own = self.pending = self._told = self._untold = 0
            self._others, self._others_ms = NOBODY, 0

    def wait_ms(self, amount: int, priority: Priority, now_ms: int, steady_ms: int, *, gently: bool) -> int:
        """How long a request that takes so much has to wait. More than a whole slice waits for an empty one."""
        if now_ms // self.window_ms != self.index:
            self.roll(now_ms)
        most, own_most = self._most[priority], self._own_most[priority]
        used, told_ms = self._told + self._untold + self.pending, self._told_ms
        if self._shared is not None:
            if self._unseen >= OTHERS_FRESH_FOR or steady_ms - self._others_ms >= OTHERS_FRESH_MS:
                self._look_at_others(steady_ms)
            others = self._others
            if others.told_ms > (told_ms or 0):
                # What was told to another is newer, and knows what of ours was answered before it.
                used, told_ms = max(used, others.told + self._untold + self.pending), others.told_ms
            used += others.open
        if used + (amount if amount < most else most) > most or (
            self.own + (amount if amount < own_most else own_most) > own_most
        ):
            return (self.index + 1) * self.window_ms - now_ms
        if self.in_flight >= MOST_IN_FLIGHT_UNSURE and (gently or _is_stale(told_ms, steady_ms)):
            return UNTIL_ANSWERED_MS
        return 0

    def room(self, priority: Priority, now_ms: int, steady_ms: int) -> int:
        """How many requests that take 1 each may leave now, of others' use as much known as `wait_ms` knows."""
        if self.wait_ms(1, priority, now_ms, steady_ms, gently=False):
            return 0
        used = self.used
        if self._shared is not None:
            used = max(used, self._others.told + self._untold + self.pending) + self._others.open
        return min(self._most[priority] - used, self._own_most[priority] - self.own)

    def spend(self, amount: int, now_ms: int) -> bool:
        """Books what a request takes, which leaves now. Whether a threshold is crossed by it."""
        if now_ms // self.window_ms != self.index:
            self.roll(now_ms)
        self.pending += amount
        self.own += amount
        self.in_flight += 1
        under_way = self._untold + self.pending
        if self._cell is not None:
            self._unseen += 1
            self._cell.publish_open(self.index, under_way)
        return self._told + under_way >= self._next_at and self._crosses()

    def settle(
        self, amount: int, number: int, sent_ms: int, count: int | None, next_number: int, steady_ms: int
    ) -> bool:
        """The request `number`, sent at that time of the venue, is over, and took `amount` of it: takes the venue's
        word, its count, or None where it said none.

        `next_number` is what the next request will have. Whether a threshold is crossed by it.
        """
        if amount:
            self.in_flight -= 1
        if sent_ms // self.window_ms != self.index:
            return False
        if amount:
            self.pending = self.pending - amount if self.pending > amount else 0
        if count is None or count > self.most_told:
            count = None
            self._untold += amount
            self._untold_number = next_number
        else:
            if number >= self._told_number or count > self._told:
                self._told = count
            self._told_number, self._told_ms = next_number, steady_ms
            if number >= self._untold_number:
                self._untold = 0
        told, under_way, cell = self._told, self._untold + self.pending, self._cell
        if cell is not None:
            # `cell.publish`, written out: to call it is a tenth of what an answer costs.
            words, at, window = cell.words, cell.at, self.index << SHIFT
            words[at], words[at + 1] = window | told, self._told_ms or 0
            words[at + 2] = window | (under_way if under_way < MASK else MASK)
        return count is not None and told + under_way >= self._next_at and self._crosses()

    def give_back(self, amount: int, sent_ms: int) -> None:
        """The request was not counted: it never left, or the venue says so."""
        self.in_flight -= 1
        if sent_ms // self.window_ms == self.index:
            self.pending = max(0, self.pending - amount)
            self.own = max(0, self.own - amount)
            if self._cell is not None:
                self._cell.publish(self.index, self._told, self._told_ms or 0, self._untold + self.pending)

    def _crosses(self) -> bool:
        """Whether use has reached a threshold that was not told since it was last below it."""
        before = self.next_threshold
        while self.used >= self._next_at:
            self._aim(self.next_threshold + 1)
        return self.next_threshold > before

    def _aim(self, threshold: int) -> None:
        self.next_threshold = threshold
        self._next_at = self._thresholds[threshold] if threshold < len(self._thresholds) else math.inf


def _is_stale(told_ms: int | None, steady_ms: int) -> bool:
    return told_ms is None or steady_ms - told_ms > COUNT_STALE_AFTER_MS
