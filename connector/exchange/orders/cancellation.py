"""All own orders cancelled: those that are tracked, and those that the exchange's own list still has."""

import asyncio
from collections.abc import Callable, Collection

from connector.core.clock import Clock
from connector.core.interface import CancellationResult
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.orders.order_entry import OrderEntry
from connector.orders.tracker import Tracker

_STEP_S = 0.05
#: A cancel that brought nothing is asked for again after this long.
_AGAIN_MS = 1_000


class Cancellation:
    """Cancels own orders of the given symbols, as they stand when asked. Orders of others are never touched."""

    def __init__(
        self, entry: OrderEntry, api: VenueApi, tracker: Tracker, clock: Clock, symbols: Collection[str]
    ) -> None:
        self._entry = entry
        self._api = api
        self._tracker = tracker
        self._clock = clock
        self._symbols = symbols

    async def cancel_all(self, timeout_s: float) -> list[CancellationResult]:
        """Cancels every tracked order and waits until the exchange confirmed that it is gone, or time is up."""
        orders = self._tracker.active
        deadline_ms = self._clock.monotonic_ms() + round(timeout_s * 1000)
        asked_ms: dict[str, int] = {}
        while not all(order.is_done for order in orders) and (now_ms := self._clock.monotonic_ms()) < deadline_ms:
            for order in orders:
                if order.is_open and now_ms - asked_ms.get(order.client_order_id, -_AGAIN_MS) >= _AGAIN_MS:
                    asked_ms[order.client_order_id] = now_ms
                    self._entry.request_cancel(order)
            await asyncio.sleep(_STEP_S)
        return [CancellationResult(order.client_order_id, order.is_done) for order in orders]

    async def sweep(self, is_ours: Callable[[str], bool]) -> None:
        """Cancels every open order that is ours by its client id, tracked or not. Raises `ConnectorFault`."""
        for symbol in tuple(self._symbols):
            for report in await self._api.open_orders(symbol):
                if is_ours(report.client_order_id):
                    await self._entry.cancel_by_id(symbol, report.client_order_id)
