"""Requests that need not wait: the specification of the compiled twin."""

from connector.net.limits.limit_window import Cost
from connector.net.limits.throttle import Throttle, Ticket
from connector.venue.endpoints import Priority


def ticket_at_once(throttle: Throttle, cost: Cost, priority: Priority, now_ms: int, steady_ms: int) -> Ticket | None:
    """Books a request that may leave now; None, and nothing is booked, for one that has to wait.

    `now_ms` is the venue's time, `steady_ms` the steady clock's.
    """
    return None if throttle.wait_ms(cost, now_ms, steady_ms, priority) else throttle.spend(cost, now_ms)
