"""What the venue answers when asked for conditional orders, which it keeps apart from all others."""

from connector.core.faults import UnreadableFault
from connector.core.reports import OrderReport, ReportSource
from connector.net.gateway import Gateway
from connector.venue import endpoints
from connector.venue.limits import MAX_ROWS
from connector.wire import algo_replies, algo_requests, requests

_PAGE = MAX_ROWS


class AlgoApi:
    """Questions about conditional orders. Every method asks over the network and raises `Fault`."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def order(self, symbol: str, client_order_id: str) -> OrderReport:
        """One of them, waiting, triggered or over."""
        params = requests.algo_order_by_client_id(client_order_id)
        body = await self._gateway.call(endpoints.QUERY_ALGO_ORDER, params)
        report = algo_replies.algo_order(body, ReportSource.QUERY, symbol, client_order_id)
        self._gateway.require_not_ahead(report.time_ms, "answer")
        return report

    async def open_orders(self, symbol: str) -> tuple[OrderReport, ...]:
        """Those of a symbol that wait for their trigger."""
        body = await self._gateway.call(endpoints.OPEN_ALGO_ORDERS, requests.of_symbol(symbol))
        return self._told_of(symbol, algo_replies.algo_orders(body))

    async def all_open_orders(self) -> tuple[OrderReport, ...]:
        """Those of every symbol; of the weight of forty."""
        return self._none_ahead(algo_replies.algo_orders(await self._gateway.call(endpoints.OPEN_ALGO_ORDERS)))

    async def orders_since(self, symbol: str, start_ms: int) -> tuple[OrderReport, ...]:
        """The history from a time on, every page of it."""
        params = algo_requests.algo_orders_since(symbol, start_ms)
        found: tuple[OrderReport, ...] = ()
        while True:
            body = await self._gateway.call(endpoints.ALL_ALGO_ORDERS, params)
            rows = self._told_of(symbol, algo_replies.algo_orders(body, ReportSource.QUERY))
            before = _last_id(found)
            if any(_last_id((row,)) <= before for row in rows):
                raise UnreadableFault("answer", f"asked was from conditional order {before + 1} on")
            found += rows
            if len(rows) < _PAGE:
                return found
            params = algo_requests.algo_orders_from_id(symbol, _last_id(found) + 1)

    async def cancel(self, symbol: str, client_order_id: str) -> OrderReport:
        """Ends one that waits. Raises `Fault`: one that was triggered is not found (-2011)."""
        params = requests.algo_order_by_client_id(client_order_id)
        body = await self._gateway.call(endpoints.CANCEL_ALGO_ORDER, params)
        return algo_replies.algo_cancelled(body, symbol, client_order_id)

    async def cancel_all(self, symbol: str) -> None:
        """Ends all of a symbol that wait, whoever placed them."""
        await self._gateway.call(endpoints.CANCEL_ALL_ALGO_ORDERS, requests.of_symbol(symbol))

    def _told_of(self, symbol: str, rows: tuple[OrderReport, ...]) -> tuple[OrderReport, ...]:
        other = next((row.symbol for row in rows if row.symbol != symbol), None)
        if other is not None:
            raise UnreadableFault("answer", f"asked was {symbol}, told is {other}")
        return self._none_ahead(rows)

    def _none_ahead(self, rows: tuple[OrderReport, ...]) -> tuple[OrderReport, ...]:
        self._gateway.require_not_ahead(max((row.time_ms for row in rows), default=0), "answer")
        return rows


def _last_id(rows: tuple[OrderReport, ...]) -> int:
    return max((int(row.conditional.algo_id) for row in rows if row.conditional is not None), default=0)
