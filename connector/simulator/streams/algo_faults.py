"""In which order a conditional order's events and its child's reach their owner: the venue fixes none.

By default TRIGGERED comes before the child's events and FINISHED after its last fill.
"""

from collections.abc import Callable

from connector.simulator.accounts.algo_orders import AlgoOrder
from connector.simulator.accounts.events import AccountEvent, AlgoChanged, OrderChanged
from connector.simulator.fault_injection.faults import Faults

_LATE = ("TRIGGERED", "FINISHED")
Events = list[AccountEvent]


def child_first(events: Events, algos: set[AlgoOrder]) -> Events:
    """What the child did, its fills too, before TRIGGERED and FINISHED."""
    late = [change for change in events if _is_late(change, algos)]
    return [change for change in events if change not in late] + late


def child_last(events: Events, algos: set[AlgoOrder]) -> Events:
    """TRIGGERED and FINISHED before anything that the child did."""
    late = [change for change in events if _is_late(change, algos)]
    rest = [change for change in events if change not in late]
    children = {algo.child for algo in algos}
    first = next(at for at, change in enumerate(rest) if isinstance(change, OrderChanged) and change.order in children)
    return rest[:first] + late + rest[first:]


ORDERS: dict[str, Callable[[Events, set[AlgoOrder]], Events]] = {
    "child_fill_before_algo_update": child_first,
    "child_fill_after_algo_update": child_last,
}


def reordered(events: Events, faults: Faults) -> Events:
    """The events in the order that an armed fault asks for; it strikes where a child was filled."""
    algos = {change.order for change in events if isinstance(change, AlgoChanged) and change.status in _LATE}
    if not algos:
        return events
    filled = {change.order for change in events if isinstance(change, OrderChanged) and change.fill}
    struck = {algo for algo in algos if algo.child in filled}
    for name, order in ORDERS.items():
        if struck and faults.take(name):
            return order(events, struck)
    return events


def _is_late(change: AccountEvent, algos: set[AlgoOrder]) -> bool:
    return isinstance(change, AlgoChanged) and change.status in _LATE and change.order in algos
