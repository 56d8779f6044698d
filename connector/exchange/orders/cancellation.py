"""All own orders cancelled: those that are tracked, and those that the exchange's own list still has."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence

from connector.core.clock import Clock
from connector.core.faults import ArgumentFault
from connector.core.interface import CancellationResult
from connector.core.reports import OrderReport
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.orders.order_entry import OrderEntry
from connector.exchange.orders.together import in_groups
from connector.orders.tracker import Tracker
from connector.venue.endpoints import MOST_CANCELS_BATCHED

_LOG = logging.getLogger(__name__)
_STEP_S = 0.05
#: A symbol, and whether the order there may wait for a trigger.
Where = tuple[str, bool]


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
        self._entry.cancels.request_each(orders)
        while not all(order.is_done for order in orders) and self._clock.monotonic_ms() < deadline_ms:
            await asyncio.sleep(_STEP_S)
        return [CancellationResult(order.client_order_id, order.is_done) for order in orders]

    def request_each(self, client_order_ids: Sequence[str], is_own: Callable[[str], bool]) -> None:
        """Asks for cancels; orders that are over are left alone. Raises `ArgumentFault` for the first id that was never
        given here, once all others are asked for."""
        known = {name: self._tracker.order(name) for name in client_order_ids}
        self._entry.cancels.request_each(order for order in known.values() if order is not None)
        for name, order in known.items():
            if order is None and not is_own(name):
                raise ArgumentFault("client_order_id", name, "is no order of this connector")

    async def of_everyone(self, symbol: str) -> tuple[OrderReport, ...]:
        """Every open order of a symbol, of either family, whoever placed it. Raises `ConnectorFault`."""
        waiting = await self._api.algo.open_orders(symbol)
        return (*waiting, *await self._api.open_orders(symbol))

    async def cancel_everyones(self, symbol: str) -> tuple[OrderReport, ...]:
        """Cancels every open order of a symbol, those of others too; returns what is open then. Own orders learn of it
        as of any end that the exchange tells. Raises `ConnectorFault`."""
        await self._api.algo.cancel_all(symbol)
        await self._api.cancel_all_orders(symbol)
        return await self.of_everyone(symbol)

    async def sweep(self, is_ours: Callable[[str], bool]) -> tuple[str, ...]:
        """Cancels every open order that is ours, by the exchange's own list and by what is tracked, each whatever
        becomes of the others. Returns the client ids of those that may still be open.

        Raises `ConnectorFault` when a list could not be had; what is known was cancelled all the same.
        """
        known = {
            order.client_order_id: (order.symbol, order.trigger is not None)
            for order in self._tracker.active
            if is_ours(order.client_order_id)
        }
        # What is known is cancelled beside the asking: a list that does not come holds up nothing.
        left, listed = await asyncio.gather(self._cancel_each(known), self._listed(is_ours), return_exceptions=True)
        if isinstance(left, BaseException):
            raise left
        if isinstance(listed, BaseException):
            raise listed
        more = await self._cancel_each({name: where for name, where in listed.items() if name not in known})
        return (*left, *more)

    async def _listed(self, is_ours: Callable[[str], bool]) -> dict[str, Where]:
        """The open orders that are ours by the exchange's own lists, by client id."""
        rows: list[OrderReport] = []
        for symbol in tuple(self._symbols):
            rows += await self._api.algo.open_orders(symbol)
            rows += await self._api.open_orders(symbol)
        return {
            row.client_order_id: (row.symbol, row.conditional is not None)
            for row in rows
            if is_ours(row.client_order_id)
        }

    async def _cancel_each(self, wanted: Mapping[str, Where]) -> tuple[str, ...]:
        """Cancels side by side, several regular ones of a symbol in one request; returns those that may still be
        open."""
        groups: list[tuple[str, ...]] = [(name,) for name, (_, is_conditional) in wanted.items() if is_conditional]
        for symbol in dict.fromkeys(symbol for symbol, _ in wanted.values()):
            groups += in_groups([name for name in wanted if wanted[name] == (symbol, False)], MOST_CANCELS_BATCHED)
        gone = await asyncio.gather(*(self._cancel_group(*wanted[group[0]], group) for group in groups))
        return tuple(name for group, left in zip(groups, gone, strict=True) for name in group if name in left)

    async def _cancel_group(self, symbol: str, is_conditional: bool, names: Sequence[str]) -> frozenset[str]:
        """Those that may not be gone. "No such order" proves nothing of one that may still arrive."""
        faults = await self._entry.cancels.cancel_by_ids(symbol, names, is_conditional=is_conditional)
        if faults and len(names) > 1:
            # What befell the request for all must not befall each.
            alone = await asyncio.gather(*(self._entry.cancels.cancel_by_ids(symbol, (name,)) for name in faults))
            faults = {name: fault for each in alone for name, fault in each.items()}
        for name, fault in faults.items():
            _LOG.warning("cancel of %s: %s", name, fault)
        orders = {name: self._tracker.order(name) for name in names}
        return frozenset(
            name
            for name, order in orders.items()
            if name in faults or not (order is None or order.is_done or order.was_seen)
        )
