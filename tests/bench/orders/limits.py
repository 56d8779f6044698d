"""What the throttle costs a request, each of its calls by itself, while its windows are as full as they get.

Once by itself, and once with its counts shared with another process of the machine, which has requests under way too.
"""

import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from connector.net.limits.limit_window import Cost
from connector.net.limits.shared_counts import SharedCounts
from connector.net.limits.throttle import ALL_OF_IT, LimitPool, Throttle
from connector.venue.endpoints import Priority
from connector.venue.limits import ORDERS, REQUEST_WEIGHT, RateLimit

CALLS = 4_000
#: The widest that the venue gives: so many requests are known of in every window.
_WEIGHT = (RateLimit(REQUEST_WEIGHT, 60_000, 40_000),)
_ORDERS = RateLimit(ORDERS, 10_000, 40_000), RateLimit(ORDERS, 60_000, 40_000)
_FULL = 30_000
#: Of an order.
_COST = Cost(orders_10s=1, orders_1m=1)
_NOW_MS, _STEADY_MS = 1_700_000_000_000, 5_000


def measure() -> dict[str, float]:
    """Median microseconds of each call."""
    return _measured(Throttle(_WEIGHT + _ORDERS))


def measure_shared(folder: Path) -> dict[str, float]:
    """The same with counts that stand in that folder."""
    with ExitStack() as stack:
        own, other = (
            Throttle(address=_pool(stack, folder / "ip", _WEIGHT), account=_pool(stack, folder / "account", _ORDERS))
            for _ in range(2)
        )
        other.spend(_COST, _NOW_MS)
        return _measured(own)


def _pool(stack: ExitStack, folder: Path, limits: tuple[RateLimit, ...]) -> LimitPool:
    counts = SharedCounts(folder)
    stack.callback(counts.close)
    return LimitPool(limits, ALL_OF_IT, counts)


def _measured(throttle: Throttle) -> dict[str, float]:
    headers = {"X-MBX-USED-WEIGHT-1M": "30000", "X-MBX-ORDER-COUNT-10S": "30000", "X-MBX-ORDER-COUNT-1M": "30000"}
    for _ in range(_FULL):
        throttle.settle(throttle.spend(_COST, _NOW_MS), None, _STEADY_MS)
    seen: dict[str, list[int]] = {"wait": [], "spend": [], "settle": []}
    clock = time.perf_counter_ns
    for _ in range(CALLS):
        began = clock()
        wait_ms = throttle.wait_ms(_COST, _NOW_MS, _STEADY_MS, Priority.NORMAL)
        asked = clock()
        ticket = throttle.spend(_COST, _NOW_MS)
        spent = clock()
        throttle.settle(ticket, headers, _STEADY_MS)
        for name, one in zip(seen, (asked - began, spent - asked, clock() - spent), strict=True):
            seen[name].append(one)
        if wait_ms:
            raise RuntimeError("the limits are used up: the figure means nothing")
    return {name: median(figures) / 1000 for name, figures in seen.items()}
