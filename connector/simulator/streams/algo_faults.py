"""In which order a conditional order's events and its child's reach their owner: the venue fixes none.

By default TRIGGERED comes before the child's events and FINISHED after its last fill.
"""

from collections.abc import Callable

from connector.simulator.accounts.algo_orders import AlgoOrder
from connector.simulator.accounts.events import AlgoChanged, Consequence, OrderChanged
from connector.simulator.fault_injection.faults import Faults

_LATE = ("TRIGGERED", "FINISHED")
Told = list[Consequence]


def child_first(told: Told, algos: set[AlgoOrder]) -> Told:
    """What the child did, its fills too, before TRIGGERED and FINISHED."""
    late = [change for change in told if _is_late(change, algos)]
    return [change for change in told if change not in late] + late


def child_last(told: Told, algos: set[AlgoOrder]) -> Told:
    """TRIGGERED and FINISHED before anything that the child did."""
    late = [change for change in told if _is_late(change, algos)]
    rest = [change for change in told if change not in late]
    children = {algo.child for algo in algos}
    first = next(at for at, change in enumerate(rest) if isinstance(change, OrderChanged) and change.order in children)
    return rest[:first] + late + rest[first:]


ORDERS: dict[str, Callable[[Told, set[AlgoOrder]], Told]] = {
    "child_fill_before_algo_update": child_first,
    "child_fill_after_algo_update": child_last,
}


def weathered(told: Told, faults: Faults) -> Told:
    """The events in the order that an armed fault asks for; it strikes where a child was filled."""
    algos = {change.order for change in told if isinstance(change, AlgoChanged) and change.status in _LATE}
    if not algos:
        return told
    filled = {change.order for change in told if isinstance(change, OrderChanged) and change.fill}
    struck = {algo for algo in algos if algo.child in filled}
    for name, order in ORDERS.items():
        if struck and faults.take(name):
            return order(told, struck)
    return told


def _is_late(change: Consequence, algos: set[AlgoOrder]) -> bool:
    return isinstance(change, AlgoChanged) and change.status in _LATE and change.order in algos
