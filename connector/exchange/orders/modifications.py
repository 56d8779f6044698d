"""Changes of open orders: another price or another total amount, under the same ids. Queue place is lost.

    asked ──▶ kept                                  told as failed: nothing left
      └─────▶ written down ──▶ sent ──▶ taken       told as modified
                                 │  ──▶ over        the new total is filled already, or a post-only order would take:
                                 │                  the venue cancels it, and its end is told
                                 │  ──▶ refused     told as failed: the order stands as it stood
                                 └────▶ no answer   nobody knows: the order is looked up, and the change never resent

An order has one change on its way at most. A cancel goes past it, and wins; while one is wished for no change leaves.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from connector.core.amounts import ZERO
from connector.core.clock import Clock
from connector.core.enums import PositionAction
from connector.core.faults import ArgumentFault, Blame, ConnectorFault, Fate, Fault
from connector.core.intents import ModifyIntent
from connector.core.order_ends import Rejection
from connector.core.price_band import broken_band
from connector.core.reports import OrderReport, OrderStatus, ReportSource
from connector.core.trading_rule import TradingRule
from connector.exchange.account.ack_event_watch import known_by_change
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.orders.entry_terms import EntryPermit, OrderTerms
from connector.exchange.orders.exact_intent import exact_amount, exact_price
from connector.exchange.orders.own_words import not_sent
from connector.exchange.orders.plain.quick_entry import Left
from connector.exchange.orders.post_only import WOULD_TAKE
from connector.exchange.orders.quick_entry import QuickWishes
from connector.exchange.orders.rejections import BEYOND_LIMIT, NOT_SENT, kept_by, rejection_of
from connector.exchange.orders.together import Outcome
from connector.net.gateway import Begun
from connector.orders.changes import Change
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.order_events import change_failed, modified
from connector.venue import endpoints
from connector.venue.endpoints import Endpoint
from connector.venue.order_fields import CLOSE_SEMANTICS
from connector.wire import order_replies, requests

_LOG = logging.getLogger(__name__)
_REQUEST = "modify order"
#: The venue changes an order no more often.
_TOO_OFTEN = -5026
_REMEMBERED = 1_000


def _not_sent(why: str, blame: Blame = Blame.REQUEST) -> Fault:
    return Fault(not_sent(why, blame), _REQUEST)


@dataclass(frozen=True, slots=True)
class Modification:
    """A change that is written down, and not sent yet."""

    order: InFlightOrder
    change: Change

    @property
    def reduces_only(self) -> bool:
        return self.order.position_action is PositionAction.CLOSE


class Modifications:
    """Changes orders: `request` returns at once, what becomes of it arrives as reports. `order_of` finds an order
    by its client id, `look_up` asks for its state."""

    def __init__(
        self,
        venue: VenueSide,
        terms: OrderTerms,
        permit: EntryPermit,
        clock: Clock,
        order_of: Callable[[str], InFlightOrder | None],
        look_up: Callable[[InFlightOrder], Awaitable[None]],
    ) -> None:
        self._gateway, self._dispatcher, self._bus = venue.gateway, venue.dispatcher, venue.bus
        self._ack_watch = venue.ack_watch
        self._terms = terms
        self._permit = permit
        self._clock = clock
        self._order_of = order_of
        self._look_up = look_up
        #: Orders that the venue changes no more, the oldest first.
        self.worn_out: dict[str, None] = {}
        #: The short way of a change; None: there is none.
        self.quick: QuickWishes | None = None

    def request(self, intent: ModifyIntent) -> None:
        """Wants an order at another price, with another total amount, or both.

        Raises `ArgumentFault` for what can be no change, `UnavailableFault` while the connector is not started.
        """
        changing = None if self.quick is None else self.quick.change(intent)
        if changing is not None:
            self._taken(*changing)
            return
        modification = self.write_down(intent)
        if modification is None:
            return
        begun = self._begun(modification)
        self._permit.tasks.spawn(self.send(modification) if begun is None else self._go_on(modification, begun))

    def _taken(self, order: InFlightOrder, change: Change, left: Left | None) -> None:
        """Goes on with a change that took the short way."""
        self._dispatcher.follow(order, _word(order, OrderStatus.MODIFY_REQUESTED, change))
        modification = Modification(order, change)
        if left is None:
            # The limits are used up, or the journal is in trouble.
            self._permit.tasks.spawn(self.send(modification))
            return
        endpoint, wanted = _endpoint(modification), (lambda: self.is_wanted(modification))
        begun = self._gateway.going_on(endpoint, lambda: self.params_of(modification), wanted, left)
        self._permit.tasks.spawn(self._go_on(modification, begun))

    def write_down(self, intent: ModifyIntent) -> Modification | None:
        """Takes a change up; it is the caller's to send it. None where it does not leave, which is told. Raises as
        `request` does."""
        self._permit.tasks.require_running()
        order = self._named(intent)
        rule = self._terms.rule_of(order.trading_pair)
        change = self._exact(order, intent, rule)
        kept = self._kept(order, change, rule)
        if kept is not None:
            self._permit.tasks.spawn(self._tell_failed(order, change, *kept))
            return None
        if order.terms == (change.price, change.amount):
            self._permit.tasks.spawn(self._tell_done(order))
            return None
        if why := self._permit.limits.takes_a_turn(reduces_only=order.position_action is PositionAction.CLOSE):
            self._permit.tasks.spawn(self._tell_failed(order, change, _not_sent(why), BEYOND_LIMIT))
            return None
        self._dispatcher.dispatch(_word(order, OrderStatus.MODIFY_REQUESTED, change))
        return Modification(order, change)

    def _begun(self, modification: Modification) -> Begun | None:
        """What waits for the answer to a change that leaves at once, in the turn that wants it; None where it can't:
        `send` is its way then."""
        if self._trouble(modification) or not self.is_wanted(modification):
            return None
        params = self.params_of(modification)
        return self._gateway.begin(_endpoint(modification), params, lambda: self.is_wanted(modification))

    async def _go_on(self, modification: Modification, begun: Begun) -> None:
        await self.heed(modification, await self._outcome_of(modification, begun))

    async def send(self, modification: Modification) -> None:
        """Sends a change by itself."""
        if self.may_go(modification):
            await self.heed(modification, await self.ask(modification))

    def may_go(self, modification: Modification) -> bool:
        """Whether a change that is written down may be sent now; what is kept has failed."""
        trouble = self._trouble(modification)
        if trouble:
            why = _not_sent(f"the journal can't be written ({trouble})", Blame.CONFIGURATION)
            self._refuse(modification.order, why, NOT_SENT)
        elif not self.is_wanted(modification):
            self._refuse(modification.order, _not_sent("it is no longer wanted"), NOT_SENT)
        else:
            return True
        return False

    def _trouble(self, modification: Modification) -> str:
        return "" if modification.reduces_only else self._permit.journaling.journal.trouble

    def is_wanted(self, modification: Modification) -> bool:
        """Whether the change may leave; it is asked as the last thing before it is signed."""
        order = modification.order
        may_leave = self._permit.may_leave(reduces_only=modification.reduces_only)
        return may_leave and order.change == modification.change and not order.cancel_wanted

    def params_of(self, modification: Modification) -> requests.RequestParams:
        """The change as a request spells it."""
        order, change = modification.order, modification.change
        close = CLOSE_SEMANTICS[self._terms.position_mode(), order.position_action, order.trade_type]
        return requests.modify_order(
            order.symbol, order.client_order_id, order.trade_type, change.price, change.amount,
            reduce_only=close.reduce_only,
        )  # fmt: skip

    async def heed(self, modification: Modification, outcome: Outcome) -> None:
        """Takes in what came of sending a change."""
        order, change = modification.order, modification.change
        match outcome:
            case OrderReport():
                self._take(modification, replace(outcome, status=order_replies.change_of(outcome.status)))
            case Fault() if outcome.rule.fate is Fate.DONE:
                self._dispatcher.dispatch(_word(order, OrderStatus.MODIFIED, change))
            case Fault() if outcome.rule.fate is not Fate.UNKNOWN:
                await self._heed_refusal(modification, outcome)
            case _:
                _LOG.warning("change of %s: %s", order.client_order_id, outcome)
                self._dispatcher.dispatch(_word(order, OrderStatus.MODIFY_UNKNOWN))

    async def ask(self, modification: Modification) -> Outcome:
        params = self.params_of(modification)
        sending = self._gateway.call(_endpoint(modification), params, lambda: self.is_wanted(modification))
        return await self._outcome_of(modification, sending)

    async def _outcome_of(self, modification: Modification, answer: Begun) -> Outcome:
        order = modification.order
        try:
            return order_replies.order(await answer, ReportSource.ACK, order.symbol, order.client_order_id)
        except ConnectorFault as fault:
            return fault

    def _take(self, modification: Modification, ack: OrderReport) -> None:
        """An answer that speaks of an order which lives, with other terms than were asked for, answers nothing."""
        order, change = modification.order, modification.change
        was_open = order.is_open
        self._dispatcher.dispatch(ack)
        if was_open:
            self._ack_watch.acknowledged(order.client_order_id, known_by_change(ack), self._clock.monotonic_ms())
        if order.change == change and not order.change_in_doubt:
            _LOG.warning("change of %s: asked was %s, told is %s", order.client_order_id, change, ack)
            self._dispatcher.dispatch(_word(order, OrderStatus.MODIFY_UNKNOWN))

    async def _heed_refusal(self, modification: Modification, fault: Fault) -> None:
        """The order stands as it stood, unless the refusal says that it may be over."""
        order = modification.order
        _LOG.info("change of %s: %s", order.client_order_id, fault)
        if fault.rule.fate is Fate.GONE or fault.code == WOULD_TAKE:
            await self._look_up(order)
        if fault.code == _TOO_OFTEN:
            self.worn_out[order.client_order_id] = None
            while len(self.worn_out) > _REMEMBERED:
                del self.worn_out[next(iter(self.worn_out))]
        self._refuse(order, fault, rejection_of(fault, modification.change, self._rule_of(order)))

    def _named(self, intent: ModifyIntent) -> InFlightOrder:
        name, order = intent.client_order_id, self._order_of(intent.client_order_id)
        if order is None:
            raise ArgumentFault("client_order_id", name, "is no order of this connector, or long over")
        if order.trading_pair != intent.trading_pair:
            raise ArgumentFault("trading_pair", intent.trading_pair, f"{name} is an order of {order.trading_pair}")
        if not order.order_type.is_limit_type() or order.order_type.is_conditional or order.price is None:
            raise ArgumentFault("client_order_id", name, "only an order with a price can be changed")
        return order

    def _exact(self, order: InFlightOrder, intent: ModifyIntent, rule: TradingRule) -> Change:
        """The change on the pair's grids. What closes is cut to what is held, beside what is filled already."""
        wanted = order.price if intent.price is None else exact_price(intent.price, order.trade_type, rule)
        total = order.amount if intent.amount is None else exact_amount(intent.amount)
        most = self._terms.most_to_close(order.symbol, order.position_action, order.trade_type)
        if most is not None:
            total = min(total, order.executed_amount + most)
        return Change(wanted or ZERO, rule.quantize_amount(total, order.order_type) or total)

    def _kept(self, order: InFlightOrder, change: Change, rule: TradingRule) -> tuple[Fault, Rejection] | None:
        """Why a change does not leave; None where it does."""
        reduces_only = order.position_action is PositionAction.CLOSE
        broken = rule.broken_by(change.amount, change.price, order.order_type, reduce_only=reduces_only)
        mark = self._terms.mark_price_of(order.trading_pair)
        if broken is None and not reduces_only and not mark.is_nan():
            broken = broken_band(rule, order.trade_type, change.price, mark)
        trouble = "" if reduces_only else self._permit.journaling.journal.trouble
        reasons = (
            (not order.is_open, "the order is over"),
            (order.cancel_wanted, "the order is wanted gone"),
            (not order.was_seen or order.lost, "the exchange is not known to have the order"),
            (order.change is not None, "another change of the order is not answered yet"),
            (order.client_order_id in self.worn_out, "the order was changed too often; cancel it, and place another"),
            (not self._permit.may_leave(reduces_only=reduces_only), "the connector is not ready"),
            (bool(trouble), f"the journal can't be written ({trouble})"),
        )
        why = next((text for holds, text in reasons if holds), "")
        if not why and broken is not None:
            return _not_sent(str(broken)), kept_by(broken)
        why = why or self._permit.change_kept_back(order)
        if not why and (over := self._permit.limits.over_by_change(order, change)):
            return _not_sent(over), BEYOND_LIMIT
        return (_not_sent(why), NOT_SENT) if why else None

    def _refuse(self, order: InFlightOrder, fault: Fault, rejection: Rejection) -> None:
        word = _word(order, OrderStatus.MODIFY_REFUSED)
        self._dispatcher.dispatch(replace(word, source=ReportSource.ERROR, fault=fault, rejection=rejection))

    async def _tell_failed(self, order: InFlightOrder, change: Change, fault: Fault, rejection: Rejection) -> None:
        """What does not leave fails by an event, once the call has returned; nothing changes by it."""
        self._bus.publish((change_failed(order, change, fault, rejection, self._clock.now_ms() / 1000),))

    async def _tell_done(self, order: InFlightOrder) -> None:
        """What the order is already needs no request."""
        if order.is_open:
            self._bus.publish((modified(order, self._clock.now_ms() / 1000),))

    def _rule_of(self, order: InFlightOrder) -> TradingRule | None:
        try:
            return self._terms.rule_of(order.trading_pair)
        except ArgumentFault:
            return None


def _endpoint(modification: Modification) -> Endpoint:
    return endpoints.MODIFY_CLOSE_ORDER if modification.reduces_only else endpoints.MODIFY_ORDER


def _word(order: InFlightOrder, status: OrderStatus, change: Change | None = None) -> OrderReport:
    """A report of our own about a change."""
    return OrderReport(
        ReportSource.LOCAL,
        status,
        order.symbol,
        client_order_id=order.client_order_id,
        price=change.price if change else None,
        amount=change.amount if change else None,
    )
