"""Single orders of which something is not known are asked for, side by side.

    unknown outcome    look the order up; absence counts only once the request can no longer arrive (`absence`)
    lost from sight    the same
    missing fills      read the order's trades

The pause between two questions about one order doubles; everything found enters by the dispatcher.
"""

import asyncio
import logging

from connector.core.clock import Clock
from connector.core.enums import OrderState
from connector.core.faults import ConnectorFault, Fate, Fault
from connector.core.reports import OrderReport
from connector.exchange.account.ack_event_watch import Known
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.orders import absence
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.tracker import Tracker

_LOG = logging.getLogger(__name__)
_STEP_S = 0.5
_FIRST_MS = 500
_MOST_MS = 15_000
#: An order that nobody knows of blocks its margin: it is asked for more often.
_UNKNOWN_MOST_MS = 2_000


class LookUps:
    """Asks until nothing is left to find out. `run` runs until cancelled."""

    def __init__(self, venue: VenueSide, tracker: Tracker, clock: Clock) -> None:
        self._gateway, self._api = venue.gateway, venue.api
        self._dispatcher, self._ack_watch = venue.dispatcher, venue.ack_watch
        self._tracker = tracker
        self._clock = clock
        #: When an order was last asked for, and the pause after it.
        self._asked: dict[str, tuple[int, int]] = {}
        self._asking: set[str] = set()
        #: Since when an outcome is unknown, or an order lost from sight, by the steady clock.
        self._silent_ms: dict[str, int] = {}

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                for order in self._due():
                    self._asking.add(order.client_order_id)
                    group.create_task(self._ask(order))
                await asyncio.sleep(_STEP_S)

    def take(self, report: OrderReport) -> None:
        """Takes in what was asked for. What it tells that is new, the user stream owes."""
        order = self._tracker.order(report.client_order_id) if report.client_order_id else None
        before = _known(order) if order is not None else None
        self._dispatcher.dispatch(report)
        if order is not None and order.was_seen and (known := _known(order)) != before:
            self._ack_watch.acknowledged(order.client_order_id, known, self._clock.monotonic_ms())

    def _due(self) -> list[InFlightOrder]:
        """The orders to ask about now; each is forgotten once nothing is left to find out."""
        silent = (*self._tracker.pending_unknown(), *self._tracker.lost())
        unsettled = (*silent, *self._tracker.orders_missing_fills())
        by_name = {order.client_order_id: order for order in unsettled}
        now_ms = self._clock.monotonic_ms()
        self._asked = {name: asked for name, asked in self._asked.items() if name in by_name}
        self._silent_ms = {
            order.client_order_id: self._silent_ms.get(order.client_order_id, now_ms) for order in silent
        }
        return [order for order in by_name.values() if self._is_due(order, now_ms)]

    def _is_due(self, order: InFlightOrder, now_ms: int) -> bool:
        name = order.client_order_id
        asked_ms, pause_ms = self._asked.get(name, (now_ms, 0))
        if name in self._asking or now_ms - asked_ms < pause_ms:
            return False
        most_ms = _UNKNOWN_MOST_MS if order.state is OrderState.PENDING_UNKNOWN else _MOST_MS
        self._asked[name] = now_ms, min(max(_FIRST_MS, pause_ms * 2), most_ms)
        return True

    async def _ask(self, order: InFlightOrder) -> None:
        try:
            if order.state is OrderState.PENDING_UNKNOWN or order.lost:
                await self._look_for(order)
            if order.missing_fills and order.exchange_order_id:
                since_ms = self._venue_time_before(order)
                for report in await self._api.trades_of_order(order.symbol, order.exchange_order_id, since_ms):
                    self.take(report)
        except ConnectorFault as fault:
            _LOG.info("asking for %s: %s", order.client_order_id, fault)
        finally:
            self._asking.discard(order.client_order_id)

    async def _look_for(self, order: InFlightOrder) -> None:
        try:
            self.take(await self._api.order(order.symbol, order.client_order_id))
        except Fault as fault:
            if fault.rule.fate is not Fate.GONE:
                raise
            await self._heed_absence(order)

    async def _heed_absence(self, order: InFlightOrder) -> None:
        """ "No such order" proves absence when the request can no longer arrive, no replica can lag so far, and
        neither lists nor trades have it."""
        since_ms = self._silent_ms.get(order.client_order_id)
        if since_ms is None or not (order.state is OrderState.PENDING_UNKNOWN or order.lost):
            return
        if self._clock.monotonic_ms() - since_ms >= absence.PROVEN_AFTER_MS:
            for report in await absence.searched(self._api, order, self._venue_time_before(order)):
                self.take(report)

    def _venue_time_before(self, order: InFlightOrder) -> int:
        return absence.time_before(order, self._clock.now_ms(), self._gateway.venue_ms())


def _known(order: InFlightOrder) -> Known:
    return Known(max(order.reported_executed, order.executed_amount), order.is_done)
