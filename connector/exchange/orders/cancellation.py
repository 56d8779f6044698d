"""All own orders cancelled: those that are tracked, and those that the exchange's own list still has."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping

from connector.core.clock import Clock
from connector.core.faults import ConnectorFault
from connector.core.interface import CancellationResult
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.orders.order_entry import OrderEntry
from connector.orders.tracker import Tracker

_LOG = logging.getLogger(__name__)
_STEP_S = 0.05


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
        for order in orders:
            self._entry.request_cancel(order)
        while not all(order.is_done for order in orders) and self._clock.monotonic_ms() < deadline_ms:
            await asyncio.sleep(_STEP_S)
        return [CancellationResult(order.client_order_id, order.is_done) for order in orders]

    async def sweep(self, is_ours: Callable[[str], bool]) -> tuple[str, ...]:
        """Cancels every open order that is ours, by the exchange's own list and by what is tracked, each whatever
        becomes of the others. Returns the client ids of those that may still be open.

        Raises `ConnectorFault` when a list could not be had; what is known was cancelled all the same.
        """
        known = {
            order.client_order_id: order.symbol for order in self._tracker.active if is_ours(order.client_order_id)
        }
        # What is known is cancelled beside the asking: a list that does not come holds up nothing.
        left, listed = await asyncio.gather(self._cancel_each(known), self._listed(is_ours), return_exceptions=True)
        if isinstance(left, BaseException):
            raise left
        if isinstance(listed, BaseException):
            raise listed
        more = await self._cancel_each({name: symbol for name, symbol in listed.items() if name not in known})
        return (*left, *more)

    async def _listed(self, is_ours: Callable[[str], bool]) -> dict[str, str]:
        """The symbols of the open orders that are ours by the exchange's own lists, by client id."""
        rows = [(symbol, await self._api.open_orders(symbol)) for symbol in tuple(self._symbols)]
        return {row.client_order_id: symbol for symbol, of in rows for row in of if is_ours(row.client_order_id)}

    async def _cancel_each(self, wanted: Mapping[str, str]) -> tuple[str, ...]:
        """Cancels side by side; returns those that may still be open."""
        gone = await asyncio.gather(*(self._cancel_one(symbol, name) for name, symbol in wanted.items()))
        return tuple(name for name, is_gone in zip(wanted, gone, strict=True) if not is_gone)

    async def _cancel_one(self, symbol: str, client_order_id: str) -> bool:
        """Whether the order is gone. "No such order" proves nothing of one that may still arrive."""
        try:
            await self._entry.cancel_by_id(symbol, client_order_id)
        except ConnectorFault as fault:
            _LOG.warning("cancel of %s: %s", client_order_id, fault)
            return False
        order = self._tracker.order(client_order_id)
        return order is None or order.is_done or order.was_seen
