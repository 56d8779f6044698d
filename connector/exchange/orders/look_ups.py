"""Single orders of which something is not known are asked for, side by side.

    unknown outcome    look the order up; absence counts only once the request can no longer arrive (`absence`)
    lost from sight    the same
    a change unknown   the same; old terms count as its refusal once it can no longer arrive, and no replica lags so far
    a ghost            the same: one that the exchange has no more has nothing left to cancel
    a finished child   the same: the venue said that it is over, and not how
    missing fills      read the order's trades

The pause between two questions about one order doubles; everything found enters by the dispatcher.
"""

import asyncio
import logging

from connector.core.clock import Clock
from connector.core.enums import OrderState
from connector.core.faults import ConnectorFault, Fate, Fault
from connector.core.reports import OrderReport, OrderStatus
from connector.exchange.account.ack_event_watch import Known
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.beat import beat
from connector.exchange.orders import absence, families
from connector.exchange.orders.own_words import own_word
from connector.orders.changes import Change
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
        #: Since when an outcome is unknown, or an order lost from sight, by the steady clock; a change by itself.
        self._silent_ms: dict[str, tuple[Change | None, int]] = {}

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                for order in self._due():
                    self._asking.add(order.client_order_id)
                    group.create_task(self._ask(order))
                await beat(_STEP_S)

    def take(self, report: OrderReport) -> None:
        """Takes in what was asked for. What it tells that is new, the user stream owes."""
        order = self._tracker.order(report.client_order_id) if report.client_order_id else None
        before = _known(order) if order is not None else None
        self._dispatcher.dispatch(report)
        if order is not None and order.was_seen and (known := _known(order)) != before:
            self._ack_watch.acknowledged(order.client_order_id, known, self._clock.monotonic_ms())

    def _due(self) -> list[InFlightOrder]:
        """The orders to ask about now; each is forgotten once nothing is left to find out."""
        tracker = self._tracker
        silent = (
            *tracker.pending_unknown(),
            *tracker.lost(),
            *tracker.changes_in_doubt(),
            *tracker.ghosts(),
            *tracker.finished_children(),
        )
        unsettled = (*silent, *tracker.orders_missing_fills())
        by_name = {order.client_order_id: order for order in unsettled}
        now_ms = self._clock.monotonic_ms()
        self._asked = {name: asked for name, asked in self._asked.items() if name in by_name}
        self._silent_ms = {order.client_order_id: self._silent_since(order, now_ms) for order in silent}
        return [order for order in by_name.values() if self._is_due(order, now_ms)]

    def _silent_since(self, order: InFlightOrder, now_ms: int) -> tuple[Change | None, int]:
        change, since_ms = self._silent_ms.get(order.client_order_id, (None, now_ms))
        return (order.change, now_ms) if order.change is not change else (change, since_ms)

    def _is_due(self, order: InFlightOrder, now_ms: int) -> bool:
        name = order.client_order_id
        asked_ms, pause_ms = self._asked.get(name, (now_ms, 0))
        if name in self._asking or now_ms - asked_ms < pause_ms:
            return False
        is_unknown = order.state is OrderState.PENDING_UNKNOWN or order.change_in_doubt
        most_ms = _UNKNOWN_MOST_MS if is_unknown else _MOST_MS
        self._asked[name] = now_ms, min(max(_FIRST_MS, pause_ms * 2), most_ms)
        return True

    async def _ask(self, order: InFlightOrder) -> None:
        try:
            if _is_sought(order):
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
        asked_for = order.change
        can_arrive = not self._is_silent_for(order, absence.proven_after_ms(self._gateway))
        try:
            for report in await families.sought(self._api, order):
                self.take(report)
        except Fault as fault:
            if fault.rule.fate is not Fate.GONE:
                raise
            await self._heed_absence(order)
            return
        if order.change_in_doubt and order.change is asked_for and not can_arrive:
            self._dispatcher.dispatch(own_word(order, OrderStatus.MODIFY_REFUSED))

    async def _heed_absence(self, order: InFlightOrder) -> None:
        """ "No such order" proves absence when the request can no longer arrive, no replica can lag so far, and
        neither lists nor trades have it."""
        if order.change_in_doubt and not order.lost:
            self._dispatcher.dispatch(own_word(order, OrderStatus.NOT_FOUND))
        elif _is_sought(order) and self._is_silent_for(order, absence.proven_after_ms(self._gateway)):
            for report in await absence.searched(self._api, order, self._venue_time_before(order)):
                self.take(report)

    def _is_silent_for(self, order: InFlightOrder, least_ms: int) -> bool:
        _, since_ms = self._silent_ms.get(order.client_order_id, (None, self._clock.monotonic_ms()))
        return self._clock.monotonic_ms() - since_ms >= least_ms

    def _venue_time_before(self, order: InFlightOrder) -> int:
        return absence.time_before(order, self._clock.now_ms(), self._gateway.venue_ms())


def _is_sought(order: InFlightOrder) -> bool:
    """Whether it is not known what the exchange has of it."""
    return (
        order.state is OrderState.PENDING_UNKNOWN
        or order.lost
        or order.change_in_doubt
        or order.ghost
        or (order.child_finished and order.is_open)
    )


def _known(order: InFlightOrder) -> Known:
    return Known(max(order.reported_executed, order.executed_amount), order.is_done)
