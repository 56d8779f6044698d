"""The way of an order to the venue. It is tracked and written down before any byte leaves; every answer is a report.

An answer that does not come is a report too: OUTCOME_UNKNOWN. Nothing is sent twice here; what became of an
unknown order is found out by stream and look-up (`reconcile`).
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from connector.core.amounts import ZERO
from connector.core.clock import Clock
from connector.core.enums import PositionMode, PositionSide, TradeType
from connector.core.events import MarketOrderFailureEvent
from connector.core.faults import ArgumentFault, Blame, ConnectorFault, Fate, Fault, FaultRule, Retry, UnreadableFault
from connector.core.intents import OrderIntent
from connector.core.order_ends import Rejection, RejectionKind
from connector.core.reports import OrderReport, OrderStatus, ReportSource
from connector.core.trading_rule import TradingRule
from connector.exchange.account.ack_event_watch import known_by
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.order_journaling import OrderJournaling
from connector.exchange.orders.cancels import Cancels, TaskOwner
from connector.exchange.orders.exact_intent import exact_intent
from connector.exchange.orders.post_only import REPRICE_TICKS, WOULD_TAKE, Touch, repriced
from connector.exchange.orders.rejections import NOT_SENT, kept_by, rejection_of
from connector.orders.client_order_ids import OrderIds
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.tracker import Tracker
from connector.venue import endpoints
from connector.venue.order_fields import CLOSE_SEMANTICS
from connector.wire import order_replies, requests

_LOG = logging.getLogger(__name__)


def _not_sent(why: str, blame: Blame = Blame.REQUEST) -> FaultRule:
    return FaultRule(Fate.NEVER_LIVED, Retry.NEVER, blame, f"not sent: {why}")


_NOT_READY = _not_sent("the connector is not ready", Blame.NETWORK)
_CANCELLED = _not_sent("it was cancelled before it left")

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
    #: By pair.
    touch_of: Callable[[str], Touch]
    #: What is held of a symbol and position side, signed.
    held: Callable[[str, PositionSide], Decimal]
    reprice_ticks: int = REPRICE_TICKS


@dataclass(frozen=True, slots=True)
class EntryPermit:
    """When orders go, who carries them, and where they are written down before."""

    #: Asked as late as possible: the last thing before an order is signed.
    may_send: Callable[[], bool]
    tasks: TaskOwner
    journaling: OrderJournaling
    #: The same for an order that only reduces a position.
    may_close: Callable[[], bool]
    #: Why an order is kept back after refusals; empty where it goes.
    kept_back: Callable[[InFlightOrder], str]


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
        self._bus = venue.bus
        self.cancels = Cancels(venue, tracker, clock, self.look_up, permit.tasks)

    def submit(self, intent: OrderIntent) -> InFlightOrder:
        """Puts an intent on the pair's grids, tracks it, and sends it as soon as the loop is free.

        From here on it exists for the budget, whatever happens. Raises `ArgumentFault` for what is no order,
        `UnavailableFault` while the connector is not started; nothing is tracked then.
        """
        self._permit.tasks.require_running()
        terms = self._terms
        rule = terms.rule_of(intent.trading_pair)
        exact = self._within_what_is_held(exact_intent(intent, rule), rule)
        now_ms = self._clock.now_ms()
        client_order_id = terms.client_order_ids.mint(exact.trade_type, now_ms)
        leverage = terms.leverage_of(rule.symbol)
        order = self._tracker.open_order(exact, client_order_id, leverage=leverage, now_ms=now_ms)
        self._permit.journaling.intended(order)
        self._permit.tasks.spawn(self._place(order, exact, rule))
        return order

    def submit_each(self, intents: Sequence[OrderIntent]) -> list[str]:
        """Places several orders and returns their ids: each has a fate of its own, which arrives as events, what can be
        no order too. Raises `UnavailableFault` while the connector is not started; nothing is placed then."""
        self._permit.tasks.require_running()
        return [self._submit_or_tell(intent) for intent in intents]

    def request_cancel(self, order: InFlightOrder) -> None:
        """Wants an order gone, from now until it is over; one that is over is left alone."""
        self.cancels.request(order)

    async def cancel_by_id(self, symbol: str, client_order_id: str) -> None:
        """Cancels an order that is known by its client id alone. Raises `Fault` unless it is gone."""
        params = requests.order_by_client_id(symbol, client_order_id)
        try:
            body = await self._gateway.call(endpoints.CANCEL_ORDER, params)
            self._dispatcher.dispatch(order_replies.order(body, ReportSource.ACK, symbol, client_order_id))
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

    def _submit_or_tell(self, intent: OrderIntent) -> str:
        try:
            return self.submit(intent).client_order_id
        except ArgumentFault as fault:
            name = self._terms.client_order_ids.mint(TradeType.BUY, self._clock.now_ms())
            self._permit.tasks.spawn(self._tell_no_order(name, intent, fault))
            return name

    async def _tell_no_order(self, name: str, intent: OrderIntent, why: ArgumentFault) -> None:
        """What can be no order fails by an event of its own, once its id is in the caller's hands."""
        fault = Fault(_not_sent(str(why)), "new order")
        at_s, rejection = self._clock.now_ms() / 1000, Rejection(RejectionKind.NOT_SENT)
        self._bus.publish((MarketOrderFailureEvent(at_s, name, intent.order_type, fault, rejection),))

    def _within_what_is_held(self, intent: OrderIntent, rule: TradingRule) -> OrderIntent:
        """A closing order of hedge mode is cut to its position, as the venue itself does in one-way mode."""
        if not intent.reduces_only or self._terms.position_mode() is not PositionMode.HEDGE:
            return intent
        side = CLOSE_SEMANTICS[PositionMode.HEDGE, intent.position_action, intent.trade_type].position_side
        held = abs(self._terms.held(rule.symbol, side))
        return replace(intent, amount=held) if ZERO < held < intent.amount else intent

    async def _place(self, order: InFlightOrder, intent: OrderIntent, rule: TradingRule) -> None:
        """Sends a tracked order, unless a rule or a shut gate keeps it."""
        price = self._terms.mark_price_of(intent.trading_pair) if intent.price is None else intent.price
        known = ZERO if price.is_nan() else price
        broken = rule.broken_by(intent.amount, known, intent.order_type, reduce_only=intent.reduces_only)
        if order.cancel_wanted:
            self._refuse(order, _CANCELLED)
        elif broken is not None:
            self._refuse(order, _not_sent(str(broken)), kept_by(broken))
        elif not self._may_leave(intent):
            self._refuse(order, _NOT_READY)
        elif trouble := self._permit.journaling.unwritten(order):
            self._refuse(order, _not_sent(f"the journal can't be written ({trouble})", Blame.CONFIGURATION))
        elif why := self._permit.kept_back(order):
            self._refuse(order, _not_sent(why))
        else:
            await self._send_at_some_price(order, intent, rule)

    def _may_leave(self, intent: OrderIntent) -> bool:
        return self._permit.may_close() if intent.reduces_only else self._permit.may_send()

    async def _send_at_some_price(self, order: InFlightOrder, intent: OrderIntent, rule: TradingRule) -> None:
        """Sends; a post-only order that would take is priced anew, within bounds, as often as it is refused for that.
        Such a refusal is a clean one, so that the id may be used again."""
        wanted: OrderIntent | None = intent
        while wanted is not None:
            fault = await self._send(order, wanted)
            if fault is None:
                return
            touch = self._terms.touch_of(intent.trading_pair)
            price = intent.price or ZERO
            wanted = repriced(wanted, price, touch, rule.tick_size, self._terms.reprice_ticks)
            if wanted is None or order.cancel_wanted:
                self._dispatcher.dispatch(_own_word(order, OrderStatus.REJECTED, fault, self._rejection(order, fault)))
                return
            _LOG.info("%s would take at %s: %s", order.client_order_id, order.price, wanted.price)
            self._dispatcher.dispatch(replace(_own_word(order, OrderStatus.UNCHANGED), price=wanted.price))

    async def _send(self, order: InFlightOrder, intent: OrderIntent) -> Fault | None:
        """Sends once. Returns the refusal of a post-only order that would take; all else is dispatched."""
        params = requests.place_order(intent, order.symbol, order.client_order_id, self._terms.position_mode())
        endpoint = endpoints.CLOSE_ORDER if intent.reduces_only else endpoints.PLACE_ORDER
        try:
            body = await self._gateway.call(
                endpoint, params,
                still_wanted=lambda: self._may_leave(intent) and not order.cancel_wanted,
            )  # fmt: skip
            ack = order_replies.order(body, ReportSource.ACK, order.symbol, order.client_order_id)
            self._dispatcher.dispatch(ack)
            self._ack_watch.acknowledged(order.client_order_id, known_by(ack), self._clock.monotonic_ms())
        except Fault as fault:
            if fault.code == WOULD_TAKE:
                return fault
            rejection = self._rejection(order, fault)
            self._dispatcher.dispatch(_own_word(order, _PLACED[fault.rule.fate], fault, rejection))
        except ConnectorFault as fault:
            _LOG.warning("answer to %s: %s", order.client_order_id, fault)
            self._dispatcher.dispatch(_own_word(order, OrderStatus.OUTCOME_UNKNOWN))
        return None

    def _rejection(self, order: InFlightOrder, fault: Fault) -> Rejection:
        try:
            rule = self._terms.rule_of(order.trading_pair)
        except ArgumentFault:
            rule = None
        return rejection_of(fault, order, rule)

    def _refuse(self, order: InFlightOrder, why: FaultRule, rejection: Rejection = NOT_SENT) -> None:
        self._dispatcher.dispatch(_own_word(order, OrderStatus.REJECTED, Fault(why, "new order"), rejection))


def _own_word(
    order: InFlightOrder, status: OrderStatus, fault: Fault | None = None, rejection: Rejection | None = None
) -> OrderReport:
    """A report of our own about an order, for what the venue did not say itself."""
    return OrderReport(
        source=ReportSource.ERROR if fault else ReportSource.LOCAL,
        status=status,
        symbol=order.symbol,
        client_order_id=order.client_order_id,
        fault=fault,
        rejection=rejection,
    )
