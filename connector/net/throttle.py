"""The venue's rate limits, kept before they are hit.

A planner without I/O: it says how long to wait and books what is spent. Windows are aligned to the venue's clock.
The venue's own counters, reported in its headers, correct ours upwards: other programs share the address and the
account. Of every window a part is kept from whatever is less urgent: a tenth for cancels and risk calls, and four
tenths from what comes in crowds, such as book snapshots. Every step is O(number of limits).
Source: "LIMITS", as of 2026-11.
"""

from dataclasses import dataclass
from decimal import Decimal

from connector.venue.endpoints import Priority
from connector.venue.limits import DEFAULT_RATE_LIMITS, REQUEST_WEIGHT, RateLimit

#: The share of a window that requests of a priority leave alone.
KEPT_FROM = {Priority.RISK: Decimal(0), Priority.NORMAL: Decimal("0.1"), Priority.BULK: Decimal("0.4")}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request takes: weight of the address, and orders of the account by window."""

    weight: int = 0
    orders_10s: int = 0
    orders_1m: int = 0


@dataclass(frozen=True, slots=True)
class Use:
    """How full one window is."""

    kind: str
    window_ms: int
    used: int
    limit: int


class _Window:
    """One counter that starts anew in each window of the venue's clock."""

    __slots__ = ("index", "limit", "used")

    def __init__(self, limit: RateLimit) -> None:
        self.limit = limit
        self.index = -1
        self.used = 0

    def roll(self, now_ms: int) -> None:
        index = now_ms // self.limit.window_ms
        if index != self.index:
            self.index, self.used = index, 0

    def cost_of(self, cost: Cost) -> int:
        if self.limit.kind == REQUEST_WEIGHT:
            return cost.weight
        return cost.orders_10s if self.limit.window_ms < 60_000 else cost.orders_1m

    def room(self, priority: Priority) -> int:
        return self.slice(priority) - self.used

    def slice(self, priority: Priority) -> int:
        return self.limit.limit - int(self.limit.limit * KEPT_FROM[priority])


class Throttle:
    """Says when a request may leave. All times are the venue's, in ms."""

    def __init__(self, limits: tuple[RateLimit, ...] = DEFAULT_RATE_LIMITS) -> None:
        self._windows = [_Window(limit) for limit in limits]
        self._paused_until_ms = 0
        self._orders_paused_until_ms = 0

    def set_limits(self, limits: tuple[RateLimit, ...]) -> None:
        """Takes the limits in force, keeping what is already spent."""
        spent = {(window.limit.kind, window.limit.window_ms): window for window in self._windows}
        self._windows = [_Window(limit) for limit in limits]
        for window in self._windows:
            old = spent.get((window.limit.kind, window.limit.window_ms))
            if old:
                window.index, window.used = old.index, old.used

    def wait_ms(self, cost: Cost, now_ms: int, priority: Priority = Priority.NORMAL) -> int:
        """How long this request has to wait; 0 when it may leave now."""
        until_ms = max(self._paused_until_ms, self._orders_paused_until_ms if cost.orders_10s else 0)
        wait = max(0, until_ms - now_ms)
        for window in self._windows:
            window.roll(now_ms)
            spent = window.cost_of(cost)
            if spent and spent > window.room(priority):
                wait = max(wait, (window.index + 1) * window.limit.window_ms - now_ms)
        return wait

    def weight_slice(self, priority: Priority) -> int:
        """How much weight requests of a priority may take of an empty window."""
        kept = [window.slice(priority) for window in self._windows if window.limit.kind == REQUEST_WEIGHT]
        return min(kept, default=0)

    def spend(self, cost: Cost, now_ms: int) -> None:
        for window in self._windows:
            window.roll(now_ms)
            window.used += window.cost_of(cost)

    def correct(self, kind: str, window_ms: int, used: int, sent_ms: int, now_ms: int) -> None:
        """Takes the venue's count of one window when it is above ours. Negative counts are no news, and so is the
        count that answers a request of a window that is over."""
        for window in self._windows:
            if (window.limit.kind, window.limit.window_ms) == (kind, window_ms):
                window.roll(now_ms)
                if sent_ms // window_ms == window.index:
                    window.used = max(window.used, used)

    def pause_until(self, until_ms: int, *, orders_only: bool = False) -> None:
        """Sends nothing, or no new orders, before that time: the venue has said so."""
        if orders_only:
            self._orders_paused_until_ms = max(self._orders_paused_until_ms, until_ms)
        else:
            self._paused_until_ms = max(self._paused_until_ms, until_ms)

    def use(self, now_ms: int) -> tuple[Use, ...]:
        """The windows in force, for the status."""
        for window in self._windows:
            window.roll(now_ms)
        return tuple(
            Use(window.limit.kind, window.limit.window_ms, window.used, window.limit.limit) for window in self._windows
        )
