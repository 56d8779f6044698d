"""Intents to the connector: cancels at once, orders that can be paid for, re-priced quotes as the settings want them.

A quote is re-priced by one change of its price, which leaves its total as it is: what is filled of it stays filled, and
it never becomes more than was asked for. By a cancel and a new order without waiting, where that is wanted, nothing of
it is filled, and the budget bears both; whoever waits for neither may have both for a moment.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from connector.bot.quoting.own_part import OwnPart
from connector.core.amounts import ZERO
from connector.core.clock import Clock
from connector.core.enums import OrderState, OrderType, PositionAction, TradeType
from connector.core.events import OrderModifyFailedEvent
from connector.core.intents import CancelIntent, Intent, ModifyIntent, OrderIntent
from connector.core.order_candidate import PerpetualOrderCandidate
from connector.core.order_ends import RejectionKind
from connector.exchange.derivative import PerpetualDerivative
from connector.orders.in_flight_order import InFlightOrder
from connector.strategies.setting_kinds import Replace
from connector.strategies.touch_moves import at_price

#: What is kept back, and why, is told at most this often.
_REPORT_EVERY_MS = 60_000
#: Of most orders that are asked to another price.
_WORKING = (OrderState.OPEN, OrderState.PARTIALLY_FILLED)
#: How long the room that was found in the rate limits counts, in ms, and what part of it: others may use it, too.
_ROOM_COUNTS_MS, _ROOM_COUNTS = 1_000, 2
#: What a new order is borne at, as a factor of the price of the one that it replaces.
_FURTHER_UP = Decimal("1.01")
#: A quote whose change a limit has refused is asked to no other price for so long: the next would be refused, too.
_BOUND_MS = 1_000


class IntentHands:
    """Carries out what a strategy asks for."""

    def __init__(
        self,
        connector: PerpetualDerivative,
        part: OwnPart,
        way: Replace,
        clock: Clock,
        report: Callable[[str], None],
        tries_again_ms: int = 0,
    ) -> None:
        """`tries_again_ms`: for so long nothing more of a side is placed after an order of it failed."""
        self._connector, self._part = connector, part
        self._way = way
        self._clock = clock
        self._report = report
        self._told_ms: dict[str, int] = {}
        self._tries_again_ms = tries_again_ms
        #: By pair, side, and whether it only reduces, when an order failed last.
        self._failed_ms: dict[tuple[str, TradeType, bool], int] = {}
        #: Why nothing may leave that opens, whatever the gate says; empty where it may.
        self.barred = ""
        #: Why what was wanted last could not be paid for; empty where it could.
        self.unpaid = ""
        self._entry, self._modifications = connector.components.entry, connector.components.modifications
        self._order_of = connector.components.tracker.order
        #: As of the last look: own orders, each with what takes its place at once, where the budget bears both.
        self._ready: dict[str, tuple[InFlightOrder, OrderIntent | None]] = {}
        #: How many of them may be without asking gates and rate limits, and until when.
        self._room, self._room_until_ms = 0, 0
        #: New orders that a quote made way for, until they are seen alive.
        self._replacements: dict[str, TradeType] = {}
        #: Quotes whose change a limit has refused, by when.
        self._bound_ms: dict[str, int] = {}

    def prepare(self, now_ms: int) -> None:
        """Reckons while there is time what can not wait: how many quotes there is room to re-price, and beside which
        of them budget and limits bear a new one."""
        if self._way is not Replace.OFF:
            self._find_room(now_ms)
            orders = tuple(self._part.orders())
            anew = dict(self._borne_anew(orders))
            self._ready = {name: (order, anew.get(name)) for order in orders for name in (order.client_order_id,)}
            self._replacements = {name: side for name, side in self._replacements.items() if name in self._ready}
            self._bound_ms = {name: at_ms for name, at_ms in self._bound_ms.items() if name in self._ready}

    def bar(self, why: str) -> None:
        """Nothing leaves that opens, until that is over: empty. The room that was found counts no more."""
        self.barred, self._room = why, 0

    def emptied_side(self, client_order_id: str) -> TradeType | None:
        """The side whose quote made way for that order, which failed; once. None: none did."""
        return self._replacements.pop(client_order_id, None)

    def note_failure(self, client_order_id: str) -> None:
        """An order failed."""
        order = self._order_of(client_order_id)
        if order is not None and self._tries_again_ms:
            reduces = order.position_action is PositionAction.CLOSE
            self._failed_ms[order.trading_pair, order.trade_type, reduces] = self._clock.monotonic_ms()

    def note_bound(self, event: OrderModifyFailedEvent) -> None:
        """A change was not made. Where a limit has refused it the quote stays as it is, which is told."""
        if event.rejection.kind is RejectionKind.RISK_LIMIT:
            self._bound_ms[event.order_id] = self._clock.now_ms()
            why = event.fault.rule.meaning.partition(": ")[2]
            self._tell("bound", f"quotes are not re-priced: {why}")

    def carry_out(self, intents: Iterable[Intent]) -> None:
        """In their order. What can't be paid for, or finds no room in the rate limits, is told and left."""
        for intent in intents:
            match intent:
                case CancelIntent():
                    self._connector.cancel(intent.trading_pair, intent.client_order_id)
                case ModifyIntent():
                    self.reprice((intent,), self._clock.now_ms())
                case OrderIntent() if self._may_place(intent) and self._is_payable(intent):
                    self._connector.place(intent)

    def reprice(self, changes: Iterable[ModifyIntent], now_ms: int) -> None:
        """Asks quotes to other prices, as the settings want it: a cancel and a new order of one that is whole, where
        the budget bears both. The cancels of all go first."""
        replaced: list[tuple[InFlightOrder, OrderIntent]] = []
        turns = self._entry.limits.turns_left()
        for change in changes:
            name = change.client_order_id
            order, anew = self._ready.get(name) or (self._order_of(name), None)
            if order is None or order.cancel_wanted or change.price is None:
                continue
            if order.state not in _WORKING and not order.is_open:
                continue
            if self._bound_ms and 0 <= now_ms - self._bound_ms.get(name, -_BOUND_MS) < _BOUND_MS:
                continue
            if turns is not None and turns <= 0 and order.position_action is not PositionAction.CLOSE:
                self._tell_no_turn()
                continue
            if (self._room <= 0 or now_ms >= self._room_until_ms) and not self._finds_room(now_ms):
                continue
            self._room -= 1
            turns = None if turns is None else turns - 1
            if anew is None or order.executed_amount or order.reported_executed:
                self._modifications.request(change)
            else:
                replaced.append((order, at_price(anew, change.price)))
        if replaced:
            new = self._entry.replace_at_once(replaced)
            self._replacements |= {order.client_order_id: order.trade_type for order in new}

    def _finds_room(self, now_ms: int) -> bool:
        """Whether one more may be re-priced, by gates and limits as they are now; where it may not, that is told."""
        if self._find_room(now_ms):
            return True
        if not self._connector.openings_stopped and not self.barred:
            self._tell("rate", "quotes are not re-priced: the share of the rate limits for orders is used up")
        return False

    def _find_room(self, now_ms: int) -> int:
        """For how many changes there is room now. A change and a new order count alike."""
        connector = self._connector
        is_shut = self.barred or connector.openings_stopped or connector.new_orders_wait_ms()
        room = 0 if is_shut else connector.changes_left()
        self._room, self._room_until_ms = room // _ROOM_COUNTS, now_ms + _ROOM_COUNTS_MS
        return room

    def _may_place(self, intent: OrderIntent) -> bool:
        if (self.barred or self._connector.openings_stopped) and not intent.reduces_only:
            return False
        return not self._connector.new_orders_wait_ms() and not self._has_just_failed(intent)

    def _has_just_failed(self, intent: OrderIntent) -> bool:
        failed_ms = self._failed_ms.get((intent.trading_pair, intent.trade_type, intent.reduces_only))
        return failed_ms is not None and self._clock.monotonic_ms() - failed_ms < self._tries_again_ms

    def _borne_anew(self, orders: Iterable[InFlightOrder]) -> Iterator[tuple[str, OrderIntent]]:
        """What may take each quote's place while all of them are still there: budget and limits bear those together,
        and at prices that are a little further up."""
        anew = [(order.client_order_id, taker) for order in orders if (taker := self._anew(order)) is not None]
        worst = [replace(self._candidate(taker), price=(taker.price or ZERO) * _FURTHER_UP) for _, taker in anew]
        borne: list[OrderIntent] = []
        for each, candidate in zip(anew, self._connector.budget_checker.adjust_candidates(worst), strict=True):
            taker = replace(each[1], price=(each[1].price or ZERO) * _FURTHER_UP)
            if candidate.amount and not self._entry.limits.over(taker, borne):
                borne.append(taker)
                yield each

    def _anew(self, order: InFlightOrder) -> OrderIntent | None:
        """What may take the quote's place; None where nothing may."""
        if self._way is not Replace.CANCEL_AND_NEW or order.price is None:
            return None
        if order.remaining_amount != order.amount or order.position_action is PositionAction.CLOSE:
            return None
        return OrderIntent(
            order.trading_pair, order.trade_type, OrderType.LIMIT_MAKER, order.amount, order.price,
            order.position_action,
        )  # fmt: skip

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

    def _tell_no_turn(self) -> None:
        if why := self._entry.limits.has_no_turn(reduces_only=False):
            self._tell("turns", f"quotes are not re-priced: {why}")

    def _is_payable(self, intent: OrderIntent) -> bool:
        limits = self._entry.limits
        if over := limits.over(intent) or limits.has_no_turn(reduces_only=intent.reduces_only):
            self.unpaid = f"not placed: {over}"
            self._tell(over.partition(":")[0], self.unpaid)
            return False
        candidate = self._candidate(intent)
        if self._connector.budget_checker.adjust_candidate(candidate).amount:
            self.unpaid = ""
            return True
        self.unpaid = f"not placed: {self._connector.budget_checker.explain(candidate)}"
        self._tell("budget", self.unpaid)
        return False

    def _tell(self, what: str, line: str) -> None:
        now_ms = self._clock.monotonic_ms()
        if what not in self._told_ms or now_ms - self._told_ms[what] >= _REPORT_EVERY_MS:
            self._told_ms[what] = now_ms
            self._report(line)
