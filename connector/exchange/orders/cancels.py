"""Wishes to cancel: each stays on its order until the order is over, and each order has one cancel in flight at most.

    the order has not left yet     it does not leave, and no cancel does
    it is known to have left       one cancel leaves at once, behind it; where that overtakes the order all the same and
                                   finds nothing, the next one leaves when the order is first seen alive
    its answer is awaited          without knowing when it left, as over REST: the cancel leaves when the order is first
                                   seen alive, by whatever way
    its outcome is unknown         the cancel leaves, and again: the request may still be carried out
    it lives                       the cancel leaves; whatever does not end the order is tried again, with a pause that
                                   grows

Several orders of a symbol are asked for in one request, which weighs as much as one; what is left is tried one by one.
"No such order" (-2011) is a question and no answer: the order is then looked up. A conditional order that is not found
among those that wait may just have been triggered: its child is cancelled in the same breath.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from typing import Any, Protocol

from connector.core.clock import Clock
from connector.core.enums import OrderState
from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.core.faults import ConnectorFault, Fate, Fault
from connector.core.reports import OrderReport, OrderStatus
from connector.exchange.account.ack_event_watch import known_by
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.orders import families
from connector.exchange.orders.own_words import own_word
from connector.exchange.orders.quick_entry import QuickWishes
from connector.exchange.orders.together import Outcome, asked_together, in_groups
from connector.net.gateway import Begun
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.tracker import Tracker
from connector.venue import endpoints
from connector.wire import requests

_LOG = logging.getLogger(__name__)
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0
#: What tells that an order may now be cancelled.
_NEWS = (
    MarketEvent.BuyOrderCreated,
    MarketEvent.SellOrderCreated,
    MarketEvent.OrderOutcomeUnknown,
    MarketEvent.OrderTriggered,
)


def _always() -> bool:
    """Nothing keeps a cancel back."""
    return True


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
        self.pursued: dict[str, asyncio.Event] = {}
        #: Orders that have left and are not answered, and that no cancel has followed yet.
        self.left: set[str] = set()
        #: The short way of a cancel; None: there is none.
        self.quick: QuickWishes | None = None
        for tag in _NEWS:
            venue.bus.add_listener(tag, self._hear)

    def request(self, order: InFlightOrder) -> None:
        """Wants an order gone; one that is over is left alone. Raises `UnavailableFault` while nothing runs."""
        self.go_on(order, self.begin(order))

    def go_on(self, order: InFlightOrder, begun: Begun | None) -> None:
        """Notes the wish and sees to it, once `begin` has been asked. Raises as `request` does."""
        if begun is None:
            self._want(order)
            self._pursue(order)
        else:
            # That it is asked for says that it is wanted, too: one line, and one report to be heard.
            self._note_asked(order)
            self._carry((order,), self._until_over(order, was_asked=False, begun=begun))

    def order_left(self, client_order_id: str) -> None:
        """The order was handed to its socket whole: what is sent from now on is sent after it."""
        self.left.add(client_order_id)

    def order_answered(self, client_order_id: str) -> None:
        """Its answer is there, or will not come."""
        self.left.discard(client_order_id)

    def request_each(self, orders: Iterable[InFlightOrder]) -> None:
        """Wants several orders gone. While nothing runs it raises `UnavailableFault`, and they are wanted gone."""
        every = tuple(orders)
        for order in every:
            self._want(order)
        for group in _of_one_request(filter(self._may_be_asked_for, every)):
            if len(group) == 1:
                self._pursue(group[0])
            else:
                self._carry(group, self._together(group))

    async def once(self, order: InFlightOrder) -> None:
        """Wants an order gone and asks for it here and now, unless a cancel is on its way already."""
        self._want(order)
        if self._may_be_asked_for(order):
            self.pursued[order.client_order_id] = asyncio.Event()
            try:
                await self._ask(order)
            finally:
                del self.pursued[order.client_order_id]

    async def cancel_by_id(self, symbol: str, client_order_id: str, *, is_conditional: bool = False) -> None:
        """Cancels an order that is known by its client id alone. Raises `Fault` unless it is gone."""
        for endpoint, params in families.cancels_by_name(symbol, client_order_id, is_conditional=is_conditional):
            try:
                body = await self._gateway.call(endpoint, params)
                self._dispatcher.dispatch(families.cancelled(body, endpoint, symbol, client_order_id))
                return
            except Fault as fault:
                if fault.rule.fate is not Fate.GONE:
                    raise

    async def cancel_by_ids(
        self, symbol: str, client_order_ids: Sequence[str], *, is_conditional: bool = False
    ) -> dict[str, ConnectorFault]:
        """Cancels orders of a symbol that are known by their client ids alone, in one request: several regular ones, or
        one. Returns what befell those that may not be gone."""
        if len(client_order_ids) == 1:
            try:
                await self.cancel_by_id(symbol, client_order_ids[0], is_conditional=is_conditional)
            except ConnectorFault as fault:
                return {client_order_ids[0]: fault}
            return {}
        params = requests.orders_by_client_id(symbol, client_order_ids)
        asked = [(symbol, name) for name in client_order_ids]
        outcomes = await asked_together(self._gateway, endpoints.CANCEL_ORDERS, params, asked)
        faults: dict[str, ConnectorFault] = {}
        for name, outcome in zip(client_order_ids, outcomes, strict=True):
            if isinstance(outcome, OrderReport):
                self._dispatcher.dispatch(outcome)
            elif not (isinstance(outcome, Fault) and outcome.rule.fate is Fate.GONE):
                faults[name] = outcome
        return faults

    def tend(self) -> None:
        """Goes on with every wish, those of an earlier run and the ghosts' too."""
        for order in (*self._tracker.active, *self._tracker.ghosts()):
            self._pursue(order)

    def _hear(self, event: Event) -> None:
        name = getattr(event, "order_id", "")
        order = self._tracker.order(name)
        if name in self.pursued:
            self.pursued[name].set()
        elif order is not None and self._tasks.is_running:
            # Before the start has ended nobody carries it: `tend` goes on with it then.
            self._pursue(order)

    def _want(self, order: InFlightOrder) -> None:
        if order.is_open and not order.cancel_wanted:
            self._dispatcher.dispatch(own_word(order, OrderStatus.CANCEL_WANTED))

    def _may_be_asked_for(self, order: InFlightOrder) -> bool:
        return self._may_leave(order) and order.client_order_id not in self.pursued

    def _pursue(self, order: InFlightOrder, *, was_asked: bool = False) -> None:
        if self._may_be_asked_for(order):
            self._carry((order,), self._until_over(order, was_asked=was_asked))

    def begin(self, order: InFlightOrder) -> Begun | None:
        """What waits for the answer to a cancel that leaves at once, in the turn that wants it and before the wish is
        written down: what a crash loses of that, the look-up of the next life finds out. `go_on` has to follow in the
        same turn. None where it can't: by REST, while the limits are used up, while another is on its way, or where it
        may take two requests."""
        left = None if self.quick is None else self.quick.cancel(order)
        if left is not None:
            name = order.symbol, order.client_order_id
            return self._gateway.going_on(
                endpoints.CANCEL_ORDER, lambda: requests.order_by_client_id(*name), _always, left
            )
        if not order.is_open or order.client_order_id in self.pursued or self._awaits_leaving(order):
            return None
        if order.trigger is not None or not self._tasks.is_running:
            return None
        params = requests.order_by_client_id(order.symbol, order.client_order_id)
        return self._gateway.begin(endpoints.CANCEL_ORDER, params, _always)

    def _carry(self, orders: tuple[InFlightOrder, ...], work: Coroutine[Any, Any, None]) -> None:
        """Starts a work that lets go of the orders at its end."""
        for order in orders:
            self.pursued[order.client_order_id] = asyncio.Event()
        try:
            self._tasks.spawn(work)
        except BaseException:
            self._let_go(orders)
            raise

    def _let_go(self, orders: tuple[InFlightOrder, ...]) -> None:
        for order in orders:
            del self.pursued[order.client_order_id]

    async def _until_over(self, order: InFlightOrder, *, was_asked: bool, begun: Begun | None = None) -> None:
        news, pause_s = self.pursued[order.client_order_id], _FIRST_PAUSE_S
        try:
            if begun is not None:
                await self._heed(order, await self._outcome_of(begun, order))
                was_asked = True
            while self._may_leave(order):
                if not was_asked:
                    news.clear()
                    await self._ask(order)
                was_asked = False
                if not self._may_leave(order):
                    return
                try:
                    async with asyncio.timeout(pause_s):
                        await news.wait()
                    pause_s = _FIRST_PAUSE_S
                except TimeoutError:
                    pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
        finally:
            self._let_go((order,))

    async def _together(self, orders: tuple[InFlightOrder, ...]) -> None:
        """One cancel of several orders of a symbol. Those that are not over then are asked for one by one."""
        try:
            for order in orders:
                self.left.discard(order.client_order_id)
                self._dispatcher.dispatch(own_word(order, OrderStatus.CANCEL_REQUESTED))
            asked = [(order.symbol, order.client_order_id) for order in orders]
            params = requests.orders_by_client_id(orders[0].symbol, [name for _, name in asked])
            outcomes = await asked_together(self._gateway, endpoints.CANCEL_ORDERS, params, asked)
            await asyncio.gather(*map(self._heed, orders, outcomes))
        finally:
            self._let_go(orders)
        for order in orders:
            self._pursue(order, was_asked=True)

    async def _ask(self, order: InFlightOrder) -> None:
        """One cancel. Afterwards the order is over, or stands as it stood."""
        self._note_asked(order)
        try:
            outcome: Outcome = await self._ack_of_some_way(order)
        except ConnectorFault as fault:
            outcome = fault
        await self._heed(order, outcome)

    def _note_asked(self, order: InFlightOrder) -> None:
        self.left.discard(order.client_order_id)
        asked = own_word(order, OrderStatus.CANCEL_REQUESTED)
        if self.quick is not None and self.quick.note_cancel(order):
            self._dispatcher.follow(order, asked)
        else:
            self._dispatcher.dispatch(asked)

    async def _outcome_of(self, begun: Begun, order: InFlightOrder) -> Outcome:
        try:
            return families.cancelled(await begun, endpoints.CANCEL_ORDER, order.symbol, order.client_order_id)
        except ConnectorFault as fault:
            return fault

    async def _heed(self, order: InFlightOrder, outcome: Outcome) -> None:
        match outcome:
            case OrderReport():
                was_open = order.is_open
                self._dispatcher.dispatch(outcome)
                if was_open:
                    self._ack_watch.acknowledged(order.client_order_id, known_by(outcome), self._clock.monotonic_ms())
            case Fault():
                _LOG.info("cancel of %s: %s", order.client_order_id, outcome)
                overtook = outcome.rule.fate is Fate.GONE and order.state is OrderState.PENDING_CREATE
                is_turning = outcome.code == families.BEING_TRIGGERED
                if is_turning or (outcome.rule.fate is not Fate.NEVER_LIVED and not overtook):
                    await self._look_up(order)
            case _:
                _LOG.warning("cancel of %s: %s", order.client_order_id, outcome)
                await self._look_up(order)
        if order.is_open:
            self._dispatcher.dispatch(own_word(order, OrderStatus.CANCEL_REFUSED))

    async def _ack_of_some_way(self, order: InFlightOrder) -> OrderReport:
        """The answer of the first family that has the order. Raises `Fault`, that of the last one asked."""
        *others, last = families.cancels(order)
        for way in others:
            try:
                return await self._ack_of(order, way)
            except Fault as fault:
                if fault.rule.fate is not Fate.GONE:
                    raise
        return await self._ack_of(order, last)

    async def _ack_of(self, order: InFlightOrder, way: families.Way) -> OrderReport:
        endpoint, params = way
        body = await self._gateway.call(endpoint, params)
        return families.cancelled(body, endpoint, order.symbol, order.client_order_id)

    def _awaits_leaving(self, order: InFlightOrder) -> bool:
        """Whether the order itself is not known to have left yet."""
        return order.state is OrderState.PENDING_CREATE and order.client_order_id not in self.left

    def _may_leave(self, order: InFlightOrder) -> bool:
        """Whether the order is wanted gone, and a cancel may leave now."""
        if self._awaits_leaving(order):
            return False
        return order.ghost or (order.cancel_wanted and order.is_open)


def _of_one_request(orders: Iterable[InFlightOrder]) -> Iterator[tuple[InFlightOrder, ...]]:
    """The orders in groups that one request can cancel: several regular ones of a symbol, a conditional one alone."""
    by_symbol: dict[str, list[InFlightOrder]] = {}
    for order in orders:
        if order.trigger is None:
            by_symbol.setdefault(order.symbol, []).append(order)
        else:
            yield (order,)
    for rows in by_symbol.values():
        yield from in_groups(rows, endpoints.MOST_CANCELS_BATCHED)
