"""The way of an order to the venue. It is tracked and written down before any byte leaves; every answer is a report.

An answer that does not come is a report too: OUTCOME_UNKNOWN. Nothing is sent twice here; what became of an
unknown order is found out by stream and look-up (`reconcile`).
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from connector.core.amounts import NAN, ZERO
from connector.core.clock import Clock
from connector.core.enums import (
    OrderType,
    TradeType,
)
from connector.core.events import MarketOrderFailureEvent
from connector.core.faults import ArgumentFault, Blame, ConnectorFault, Fate, Fault, FaultRule, Retry, UnreadableFault
from connector.core.intents import OrderIntent
from connector.core.order_ends import Rejection, RejectionKind
from connector.core.reports import OrderReport, OrderStatus
from connector.core.trading_rule import BrokenRule, TradingRule
from connector.exchange.account.ack_event_watch import known_by
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.orders import families
from connector.exchange.orders.cancels import Cancels
from connector.exchange.orders.entry_terms import EntryPermit, OrderTerms, Placing
from connector.exchange.orders.exact_intent import exact_intent
from connector.exchange.orders.intent_rules import broken_count, broken_rule, most_resting, within_what_is_held
from connector.exchange.orders.own_words import not_sent, own_word
from connector.exchange.orders.plain.quick_entry import Taken
from connector.exchange.orders.post_only import WOULD_TAKE, repriced
from connector.exchange.orders.quick_entry import QuickEntry
from connector.exchange.orders.rejections import BEYOND_LIMIT, NOT_SENT, UNPAID, kept_by, rejection_of
from connector.exchange.orders.together import Outcome
from connector.net.gateway import Begun
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.tracker import Tracker
from connector.venue import endpoints
from connector.venue.endpoints import PLACE_ORDER
from connector.venue.order_fields import CLOSE_SEMANTICS
from connector.wire import algo_requests
from connector.wire.requests import RequestParams

_LOG = logging.getLogger(__name__)


_NOT_READY = not_sent("the connector is not ready", Blame.NETWORK)
_CANCELLED = not_sent("it was cancelled before it left")

#: Of orders that are only tried: no id is used up, and none of ours has this form.
_TRIAL_ID = "trial"
#: What a fault's fate says of an order that was being placed.
_PLACED = {
    Fate.NEVER_LIVED: OrderStatus.REJECTED,
    Fate.GONE: OrderStatus.REJECTED,
    Fate.UNKNOWN: OrderStatus.OUTCOME_UNKNOWN,
    Fate.DONE: OrderStatus.OUTCOME_UNKNOWN,
}


class OrderEntry:
    """Places and cancels: `submit_at_once` and `cancels.request` return at once, their fates arrive as reports."""

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
        #: What the user allows.
        self.limits = permit.limits
        #: The short way of an order; None: there is none.
        self.quick: QuickEntry | None = None
        self.cancels = Cancels(venue, tracker, clock, self.look_up, permit.tasks)

    def submit_at_once(self, intent: OrderIntent) -> InFlightOrder:
        """Puts an intent on the pair's grids, tracks it, and sends it: where that can be it has left when this returns,
        else it is sent as soon as the loop is free.

        From here on it exists for the budget, whatever happens. Raises `ArgumentFault` for what is no order,
        `UnavailableFault` while the connector is not started; nothing is tracked then.
        """
        taken = None if self.quick is None else self.quick.place(intent)
        if taken is not None:
            return self._taken(intent, taken)
        placing = self.track(intent)
        return self._begin(placing, self._begun)

    def _begin(self, placing: Placing, begin: Callable[[Placing], Begun | None]) -> InFlightOrder:
        hindrance = self._hindrance(placing)
        if hindrance is not None:
            self._permit.tasks.spawn(self._tell_refused(placing, *hindrance))
            return placing.order
        self._permit.tasks.spawn(self._go_on(placing, begin(placing)))
        return placing.order

    def replace_at_once(self, replaced: Sequence[tuple[InFlightOrder, OrderIntent]]) -> list[InFlightOrder]:
        """Orders in the places of others, as `submit_at_once` does each: the cancels of all those leave first, and what
        is to be noted of them is noted when the new orders have left, too."""
        begun = [(order, self.cancels.begin(order)) for order, _ in replaced]
        for order, answer in begun:
            if answer is None:
                self.cancels.go_on(order, None)
        try:
            return [self.submit_at_once(intent) for _, intent in replaced]
        finally:
            for order, answer in begun:
                if answer is not None:
                    self.cancels.go_on(order, answer)

    def _taken(self, intent: OrderIntent, taken: Taken) -> InFlightOrder:
        """Goes on with an order that took the short way: whoever keeps sums of orders is told of it."""
        order, rule, begun = taken
        self._tracker.note(order)
        placing = Placing(order, intent, rule)
        if begun is None:
            # The limits are used up, or the journal is in trouble.
            return self._begin(placing, lambda placing: None)
        wanted, left = (lambda: self.is_wanted(placing)), (lambda: self.cancels.order_left(order.client_order_id))
        going_on = self._gateway.going_on(PLACE_ORDER, lambda: self.params_of(placing), wanted, begun, left)
        self._permit.tasks.spawn(self._go_on(placing, going_on))
        return order

    async def _tell_refused(self, placing: Placing, why: FaultRule, rejection: Rejection) -> None:
        self._refuse(placing.order, why, rejection)

    def _begun(self, placing: Placing) -> Begun | None:
        """What waits for the answer to an order that leaves at once; None where it can't, and `send` is its way."""
        name = placing.order.client_order_id
        wanted, left = (lambda: self.is_wanted(placing)), (lambda: self.cancels.order_left(name))
        return self._gateway.begin(*self._way_of(placing), wanted, left)

    async def _go_on(self, placing: Placing, begun: Begun | None = None) -> None:
        if begun is None and placing.order.cancel_wanted:
            self._refuse(placing.order, _CANCELLED)
            return
        outcome = await (self.ask(placing) if begun is None else self._outcome_of(placing.order, begun))
        await self.heed(placing, outcome)

    def track(self, intent: OrderIntent) -> Placing:
        """Tracks an order and writes it down; it is the caller's to send it. Raises as `submit_at_once` does."""
        self._permit.tasks.require_running()
        terms = self._terms
        rule = terms.rule_of(intent.trading_pair)
        exact = self._exact(intent, rule)
        now_ms = self._clock.now_ms()
        client_order_id = terms.client_order_ids.mint(exact.trade_type, now_ms)
        leverage = terms.leverage_of(rule.symbol)
        over = self._permit.limits.over(exact)
        unpaid = over or self._permit.unpaid(exact)
        order = self._tracker.open_order(exact, client_order_id, leverage=leverage, now_ms=now_ms, unpaid=unpaid)
        self._permit.journaling.intended(order)
        return Placing(order, exact, rule, BEYOND_LIMIT if over else UNPAID)

    def fail_untracked(self, intent: OrderIntent, why: ArgumentFault) -> str:
        """Gives an id to what can be no order: it fails by an event of its own, once the id is in the caller's
        hands."""
        name = self._terms.client_order_ids.mint(TradeType.BUY, self._clock.now_ms())
        self._permit.journaling.id_without_order()
        self._permit.tasks.spawn(self._tell_no_order(name, intent, why))
        return name

    async def trial(self, intent: OrderIntent) -> Fault | None:
        """The refusal that an order would meet now, the connector's own among them; None where it would be taken.

        Nothing is tracked, nothing is held. Raises `ArgumentFault` for what is no order, `ConnectorFault` where the
        venue does not say.
        """
        rule = self._terms.rule_of(intent.trading_pair)
        exact = self._exact(intent, rule)
        broken = self._broken_rule(exact, rule)
        if broken is not None:
            return Fault(not_sent(str(broken)), "test order")
        if unpaid := self._permit.limits.over(exact) or self._permit.unpaid(exact):
            return Fault(not_sent(unpaid), "test order")
        mode, prevention = self._terms.position_mode(), self._terms.self_trade_prevention
        params = algo_requests.test_order(exact, rule.symbol, _TRIAL_ID, mode, prevention)
        try:
            await self._gateway.call(endpoints.TEST_ORDER, params)
        except Fault as fault:
            if not fault.code or fault.rule.retry is not Retry.NEVER or fault.rule.fate is not Fate.NEVER_LIVED:
                raise
            return fault
        return None

    async def look_up(self, order: InFlightOrder) -> None:
        """Asks for the order's state. One that lived and is not found is lost from sight, not gone."""
        try:
            for report in await families.sought(self._api, order):
                self._dispatcher.dispatch(report)
        except UnreadableFault as fault:
            _LOG.warning("look-up of %s: %s", order.client_order_id, fault)
        except Fault as fault:
            if fault.rule.fate is Fate.GONE and order.was_seen and not order.lost:
                _LOG.warning("order %s is lost from sight; it is looked for", order.client_order_id)
                self._dispatcher.dispatch(own_word(order, OrderStatus.NOT_FOUND))
            else:
                _LOG.info("look-up of %s: %s", order.client_order_id, fault)

    async def send(self, placing: Placing) -> None:
        """Sends a tracked order by itself, unless something keeps it."""
        if self.may_go(placing):
            await self._go_on(placing)

    def _exact(self, intent: OrderIntent, rule: TradingRule) -> OrderIntent:
        """What can be sent of an intent. Raises `ArgumentFault`."""
        exact, mode = exact_intent(intent, rule, self._gateway.venue_ms()), self._terms.position_mode()
        if not exact.reduces_only:
            return exact
        side = CLOSE_SEMANTICS[mode, exact.position_action, exact.trade_type].position_side
        held = self._terms.held(rule.symbol, side)
        return within_what_is_held(exact, rule.symbol, mode, held, self._tracker.active)

    def _broken_rule(self, intent: OrderIntent, rule: TradingRule) -> BrokenRule | None:
        pair = intent.trading_pair
        # What closes and has a price is worth that price, and bound by no band here: it needs no mark.
        needs_mark = intent.price is None or not intent.reduces_only
        mark = self._terms.mark_price_of(pair) if needs_mark else NAN
        is_market = intent.order_type is OrderType.MARKET
        return broken_rule(intent, rule, mark, self._terms.touch_of(pair) if is_market else (None, None))

    def may_go(self, placing: Placing) -> bool:
        """Whether a tracked order may be sent now; what a rule, a shut gate or a refusal keeps has failed."""
        hindrance = self._hindrance(placing)
        if hindrance is not None:
            self._refuse(placing.order, *hindrance)
        return hindrance is None

    def _hindrance(self, placing: Placing) -> tuple[FaultRule, Rejection] | None:
        """What keeps a tracked order; None where it may go."""
        order, intent, rule = placing.order, placing.intent, placing.rule
        broken = self._broken_rule(intent, rule) or self._broken_count(order, rule)
        if order.cancel_wanted:
            return _CANCELLED, NOT_SENT
        if broken is not None:
            return not_sent(str(broken)), kept_by(broken)
        if order.unpaid:
            return not_sent(order.unpaid), placing.unpaid
        if shut := self._permit.shut(order):
            return not_sent(shut), NOT_SENT
        if not self.is_wanted(placing):
            return _NOT_READY, NOT_SENT
        if trouble := self._permit.journaling.unwritten(order):
            return not_sent(f"the journal can't be written ({trouble})", Blame.CONFIGURATION), NOT_SENT
        if why := self._permit.kept_back(order):
            return not_sent(why), NOT_SENT
        why = self._permit.limits.takes_a_turn(reduces_only=placing.reduces_only)
        return (not_sent(why), BEYOND_LIMIT) if why else None

    def _broken_count(self, order: InFlightOrder, rule: TradingRule) -> BrokenRule | None:
        most = most_resting(order, rule)
        return broken_count(order, rule, self._tracker.active) if 0 < most < self._tracker.active_count else None

    def is_wanted(self, placing: Placing) -> bool:
        """Whether the order may leave, as far as its owner and the gates are concerned; it is asked as the last thing
        before it is signed."""
        return self._permit.may_leave(reduces_only=placing.reduces_only) and not placing.order.cancel_wanted

    def params_of(self, placing: Placing) -> RequestParams:
        """The order as a request spells it."""
        return self._way_of(placing)[1]

    def _way_of(self, placing: Placing) -> families.Way:
        mode, prevention = self._terms.position_mode(), self._terms.self_trade_prevention
        return families.placement(placing.intent, placing.order, mode, prevention)

    async def ask(self, placing: Placing) -> Outcome:
        """Sends once."""
        order = placing.order
        sending = self._gateway.call(
            *self._way_of(placing),
            still_wanted=lambda: self.is_wanted(placing),
            left=lambda: self.cancels.order_left(order.client_order_id),
        )
        return await self._outcome_of(order, sending)

    async def _outcome_of(self, order: InFlightOrder, answer: Begun) -> Outcome:
        try:
            return families.placed(await answer, order)
        except ConnectorFault as fault:
            return fault
        finally:
            self.cancels.order_answered(order.client_order_id)

    async def heed(self, placing: Placing, outcome: Outcome) -> None:
        """Takes in what came of sending an order. A post-only order that would take is priced anew, within bounds, as
        often as it is refused for that: such a refusal is a clean one, so that the id may be used again."""
        order, asked = placing.order, placing.intent.price or ZERO
        while isinstance(outcome, Fault) and outcome.code == WOULD_TAKE and not order.cancel_wanted:
            touch = self._terms.touch_of(order.trading_pair)
            wanted = repriced(placing.intent, asked, touch, placing.rule.tick_size, self._terms.reprice_ticks)
            if wanted is None or self._permit.limits.takes_a_turn(reduces_only=placing.reduces_only):
                break
            _LOG.info("%s would take at %s: %s", order.client_order_id, order.price, wanted.price)
            self._dispatcher.dispatch(replace(own_word(order, OrderStatus.UNCHANGED), price=wanted.price))
            placing = replace(placing, intent=wanted)
            outcome = await self.ask(placing)
        self._take(order, outcome)

    async def _tell_no_order(self, name: str, intent: OrderIntent, why: ArgumentFault) -> None:
        fault = Fault(not_sent(str(why)), "new order")
        at_s, rejection = self._clock.now_ms() / 1000, Rejection(RejectionKind.NOT_SENT)
        self._bus.publish((MarketOrderFailureEvent(at_s, name, intent.order_type, fault, rejection),))

    def _take(self, order: InFlightOrder, outcome: Outcome) -> None:
        match outcome:
            case OrderReport():
                self._dispatcher.dispatch(outcome)
                self._ack_watch.acknowledged(order.client_order_id, known_by(outcome), self._clock.monotonic_ms())
            case Fault():
                rejection = self._rejection(order, outcome)
                self._dispatcher.dispatch(own_word(order, _PLACED[outcome.rule.fate], outcome, rejection))
            case _:
                _LOG.warning("answer to %s: %s", order.client_order_id, outcome)
                self._dispatcher.dispatch(own_word(order, OrderStatus.OUTCOME_UNKNOWN))

    def _rejection(self, order: InFlightOrder, fault: Fault) -> Rejection:
        try:
            rule = self._terms.rule_of(order.trading_pair)
        except ArgumentFault:
            rule = None
        return rejection_of(fault, order, rule)

    def _refuse(self, order: InFlightOrder, why: FaultRule, rejection: Rejection = NOT_SENT) -> None:
        self._dispatcher.dispatch(own_word(order, OrderStatus.REJECTED, Fault(why, "new order"), rejection))
