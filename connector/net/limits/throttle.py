"""The venue's rate limits, kept before they are hit.

A planner without I/O: it says how long to wait, books what leaves, and learns from what comes back. Two pools: the
address's (weight, the funding requests) and the account's (orders). Several connectors of one process may share
either; COIN-M's count in the same ones as USDⓈ-M's. Windows are aligned to the venue's clock, silences are kept by the
steady one. Every step is O(number of limits).
Source: "LIMITS", as of 2026-11.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from connector.core.figures import count_in
from connector.net.limits.limit_pause import LimitPause
from connector.net.limits.limit_window import Cost, LimitWindow
from connector.net.limits.shared_counts import SharedCounts
from connector.venue.endpoints import Priority
from connector.venue.limits import DEFAULT_RATE_LIMITS, FUNDING_LIMIT, ORDERS, REQUEST_WEIGHT, RateLimit, counter_header

ALL_OF_IT = Decimal(1)
#: Connections of each of the two kinds: beyond, a request waits for its turn, unsigned, not inside a connection pool.
MOST_IN_FLIGHT = 100
_NOTHING_TOLD: Mapping[str, str] = {}
#: Counts of so many digits come again and again, minute after minute: each is read once.
_USUAL_DIGITS = 9
#: Of every window of orders changes leave this part to new orders.
_KEPT_FOR_NEW = 5
_short_count = lru_cache(maxsize=4_096)(count_in)


@dataclass(frozen=True, slots=True)
class Use:
    """How full one window is."""

    kind: str
    window_ms: int
    used: int
    limit: int


class Ticket:
    """One request that left, until it is settled or given back."""

    __slots__ = ("cost", "number", "sent_ms")

    def __init__(self, cost: Cost, number: int, sent_ms: int) -> None:
        self.cost = cost
        self.number = number
        #: By the venue's clock.
        self.sent_ms = sent_ms


class LimitPool:
    """The windows that one address, or one account, is counted by, and the silence asked of it."""

    __slots__ = ("number", "on_threshold", "pause", "share", "shared", "windows")

    def __init__(
        self, limits: tuple[RateLimit, ...], share: Decimal = ALL_OF_IT, shared: SharedCounts | None = None
    ) -> None:
        """`shared`: the counts of other processes of the machine."""
        self.share = share
        self.shared = shared
        self.windows = _windows(limits, share, shared)
        self.pause = LimitPause()
        #: The number of the next ticket.
        self.number = 1
        self.on_threshold: Callable[[Use], None] = lambda use: None

    def set_limits(self, limits: tuple[RateLimit, ...]) -> None:
        """Takes the limits in force, keeping what is already spent."""
        spent = {(window.limit.kind, window.limit.window_ms): window for window, _ in self.windows}
        self.windows = _windows(limits, self.share, self.shared)
        for window, _ in self.windows:
            old = spent.get((window.limit.kind, window.limit.window_ms))
            if old:
                window.carry_on(old)

    def count_alone(self) -> None:
        """The counts of other processes are there no more."""
        self.shared = None
        for window, _ in self.windows:
            window.count_alone()

    def use(self, now_ms: int) -> tuple[Use, ...]:
        for window, _ in self.windows:
            window.roll(now_ms)
        return tuple(_use(window) for window, _ in self.windows)


def address_pool(share: Decimal, shared: SharedCounts | None = None) -> LimitPool:
    """The pool of an address, before exchangeInfo tells the limits in force."""
    return LimitPool((*_of_address(DEFAULT_RATE_LIMITS), FUNDING_LIMIT), share, shared)


def account_pool(share: Decimal, shared: SharedCounts | None = None) -> LimitPool:
    """The pool of an account, before the venue tells the limits in force."""
    return LimitPool(_of_account(DEFAULT_RATE_LIMITS), share, shared)


class Throttle:
    """Says when a request may leave. `now_ms` is the venue's time, `steady_ms` the steady clock's."""

    __slots__ = ("account", "address")

    def __init__(
        self,
        limits: tuple[RateLimit, ...] = DEFAULT_RATE_LIMITS,
        share: Decimal = ALL_OF_IT,
        address: LimitPool | None = None,
        account: LimitPool | None = None,
    ) -> None:
        """`share`: the part of each limit that this process may use by itself. Pools that are handed in are shared."""
        self.address = address or LimitPool((*_of_address(limits), FUNDING_LIMIT), share)
        self.account = account or LimitPool(_of_account(limits), share)

    def set_limits(self, limits: tuple[RateLimit, ...]) -> None:
        """Takes the limits in force, keeping what is already spent. A kind that is not among them stays as it was."""
        if address := _of_address(limits):
            self.address.set_limits((*address, FUNDING_LIMIT))
        if account := _of_account(limits):
            self.account.set_limits(account)

    def wait_ms(self, cost: Cost, now_ms: int, steady_ms: int, priority: Priority = Priority.NORMAL) -> int:
        """How long this request has to wait; 0 when it may leave now."""
        pools = (self.address, self.account) if cost.orders_10s else (self.address,)
        wait = 0
        for pool in pools:
            pause = pool.pause
            if pause.is_on:
                wait = max(wait, pause.wait_ms(steady_ms))
            gently = pause.is_gentle(steady_ms)
            for window, _ in pool.windows:
                amount = cost[window.slot]
                if amount:
                    wait = max(wait, window.wait_ms(amount, priority, now_ms, steady_ms, gently=gently))
        return wait

    def used_up(self, cost: Cost, now_ms: int, steady_ms: int, priority: Priority) -> str:
        """Which kind of limit this request has to wait for longest; empty where a silence is what it waits for."""
        if self.address.pause.is_on or (cost.orders_10s and self.account.pause.is_on):
            return ""
        windows = (window for pool in (self.address, self.account) for window, _ in pool.windows if cost[window.slot])
        waits = [
            (window.wait_ms(cost[window.slot], priority, now_ms, steady_ms, gently=False), window.limit.kind)
            for window in windows
        ]
        return max(waits, default=(0, ""))[1]

    def changes_left(self, now_ms: int, steady_ms: int) -> int:
        """How many changes of orders may leave now, when a fifth of every window of orders is kept for new ones."""
        pool = self.account
        if pool.pause.is_on or self.address.pause.is_on:
            return 0
        priority = Priority.NORMAL
        rooms = (
            window.room(priority, now_ms, steady_ms) - window.most(priority) // _KEPT_FOR_NEW
            for window, _ in pool.windows
        )
        return max(0, min(rooms, default=0))

    def weight_slice(self, priority: Priority) -> int:
        """How much weight requests of a priority may take of an empty window."""
        rows = (window for window, _ in self.address.windows if window.limit.kind == REQUEST_WEIGHT)
        return min((window.most(priority) for window in rows), default=0)

    def spend(self, cost: Cost, now_ms: int) -> Ticket:
        """Books a request that leaves now."""
        number = max(self.address.number, self.account.number)
        self.address.number = self.account.number = number + 1
        for pool in (self.address, self.account) if cost.orders_10s else (self.address,):
            if pool.pause.is_on:
                pool.pause.spend(number)
            for window, _ in pool.windows:
                amount = cost[window.slot]
                if amount and window.spend(amount, now_ms):
                    pool.on_threshold(_use(window))
        return Ticket(cost, number, now_ms)

    def settle(
        self, ticket: Ticket, headers: Mapping[str, str] | None, steady_ms: int, *, tells_weight: bool = True
    ) -> None:
        """The request is over: answered, with the counts in its headers, or None where no answer came."""
        cost, number, sent_ms = ticket.cost, ticket.number, ticket.sent_ms
        told = _NOTHING_TOLD if headers is None else headers
        for pool in (self.address, self.account) if cost.orders_10s else (self.address,):
            next_number = pool.number
            for window, header in pool.windows:
                slot = window.slot
                amount, text = cost[slot], told.get(header) if slot or tells_weight else None
                if text is not None:
                    count = _short_count(text) if len(text) <= _USUAL_DIGITS else count_in(text)
                elif amount:
                    count = None
                else:
                    continue
                if window.settle(amount, number, sent_ms, count, next_number, steady_ms):
                    pool.on_threshold(_use(window))
            if pool.pause.is_on:
                pool.pause.settle(number, steady_ms, answered=headers is not None)

    def give_back(self, ticket: Ticket, steady_ms: int, *, answered: bool) -> None:
        """The request was not counted: it never left, or the venue's answer says so."""
        cost = ticket.cost
        for pool in (self.address, self.account) if cost.orders_10s else (self.address,):
            for window, _ in pool.windows:
                amount = cost[window.slot]
                if amount:
                    window.give_back(amount, ticket.sent_ms)
            pool.pause.settle(ticket.number, steady_ms, answered=answered)

    def use(self, now_ms: int) -> tuple[Use, ...]:
        """The windows of weight and orders in force, for the status."""
        rows = (*self.address.use(now_ms), *self.account.use(now_ms))
        return tuple(row for row in rows if row.kind != FUNDING_LIMIT.kind)


def _windows(
    limits: tuple[RateLimit, ...], share: Decimal, shared: SharedCounts | None
) -> list[tuple[LimitWindow, str]]:
    """A window of each limit, and the header that tells the venue's count of it."""
    return [(LimitWindow(limit, share, shared), counter_header(limit.kind, limit.window_ms)) for limit in limits]


def _use(window: LimitWindow) -> Use:
    return Use(window.limit.kind, window.limit.window_ms, window.used, window.limit.limit)


def _of_address(limits: tuple[RateLimit, ...]) -> tuple[RateLimit, ...]:
    return tuple(limit for limit in limits if limit.kind == REQUEST_WEIGHT)


def _of_account(limits: tuple[RateLimit, ...]) -> tuple[RateLimit, ...]:
    return tuple(limit for limit in limits if limit.kind == ORDERS)
