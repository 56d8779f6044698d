"""The one place where an order changes.

Ack, stream, poll, restart and error all come as an `OrderReport`; only `Tracker.apply` changes an order, and what it
returns are the events for the bot. The law, whatever the order of arrival, and however often a report is repeated:

1. An order is tracked before any byte of it leaves.
2. Events come as Created, of conditional orders Triggered, Filled …, then one of Completed, Cancelled, Expired,
   Failure; each but Filled once. Between them, each change that was asked for ends as Modified or ModifyFailed, once,
   or with the order's end.
3. A fill counts once, by trade id. A report that says nothing new says nothing.
4. Completed waits until the fills explain the amount: FILLED said by an ack has no price and no fee. Cancelled and
   Expired do not wait; what they leave unexplained is asked for (`orders_missing_fills`).
5. Late fills of an ended order are booked and emitted, and may still complete it.
6. An ended order is remembered for a while, so that what comes late still finds it.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connector.core.enums import OrderState, TriggerState
from connector.core.events import Event
from connector.core.intents import OrderIntent
from connector.core.reports import OrderReport, OrderStatus, ReportSource
from connector.core.trading_rule import TradingRule
from connector.orders import order_events
from connector.orders.fill_way import filled_event, filled_shortly
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.saved_orders import SavedOrder, restored
from connector.orders.system_orders import SystemOrders
from connector.orders.tracking_states import TrackingStates

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Memory:
    """How long, and how many, ended orders are remembered."""

    #: One that is not settled outlives it.
    keep_ms: int = 3_600_000
    #: None outlives it.
    keep_count: int = 5_000


class Tracker:
    """All orders of ours. `rules` by trading pair name an order's symbol and assets."""

    def __init__(self, rules: Mapping[str, TradingRule], system_orders: SystemOrders, memory: Memory) -> None:
        self._rules = rules
        #: Those of the venue itself.
        self.system_orders = system_orders
        self._memory = memory
        self._active: dict[str, InFlightOrder] = {}
        #: Ended orders, the longest ended first, with the time of the end.
        self._ended: OrderedDict[str, tuple[InFlightOrder, int]] = OrderedDict()
        #: Those of the ended orders that are not settled: a ghost, or fills that are not all known.
        self._unsettled: dict[str, InFlightOrder] = {}
        self._by_exchange_id: dict[tuple[str, str], InFlightOrder] = {}
        self._states = TrackingStates()
        #: Whether a conditional order was ever tracked: without one nobody asks the venue for them.
        self.has_conditional = False
        #: Called with each order that is new or was reported on, before its events leave.
        self.watcher: Callable[[InFlightOrder], None] | None = None

    def open_order(
        self, intent: OrderIntent, client_order_id: str, *, leverage: int, now_ms: int, unpaid: str = ""
    ) -> InFlightOrder:
        """Track an order that is about to be sent, or, where it is `unpaid`, about to be refused for what that says.

        Raises ValueError for an id that is already known, KeyError for a pair without a trading rule.
        """
        rule = self._rules[intent.trading_pair]
        if self.order(client_order_id) is not None:
            raise ValueError(f"client order id {client_order_id} is already tracked")
        order = InFlightOrder(
            client_order_id=client_order_id,
            trading_pair=intent.trading_pair,
            symbol=rule.symbol,
            trade_type=intent.trade_type,
            order_type=intent.order_type,
            amount=intent.amount,
            price=intent.price,
            position_action=intent.position_action,
            leverage=leverage,
            created_ms=now_ms,
            base_asset=rule.base_asset,
            quote_asset=rule.quote_asset,
            options=intent.options,
            last_update_ms=now_ms,
            unpaid=unpaid,
        )
        self._take_up(order)
        self.note(order)
        return order

    def apply(self, report: OrderReport, now_ms: int) -> tuple[Event, ...]:
        """Take one report in; return what is new for the bot, in the order in which it is to be published."""
        at_s = (report.time_ms or now_ms) / 1000
        order = self.find(report)
        if order is None:
            return self.system_orders.apply(report, at_s)
        told = filled_shortly(order, report, now_ms) if report.fills else None
        if told is not None:
            self.file(order, now_ms)
            return told
        before, was_told, change, price, amount = (
            order.state, order.creation_emitted, order.change, order.price, order.amount,
        )  # fmt: skip
        trigger = order.trigger
        fresh = order.take(report, now_ms)
        for refused in order.refused_fills:
            _LOG.warning("order %s: a fill that can be none is refused: %s", order.client_order_id, refused)
        events: list[Event] = []
        if order.was_seen and not order.creation_emitted:
            order.creation_emitted = True
            events.append(order_events.created(order, at_s))
        if was_told and (change is not None or order.amount != amount or order.price != price):
            events += order_events.changed(order, (price, amount), change, report, at_s)
        if order.trigger is TriggerState.TRIGGERED and trigger is not TriggerState.TRIGGERED:
            events.append(order_events.triggered(order, at_s))
        events += [filled_event(order, fill) for fill in fresh]
        if order.state is not before:
            events += order_events.entered(order, report, at_s)
        is_told = order.missing_fills or order.ghost or order.completion_emitted
        if order.state is OrderState.FILLED and not is_told:
            order.completion_emitted = True
            events.append(order_events.completed(order, at_s))
        self.file(order, now_ms)
        return tuple(events)

    def order(self, client_order_id: str) -> InFlightOrder | None:
        """The order of that id, ended or not; None when it is not ours or was forgotten."""
        order = self._active.get(client_order_id)
        if order is not None:
            return order
        ended = self._ended.get(client_order_id)
        return None if ended is None else ended[0]

    @property
    def active(self) -> tuple[InFlightOrder, ...]:
        """Orders that may still trade, oldest first."""
        return tuple(self._active.values())

    @property
    def by_client_id(self) -> Mapping[str, InFlightOrder]:
        """Orders that may still trade, as they stand at any time."""
        return self._active

    @property
    def by_exchange_id(self) -> dict[tuple[str, str], InFlightOrder]:
        """By symbol and the exchange's id, ended ones too: who learns an order's id enters it."""
        return self._by_exchange_id

    @property
    def changed_orders(self) -> dict[str, InFlightOrder]:
        """Orders that are to be saved anew: whoever changes one enters it."""
        return self._states.changed_orders

    @property
    def active_count(self) -> int:
        """How many may still trade."""
        return len(self._active)

    def pending_unknown(self) -> tuple[InFlightOrder, ...]:
        """Orders of which nobody knows whether they live."""
        return tuple(order for order in self._active.values() if order.state is OrderState.PENDING_UNKNOWN)

    def finished_children(self) -> tuple[InFlightOrder, ...]:
        """Conditional orders whose child is over, and nobody told how."""
        if not self.has_conditional:
            return ()
        return tuple(order for order in self._active.values() if order.child_finished)

    def lost(self) -> tuple[InFlightOrder, ...]:
        """Orders that lived and that a look-up did not find: their margin stays held."""
        return tuple(order for order in self._active.values() if order.lost)

    def changes_in_doubt(self) -> tuple[InFlightOrder, ...]:
        """Orders of which nobody knows whether they were changed as was asked."""
        return tuple(order for order in self._active.values() if order.change_in_doubt)

    def ghosts(self) -> tuple[InFlightOrder, ...]:
        """Orders that were given up for failed and that the venue has: they hold margin and want cancelling."""
        return tuple(order for order in self._unsettled.values() if order.ghost)

    def orders_missing_fills(self) -> tuple[InFlightOrder, ...]:
        """Orders, ended or not, of which the venue reported more executed than their fills explain."""
        orders = (*self._active.values(), *self._unsettled.values())
        return tuple(order for order in orders if order.missing_fills)

    def unsettled(self) -> tuple[InFlightOrder, ...]:
        """Everything that must outlive a restart: what may trade, and what ended with something left to find out."""
        return (*self._active.values(), *self._unsettled.values())

    def states(self) -> dict[str, SavedOrder]:
        """All that is not settled, as plain text by client order id; what did not change since is not spelt anew."""
        return self._states.save()

    def restore(self, states: Mapping[str, Any], now_ms: int) -> tuple[Event, ...]:
        """Take back what `states` saved; an order that is already tracked is left as it is.

        An order that was saved before its ack has an unknown outcome, and so has a change that was not answered: the
        answer went to a run that is over.
        """
        events: list[Event] = []
        for state in states.values():
            order = restored(state)
            if self.order(order.client_order_id) is not None:
                continue
            self._take_up(order)
            self.file(order, now_ms)
            if order.state is OrderState.PENDING_CREATE:
                events += self.apply(_unanswered(order, OrderStatus.OUTCOME_UNKNOWN), now_ms)
            if order.change is not None:
                events += self.apply(_unanswered(order, OrderStatus.MODIFY_UNKNOWN), now_ms)
        return tuple(events)

    def find(self, report: OrderReport) -> InFlightOrder | None:
        """The order that a report speaks of; None when it is not ours or was forgotten."""
        order = self._active.get(report.client_order_id) or self.order(report.client_order_id)
        return order or self._by_exchange_id.get((report.symbol, report.exchange_order_id))

    def _take_up(self, order: InFlightOrder) -> None:
        self._active[order.client_order_id] = order
        self.has_conditional = self.has_conditional or order.trigger is not None

    def note(self, order: InFlightOrder) -> None:
        """Tells of an order that is new, or was reported on."""
        self._states.changed(order)
        if self.watcher is not None:
            self.watcher(order)

    def file(self, order: InFlightOrder, now_ms: int) -> None:
        """Enters an order that changed where it belongs now, and tells the watcher."""
        self.note(order)
        if order.exchange_order_id:
            self._by_exchange_id[order.symbol, order.exchange_order_id] = order
        if order.is_done and self._active.pop(order.client_order_id, None) is not None:
            self._ended[order.client_order_id] = (order, now_ms)
            self._forget(now_ms)
        if order.is_done and not order.is_settled:
            self._unsettled[order.client_order_id] = order
        else:
            self._unsettled.pop(order.client_order_id, None)

    def _forget(self, now_ms: int) -> None:
        over = len(self._ended) - self._memory.keep_count
        forgotten: list[InFlightOrder] = []
        for position, (order, ended_ms) in enumerate(self._ended.values()):
            if position >= over and now_ms - ended_ms <= self._memory.keep_ms:
                break
            if position < over or order.is_settled:
                forgotten.append(order)
        for order in forgotten:
            del self._ended[order.client_order_id]
            self._states.forget(order.client_order_id)
            self._unsettled.pop(order.client_order_id, None)
            self._by_exchange_id.pop((order.symbol, order.exchange_order_id), None)


def _unanswered(order: InFlightOrder, status: OrderStatus) -> OrderReport:
    return OrderReport(ReportSource.LOCAL, status, order.symbol, client_order_id=order.client_order_id)
