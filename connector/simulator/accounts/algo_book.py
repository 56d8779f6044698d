"""One account's conditional orders, open and past, for look-up."""

from collections import deque

from connector.simulator.accounts.algo_orders import AlgoOrder
from connector.simulator.history import At, History

#: Over all symbols, as of 2025-12-29.
MOST_OPEN = 200
MOST_KEPT = 100_000


def algo_at(order: AlgoOrder) -> At:
    return order.created_ms, order.algo_id


class AlgoBook:
    """`find` knows ended ones too; the oldest of them are forgotten."""

    def __init__(self) -> None:
        self._open: dict[int, AlgoOrder] = {}
        self._by_id: dict[int, AlgoOrder] = {}
        self._by_client_id: dict[str, AlgoOrder] = {}
        self._ended: deque[AlgoOrder] = deque()
        self.placed: dict[str, History[AlgoOrder]] = {}

    @property
    def open_count(self) -> int:
        return len(self._open)

    def open_of(self, symbol: str | None) -> list[AlgoOrder]:
        """Those that wait or are triggering, of a symbol or of all."""
        return [order for order in self._open.values() if symbol in (None, order.symbol)]

    def is_taken(self, client_algo_id: str) -> bool:
        """Whether an open order has that id."""
        same = self._by_client_id.get(client_algo_id)
        return same is not None and same.is_open

    def find(self, algo_id: int | None, client_algo_id: str | None) -> AlgoOrder | None:
        """By its id, else the latest one of that client id."""
        if algo_id is not None:
            return self._by_id.get(algo_id)
        return self._by_client_id.get(client_algo_id or "")

    def take(self, order: AlgoOrder) -> None:
        self._open[order.algo_id] = self._by_id[order.algo_id] = order
        self._by_client_id[order.client_algo_id] = order
        self.placed.setdefault(order.symbol, History(algo_at, MOST_KEPT)).append(order)

    def drop(self, order: AlgoOrder) -> None:
        """Takes an order off the open ones."""
        del self._open[order.algo_id]
        self._ended.append(order)
        if len(self._ended) > MOST_KEPT:
            gone = self._ended.popleft()
            del self._by_id[gone.algo_id]
            if self._by_client_id.get(gone.client_algo_id) is gone:
                del self._by_client_id[gone.client_algo_id]
