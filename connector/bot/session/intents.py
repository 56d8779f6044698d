"""Intents to the connector: cancels at once, orders that can be paid for, re-priced quotes as the settings want them.

A quote is re-priced by one change of its price, which leaves its total as it is: what is filled of it stays filled, and
it never becomes more than was asked for. By a cancel and a new order without waiting, where that is wanted, nothing of
it is filled, and the budget bears both; whoever waits for neither may have both for a moment.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal

from connector.core.clock import Clock
from connector.core.enums import OrderType, PositionAction
from connector.core.intents import CancelIntent, Intent, ModifyIntent, OrderIntent
from connector.core.order_candidate import PerpetualOrderCandidate
from connector.exchange.derivative import PerpetualDerivative
from connector.orders.in_flight_order import InFlightOrder
from connector.strategies.setting_kinds import Replace

#: What is kept back, and why, is told at most this often.
_REPORT_EVERY_MS = 60_000
#: How long the room that was found in the rate limits counts, in ms, and what part of it: others may use it, too.
_ROOM_COUNTS_MS, _ROOM_COUNTS = 1_000, 2


class IntentHands:
    """Carries out what a strategy asks for."""

    def __init__(
        self, connector: PerpetualDerivative, way: Replace, clock: Clock, report: Callable[[str], None]
    ) -> None:
        self._connector = connector
        self._way = way
        self._clock = clock
        self._report = report
        self._told_ms: dict[str, int] = {}
        #: Quotes beside which the budget bears a new one, as of the last look.
        self._borne: frozenset[str] = frozenset()
        self._order_of = connector.components.tracker.order
        #: How many quotes may be re-priced without asking the rate limits, and until when.
        self._room, self._room_until_ms = 0, 0

    def prepare(self, now_ms: int) -> None:
        """Reckons while there is time what can not wait: beside which quotes the budget bears a new one, and how many
        changes the rate limits have room for."""
        if self._way is Replace.OFF:
            return
        self._find_room(now_ms)
        if self._way is Replace.CANCEL_AND_NEW:
            orders = self._connector.in_flight_orders.values()
            self._borne = frozenset(order.client_order_id for order in orders if self._is_borne(order))

    def carry_out(self, intents: Iterable[Intent]) -> None:
        """In their order. What can't be paid for, or finds no room in the rate limits, is told and left."""
        for intent in intents:
            match intent:
                case CancelIntent():
                    self._connector.cancel(intent.trading_pair, intent.client_order_id)
                case ModifyIntent() if intent.price is not None:
                    self.reprice(intent.trading_pair, ((intent.client_order_id, intent.price),), self._clock.now_ms())
                case OrderIntent() if self._may_place(intent) and self._is_payable(intent):
                    self._connector.place(intent)

    def reprice(self, trading_pair: str, changes: Iterable[tuple[str, Decimal]], now_ms: int) -> None:
        """Asks quotes, by their ids, to other prices, as the settings want it."""
        connector = self._connector
        for name, price in changes:
            order = self._order_of(name)
            if order is None or not order.is_open or order.cancel_wanted or connector.openings_stopped:
                continue
            if not self._has_room(now_ms):
                self._tell("rate", "quotes are not re-priced: the share of the rate limits for orders is used up")
            elif name in self._borne and self._is_whole(order):
                connector.replace_at_once(_anew(order, price), name)
            else:
                connector.modify(trading_pair, name, price=price)

    def _has_room(self, now_ms: int) -> bool:
        """Whether one more change may leave, by what was found before, or else by the limits themselves. A change and a
        new order count alike."""
        if self._room <= 0 or now_ms >= self._room_until_ms:
            if not self._find_room(now_ms):
                return False
        self._room -= 1
        return True

    def _find_room(self, now_ms: int) -> int:
        """How many changes there is room for now."""
        room = 0 if self._connector.new_orders_wait_ms() else self._connector.changes_left()
        self._room, self._room_until_ms = room // _ROOM_COUNTS, now_ms + _ROOM_COUNTS_MS
        return room

    def _may_place(self, intent: OrderIntent) -> bool:
        if self._connector.openings_stopped and not intent.reduces_only:
            return False
        return not self._connector.new_orders_wait_ms()

    def _is_whole(self, order: InFlightOrder) -> bool:
        return self._way is Replace.CANCEL_AND_NEW and not (order.executed_amount or order.reported_executed)

    def _is_borne(self, order: InFlightOrder) -> bool:
        if order.price is None or not self._is_whole(order) or order.position_action is PositionAction.CLOSE:
            return False
        candidate = self._candidate(_anew(order, order.price))
        return bool(self._connector.budget_checker.adjust_candidate(candidate).amount)

    def _candidate(self, intent: OrderIntent) -> PerpetualOrderCandidate:
        return PerpetualOrderCandidate(
            trading_pair=intent.trading_pair,
            is_maker=intent.order_type is OrderType.LIMIT_MAKER,
            order_type=intent.order_type,
            order_side=intent.trade_type,
            amount=intent.amount,
            price=intent.price or self._connector.get_price(intent.trading_pair, True),
            leverage=self._connector.get_leverage(intent.trading_pair),
            position_close=intent.reduces_only,
        )

    def _is_payable(self, intent: OrderIntent) -> bool:
        candidate = self._candidate(intent)
        if self._connector.budget_checker.adjust_candidate(candidate).amount:
            return True
        self._tell("budget", f"not placed: {self._connector.budget_checker.explain(candidate)}")
        return False

    def _tell(self, what: str, line: str) -> None:
        now_ms = self._clock.monotonic_ms()
        if what not in self._told_ms or now_ms - self._told_ms[what] >= _REPORT_EVERY_MS:
            self._told_ms[what] = now_ms
            self._report(line)


def _anew(order: InFlightOrder, price: Decimal | None) -> OrderIntent:
    """The same quote at another price."""
    return OrderIntent(
        order.trading_pair, order.trade_type, OrderType.LIMIT_MAKER, order.amount, price, order.position_action
    )
