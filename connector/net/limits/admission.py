"""The queue before the throttle: who may leave now, who waits, and who has waited too long.

The most urgent leave first, and of those the first that came. Whoever waits for one limit does not hold up who needs
another one. What ends risk has connections of its own, and so many of its own in flight. One timer wakes the queue,
and every answer does: a crowd that waited out a silence leaves one by one, not at once.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from connector.net.limits.at_once import ticket_at_once
from connector.net.limits.limit_window import UNTIL_ANSWERED_MS, Cost
from connector.net.limits.throttle import MOST_IN_FLIGHT, Throttle, Ticket
from connector.venue.endpoints import Endpoint, Params, Priority

#: A wait that is longer is told.
_TOLD_FROM_MS = 1_000
_MOST_URGENT_FIRST = (Priority.RISK, Priority.LOOK_UP, Priority.NORMAL, Priority.BULK, Priority.BOOKKEEPING)


class NoRoom(Exception):
    """The request would wait longer than it is worth. `wait_ms`: how long, as far as is known; `for_answers`: because
    too many others are not answered yet."""

    def __init__(self, wait_ms: int, *, for_answers: bool) -> None:
        super().__init__(f"{wait_ms / 1000:.1f} s to wait")
        self.wait_ms = wait_ms
        self.for_answers = for_answers


@dataclass(slots=True, eq=False)
class _Waiter:
    cost: Cost
    priority: Priority
    turn: asyncio.Future[Ticket]


@dataclass(frozen=True, slots=True)
class Clocks:
    """What time it is, in ms: by the venue's clock, and by the steady one."""

    venue_ms: Callable[[], int]
    steady_ms: Callable[[], int]


def cost_of(endpoint: Endpoint, params: Params) -> Cost:
    """What a request takes of the limits."""
    return Cost(endpoint.weight(params), endpoint.order_cost_10s, endpoint.order_cost_1m, endpoint.funding_cost)


class Admission:
    """Lets requests out as the throttle allows it. Every ticket has to come back, by `leave` or `give_back`."""

    __slots__ = ("_clocks", "_in_flight", "_queues", "_timer", "_waiting", "on_long_wait", "throttle")

    def __init__(self, throttle: Throttle, clocks: Clocks) -> None:
        self.throttle = throttle
        self._clocks = clocks
        #: By urgency, and by whether orders are counted.
        self._queues: dict[tuple[Priority, bool], deque[_Waiter]] = {
            (priority, is_order): deque() for priority in _MOST_URGENT_FIRST for is_order in (True, False)
        }
        #: Called for a request that has to wait long, with the kind of limit that is used up, and for how long.
        self.on_long_wait: Callable[[str, int], None] = lambda kind, wait_ms: None
        self._waiting = 0
        self._in_flight = {True: 0, False: 0}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return self._waiting

    async def enter(self, endpoint: Endpoint, cost: Cost) -> Ticket:
        """Waits for the request's turn. Raises `NoRoom` when that would take longer than the request is worth."""
        ticket = self.enter_at_once(endpoint, cost)
        if ticket is not None:
            return ticket
        wait_ms = self._wait_ms(cost, endpoint.priority, self._clocks.venue_ms())
        if endpoint.most_wait_ms is not None and wait_ms > endpoint.most_wait_ms:
            raise NoRoom(wait_ms, for_answers=False)
        waiter = _Waiter(cost, endpoint.priority, asyncio.get_running_loop().create_future())
        self._queues[endpoint.priority, cost.orders_10s > 0].append(waiter)
        self._waiting += 1
        if wait_ms > _TOLD_FROM_MS and endpoint.priority is not Priority.BOOKKEEPING:
            self._tell_wait(cost, endpoint.priority, wait_ms)
        self._pump()
        return await self._turn(waiter, endpoint.most_wait_ms)

    def enter_at_once(self, endpoint: Endpoint, cost: Cost) -> Ticket | None:
        """The ticket of a request that need not wait; None for one that has to."""
        is_risk = endpoint.priority is Priority.RISK
        if self._waiting or self._in_flight[is_risk] >= MOST_IN_FLIGHT:
            return None
        now_ms, steady_ms = self._clocks.venue_ms(), self._clocks.steady_ms()
        ticket = ticket_at_once(self.throttle, cost, endpoint.priority, now_ms, steady_ms)
        if ticket is not None:
            self._in_flight[is_risk] += 1
        return ticket

    def give_back(self, ticket: Ticket, priority: Priority) -> None:
        """The request did not leave."""
        steady_ms = self._clocks.steady_ms()
        self.leave(ticket, priority, lambda: self.throttle.give_back(ticket, steady_ms, answered=False))

    def leave(self, ticket: Ticket, priority: Priority, settle: Callable[[], None]) -> None:
        """The request is over; `settle` tells the throttle how. Then the next ones may go."""
        self._in_flight[priority is Priority.RISK] -= 1
        settle()
        if self._waiting:
            self._pump()

    def _tell_wait(self, cost: Cost, priority: Priority, wait_ms: int) -> None:
        kind = self.throttle.used_up(cost, self._clocks.venue_ms(), self._clocks.steady_ms(), priority)
        if kind:
            self.on_long_wait(kind, wait_ms)

    async def _turn(self, waiter: _Waiter, most_wait_ms: int | None) -> Ticket:
        try:
            async with asyncio.timeout(None if most_wait_ms is None else most_wait_ms / 1000):
                return await waiter.turn
        except TimeoutError:
            if _has_come(waiter):
                return waiter.turn.result()
            wait_ms = self._wait_ms(waiter.cost, waiter.priority, self._clocks.venue_ms())
            raise NoRoom(max(most_wait_ms or 0, wait_ms), for_answers=wait_ms == UNTIL_ANSWERED_MS) from None
        except asyncio.CancelledError:
            if _has_come(waiter):
                self.give_back(waiter.turn.result(), waiter.priority)
            raise
        finally:
            if waiter.turn.cancelled():
                self._forget(waiter)

    def _forget(self, waiter: _Waiter) -> None:
        """Takes away who was given up."""
        with contextlib.suppress(ValueError):
            self._queues[waiter.priority, waiter.cost.orders_10s > 0].remove(waiter)
            self._waiting -= 1

    def _wait_ms(self, cost: Cost, priority: Priority, now_ms: int) -> int:
        wait_ms = self.throttle.wait_ms(cost, now_ms, self._clocks.steady_ms(), priority)
        is_full = self._in_flight[priority is Priority.RISK] >= MOST_IN_FLIGHT
        return max(wait_ms, UNTIL_ANSWERED_MS) if is_full else wait_ms

    def _let_out(self, cost: Cost, priority: Priority, now_ms: int) -> Ticket:
        self._in_flight[priority is Priority.RISK] += 1
        return self.throttle.spend(cost, now_ms)

    def _pump(self) -> None:
        """Lets out whoever may leave now, and sets the timer for whoever may next."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        soonest_ms: int | None = None
        now_ms = self._clocks.venue_ms()
        for queue in self._queues.values():
            while queue:
                waiter = queue[0]
                wait_ms = 0 if waiter.turn.done() else self._wait_ms(waiter.cost, waiter.priority, now_ms)
                if wait_ms:
                    soonest_ms = wait_ms if soonest_ms is None else min(soonest_ms, wait_ms)
                    break
                queue.popleft()
                self._waiting -= 1
                if not waiter.turn.done():
                    waiter.turn.set_result(self._let_out(waiter.cost, waiter.priority, now_ms))
        if soonest_ms is not None:
            self._timer = asyncio.get_running_loop().call_later(soonest_ms / 1000, self._pump)


def _has_come(waiter: _Waiter) -> bool:
    """Whether the waiter's turn came in the moment in which it was given up."""
    return waiter.turn.done() and not waiter.turn.cancelled()
