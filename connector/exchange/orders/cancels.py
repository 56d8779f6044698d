"""Wishes to cancel: each stays on its order until the order is over, and each order has one cancel in flight at most.

    the order has not left yet     it does not leave, and no cancel does
    its answer is awaited          a cancel that overtakes it finds nothing: it leaves when the order is first seen
                                   alive, by whatever way
    its outcome is unknown         the cancel leaves, and again: the request may still be carried out
    it lives                       the cancel leaves; whatever does not end the order is tried again, with a pause that
                                   grows

"No such order" (-2011) is a question and no answer: the order is then looked up.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

from connector.core.clock import Clock
from connector.core.enums import OrderState
from connector.core.events import Event, MarketEvent
from connector.core.faults import Fate, Fault, UnreadableFault
from connector.core.reports import OrderReport, OrderStatus, ReportSource
from connector.exchange.account.ack_event_watch import known_by
from connector.exchange.account.venue_side import VenueSide
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.tracker import Tracker
from connector.venue import endpoints
from connector.wire import order_replies, requests

_LOG = logging.getLogger(__name__)
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0
#: What tells that an order may now be cancelled.
_NEWS = (MarketEvent.BuyOrderCreated, MarketEvent.SellOrderCreated, MarketEvent.OrderOutcomeUnknown)


class TaskOwner(Protocol):
    """Who carries what is sent; both calls raise `UnavailableFault` while nothing is started."""

    @property
    def is_running(self) -> bool: ...

    def require_running(self) -> object: ...

    def spawn(self, work: Coroutine[Any, Any, None]) -> None: ...


class Cancels:
    """Cancels what is wanted gone. `look_up` asks for one order's state, `tasks` carries the works."""

    def __init__(
        self,
        venue: VenueSide,
        tracker: Tracker,
        clock: Clock,
        look_up: Callable[[InFlightOrder], Awaitable[None]],
        tasks: TaskOwner,
    ) -> None:
        self._gateway, self._dispatcher, self._ack_watch = venue.gateway, venue.dispatcher, venue.ack_watch
        self._tracker = tracker
        self._clock = clock
        self._look_up = look_up
        self._tasks = tasks
        #: Orders whose cancel is on its way or will be tried again; the event tries it at once.
        self._pursued: dict[str, asyncio.Event] = {}
        for tag in _NEWS:
            venue.bus.add_listener(tag, self._hear)

    def request(self, order: InFlightOrder) -> None:
        """Wants an order gone; one that is over is left alone. Raises `UnavailableFault` while nothing runs."""
        if order.is_open and not order.cancel_wanted:
            self._dispatcher.dispatch(_own_word(order, OrderStatus.CANCEL_WANTED))
        self._pursue(order)

    async def once(self, order: InFlightOrder) -> None:
        """Wants an order gone and asks for it here and now, unless a cancel is on its way already."""
        if order.is_open and not order.cancel_wanted:
            self._dispatcher.dispatch(_own_word(order, OrderStatus.CANCEL_WANTED))
        name = order.client_order_id
        if _is_wanted_gone(order) and name not in self._pursued:
            self._pursued[name] = asyncio.Event()
            try:
                await self._ask(order)
            finally:
                del self._pursued[name]

    def tend(self) -> None:
        """Goes on with every wish, those of an earlier run and the ghosts' too."""
        for order in (*self._tracker.active, *self._tracker.ghosts()):
            self._pursue(order)

    def _hear(self, event: Event) -> None:
        name = getattr(event, "order_id", "")
        order = self._tracker.order(name)
        if name in self._pursued:
            self._pursued[name].set()
        elif order is not None and self._tasks.is_running:
            # Before the start has ended nobody carries it: `tend` goes on with it then.
            self._pursue(order)

    def _pursue(self, order: InFlightOrder) -> None:
        name = order.client_order_id
        if _is_wanted_gone(order) and name not in self._pursued:
            self._pursued[name] = asyncio.Event()
            try:
                self._tasks.spawn(self._until_over(order, self._pursued[name]))
            except BaseException:
                del self._pursued[name]
                raise

    async def _until_over(self, order: InFlightOrder, news: asyncio.Event) -> None:
        pause_s = _FIRST_PAUSE_S
        try:
            while _is_wanted_gone(order):
                news.clear()
                await self._ask(order)
                if not _is_wanted_gone(order):
                    return
                try:
                    async with asyncio.timeout(pause_s):
                        await news.wait()
                    pause_s = _FIRST_PAUSE_S
                except TimeoutError:
                    pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
        finally:
            del self._pursued[order.client_order_id]

    async def _ask(self, order: InFlightOrder) -> None:
        """One cancel. Afterwards the order is over, or stands as it stood."""
        self._dispatcher.dispatch(_own_word(order, OrderStatus.CANCEL_REQUESTED))
        try:
            body = await self._gateway.call(
                endpoints.CANCEL_ORDER, requests.order_by_client_id(order.symbol, order.client_order_id)
            )
            ack = order_replies.order(body, ReportSource.ACK, order.symbol, order.client_order_id)
            was_open = order.is_open
            self._dispatcher.dispatch(ack)
            if was_open:
                self._ack_watch.acknowledged(order.client_order_id, known_by(ack), self._clock.monotonic_ms())
        except UnreadableFault as fault:
            _LOG.warning("cancel of %s: %s", order.client_order_id, fault)
            await self._look_up(order)
        except Fault as fault:
            _LOG.info("cancel of %s: %s", order.client_order_id, fault)
            if fault.rule.fate is not Fate.NEVER_LIVED:
                await self._look_up(order)
        if order.is_open:
            self._dispatcher.dispatch(_own_word(order, OrderStatus.CANCEL_REFUSED))


def _is_wanted_gone(order: InFlightOrder) -> bool:
    """Whether a cancel may leave now."""
    return order.ghost or (order.cancel_wanted and order.is_open and order.state is not OrderState.PENDING_CREATE)


def _own_word(order: InFlightOrder, status: OrderStatus) -> OrderReport:
    return OrderReport(ReportSource.LOCAL, status, order.symbol, client_order_id=order.client_order_id)
