"""The way of an order to the venue. It is tracked and written down before any byte leaves; every answer is a report.

An answer that does not come is a report too: OUTCOME_UNKNOWN. Nothing is sent twice here; what became of an
unknown order is found out by stream and look-up (`reconcile`).
"""

import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from connector.core.amounts import ZERO
from connector.core.clock import Clock
from connector.core.enums import OrderState, PositionMode
from connector.core.faults import Blame, ConnectorFault, Fate, Fault, FaultRule, Retry, UnreadableFault
from connector.core.intents import OrderIntent
from connector.core.reports import OrderReport, OrderStatus, ReportSource
from connector.core.trading_rule import TradingRule
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.order_journaling import OrderJournaling
from connector.exchange.orders.exact_intent import exact_intent
from connector.orders.client_order_ids import OrderIds
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.tracker import Tracker
from connector.venue import endpoints
from connector.venue.endpoints import Endpoint
from connector.wire import order_replies, requests

_LOG = logging.getLogger(__name__)


def _not_sent(why: str, blame: Blame = Blame.REQUEST) -> FaultRule:
    return FaultRule(Fate.NEVER_LIVED, Retry.NEVER, blame, f"not sent: {why}")


_NOT_READY = _not_sent("the connector is not ready", Blame.NETWORK)

#: What a fault's fate says of an order that was being placed.
_PLACED = {
    Fate.NEVER_LIVED: OrderStatus.REJECTED,
    Fate.GONE: OrderStatus.REJECTED,
    Fate.UNKNOWN: OrderStatus.OUTCOME_UNKNOWN,
    Fate.DONE: OrderStatus.OUTCOME_UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """What an intent is made exact, tracked and checked by; pairs that are not traded raise `ArgumentFault`."""

    rule_of: Callable[[str], TradingRule]
    #: By symbol.
    leverage_of: Callable[[str], int]
    #: NaN before the first frame.
    mark_price_of: Callable[[str], Decimal]
    position_mode: Callable[[], PositionMode]
    client_order_ids: OrderIds


class TaskOwner(Protocol):
    """Who carries what is sent; both calls raise `UnavailableFault` while nothing is started."""

    def require_running(self) -> object: ...

    def spawn(self, work: Coroutine[Any, Any, None]) -> None: ...


@dataclass(frozen=True, slots=True)
class EntryPermit:
    """When orders go, who carries them, and where they are written down before."""

    #: Asked as late as possible: the last thing before an order is signed.
    may_send: Callable[[], bool]
    tasks: TaskOwner
    journaling: OrderJournaling


class OrderEntry:
    """Places and cancels: `submit` and `request_cancel` return at once, what becomes of it arrives as reports."""

    def __init__(
        self, venue: VenueSide, terms: OrderTerms, tracker: Tracker, clock: Clock, permit: EntryPermit
    ) -> None:
        self._gateway, self._api = venue.gateway, venue.api
        self._dispatcher, self._ack_watch = venue.dispatcher, venue.ack_watch
        self._terms = terms
        self._tracker = tracker
        self._clock = clock
        self._permit = permit
        #: Cancels that were asked for before the ack: sent when it has come.
        self._cancel_after_ack: set[str] = set()

    def submit(self, intent: OrderIntent) -> InFlightOrder:
        """Puts an intent on the pair's grids, tracks it, and sends it as soon as the loop is free.

        From here on it exists for the budget, whatever happens. Raises `ArgumentFault` for what is no order,
        `UnavailableFault` while the connector is not started; nothing is tracked then.
        """
        self._permit.tasks.require_running()
        terms = self._terms
        rule = terms.rule_of(intent.trading_pair)
        exact = exact_intent(intent, rule)
        now_ms = self._clock.now_ms()
        client_order_id = terms.client_order_ids.mint(exact.trade_type, now_ms)
        leverage = terms.leverage_of(rule.symbol)
        order = self._tracker.open_order(exact, client_order_id, leverage=leverage, now_ms=now_ms)
        self._permit.journaling.intended(order)
        self._permit.tasks.spawn(self._place(order, exact, rule))
        return order

    def request_cancel(self, order: InFlightOrder) -> None:
        """Asks for the cancel as soon as the loop is free; an order that is over is left alone."""
        if order.is_open:
            self._permit.tasks.spawn(self.cancel(order))

    async def cancel(self, order: InFlightOrder) -> None:
        """Asks for the cancel. "No such order" is no proof: the order is then looked up.

        When this returns, the order is over, or the cancel may be asked for again.
        """
        if order.state is OrderState.PENDING_CREATE:
            # The request may still be on its way: a cancel that overtakes it would find nothing.
            self._cancel_after_ack.add(order.client_order_id)
            return
        self._dispatcher.dispatch(_own_word(order, OrderStatus.CANCEL_REQUESTED))
        params = requests.order_by_client_id(order.symbol, order.client_order_id)
        try:
            body = await self._gateway.call(endpoints.CANCEL_ORDER, params)
            self._dispatcher.dispatch(_ack(body, order.symbol, order.client_order_id))
        except UnreadableFault as fault:
            _LOG.warning("cancel of %s: %s", order.client_order_id, fault)
            await self.look_up(order)
        except Fault as fault:
            if fault.rule.fate is not Fate.NEVER_LIVED:
                await self.look_up(order)
            _LOG.info("cancel of %s: %s", order.client_order_id, fault)
        if order.is_open:
            self._dispatcher.dispatch(_own_word(order, OrderStatus.CANCEL_REFUSED))

    async def cancel_by_id(self, symbol: str, client_order_id: str) -> None:
        """Cancels an order that is known by its client id alone. Raises `Fault` unless it is gone."""
        params = requests.order_by_client_id(symbol, client_order_id)
        try:
            body = await self._gateway.call(endpoints.CANCEL_ORDER, params)
            self._dispatcher.dispatch(_ack(body, symbol, client_order_id))
        except Fault as fault:
            if fault.rule.fate is not Fate.GONE:
                raise

    async def look_up(self, order: InFlightOrder) -> None:
        """Asks for the order's state. One that lived and is not found is lost from sight, not gone."""
        try:
            self._dispatcher.dispatch(await self._api.order(order.symbol, order.client_order_id))
        except UnreadableFault as fault:
            _LOG.warning("look-up of %s: %s", order.client_order_id, fault)
        except Fault as fault:
            if fault.rule.fate is Fate.GONE and order.was_seen and not order.lost:
                _LOG.warning("order %s is lost from sight; it is looked for", order.client_order_id)
                self._dispatcher.dispatch(_own_word(order, OrderStatus.NOT_FOUND))
            else:
                _LOG.info("look-up of %s: %s", order.client_order_id, fault)

    async def _place(self, order: InFlightOrder, intent: OrderIntent, rule: TradingRule) -> None:
        """Sends a tracked order, unless a rule or a shut gate keeps it."""
        price = self._terms.mark_price_of(intent.trading_pair) if intent.price is None else intent.price
        known = ZERO if price.is_nan() else price
        broken = rule.broken_by(intent.amount, known, intent.order_type, reduce_only=intent.reduces_only)
        if broken is not None:
            self._refuse(order, _not_sent(str(broken)))
        elif not self._permit.may_send():
            self._refuse(order, _NOT_READY)
        elif trouble := self._permit.journaling.unwritten(order):
            self._refuse(order, _not_sent(f"the journal can't be written ({trouble})", Blame.CONFIGURATION))
        else:
            endpoint = endpoints.CLOSE_ORDER if intent.reduces_only else endpoints.PLACE_ORDER
            await self._send(order, endpoint, requests.place_order(
                intent, order.symbol, order.client_order_id, self._terms.position_mode()
            ))  # fmt: skip

    async def _send(self, order: InFlightOrder, endpoint: Endpoint, params: Mapping[str, str]) -> None:
        try:
            body = await self._gateway.call(endpoint, params, still_wanted=self._permit.may_send)
            self._dispatcher.dispatch(_ack(body, order.symbol, order.client_order_id))
            self._ack_watch.acknowledged(order.client_order_id, self._clock.monotonic_ms())
        except Fault as fault:
            self._dispatcher.dispatch(_own_word(order, _PLACED[fault.rule.fate], fault))
        except ConnectorFault as fault:
            _LOG.warning("answer to %s: %s", order.client_order_id, fault)
            self._dispatcher.dispatch(_own_word(order, OrderStatus.OUTCOME_UNKNOWN))
        if order.client_order_id in self._cancel_after_ack:
            self._cancel_after_ack.discard(order.client_order_id)
            if order.is_open:
                await self.cancel(order)

    def _refuse(self, order: InFlightOrder, why: FaultRule) -> None:
        self._dispatcher.dispatch(_own_word(order, OrderStatus.REJECTED, Fault(why, "new order")))


def _ack(body: bytes, symbol: str, client_order_id: str) -> OrderReport:
    return order_replies.order(body, ReportSource.ACK, symbol, client_order_id)


def _own_word(order: InFlightOrder, status: OrderStatus, fault: Fault | None = None) -> OrderReport:
    """A report of our own about an order, for what the venue did not say itself."""
    return OrderReport(
        source=ReportSource.ERROR if fault else ReportSource.LOCAL,
        status=status,
        symbol=order.symbol,
        client_order_id=order.client_order_id,
        fault=fault,
    )
