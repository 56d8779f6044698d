"""The lagging copies of the exchange that reads are answered from while a fault asks for it."""

from collections.abc import Callable

from connector.simulator.engine import Engine
from connector.simulator.fault_injection.faults import Armed, Effect
from connector.simulator.persistence.lagging_copy import CommandTap, LaggingCopy

#: Each kind of read may lag for itself.
LAGS = ("lagging_orders", "lagging_balances", "lagging_trades", "lagging_positions")


class Replicas:
    """By the name of the fault that asks for one; `by_name` is what each does as it comes and goes."""

    def __init__(self, engine: Engine, steady_ms: Callable[[], int]) -> None:
        self._engine, self._steady_ms = engine, steady_ms
        self._tap = CommandTap(engine)
        self._copies: dict[str, LaggingCopy] = {}
        self.by_name: dict[str, Effect] = dict.fromkeys(LAGS, self._set)

    @property
    def any_lags(self) -> bool:
        return bool(self._copies)

    def of(self, fault: str) -> Engine | None:
        """The engine that such reads are answered from, None for the real one."""
        copy = self._copies.get(fault)
        return None if copy is None else copy.catch_up()

    def advance(self) -> None:
        """Lets the copies follow, whether anybody reads or not."""
        for copy in self._copies.values():
            copy.catch_up()

    def end(self) -> None:
        """No copy follows any more."""
        for copy in self._copies.values():
            copy.end()
        self._copies.clear()

    def _set(self, fault: Armed) -> None:
        copy = self._copies.pop(fault.name, None)
        if copy is not None:
            copy.end()
        if fault.times:
            self._copies[fault.name] = LaggingCopy(self._engine, self._tap, fault.ms, self._steady_ms)
