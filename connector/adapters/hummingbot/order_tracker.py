"""Hummingbot's tracker of orders, changed at once and in the order in which it is told.

Its own takes updates in tasks, which reorders them, and waits 5 s for fills that it lacks. Here they come from our
events, where a fill is told before the order's end: nothing has to be waited for.
"""

import asyncio
import math
from collections import OrderedDict
from typing import Any, Final

from hummingbot.connector.client_order_tracker import ClientOrderTracker
from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderState, OrderUpdate, TradeUpdate

#: Orders that are over, for fills that are learned of later: theirs keeps them for 30 s.
_MOST_REMEMBERED: Final = 2_000
_ENDS: Final = frozenset({OrderState.CANCELED, OrderState.FILLED, OrderState.FAILED})


class SynchronousOrderTracker(ClientOrderTracker):
    """One connector's orders, as Hummingbot's strategies, executors and recorder know them."""

    def __init__(self, connector: Any) -> None:
        super().__init__(connector=connector)
        self._over: OrderedDict[str, InFlightOrder] = OrderedDict()
        #: When what is being told happened, in seconds; the connector's clock may not run yet.
        self._told_s: float | None = None

    @property
    def current_timestamp(self) -> float:
        """Of the events that it makes: the venue's time where there is one."""
        if self._told_s is not None:
            return self._told_s
        now_s = self._connector.current_timestamp
        return self._connector._time() if math.isnan(now_s) else now_s

    def order(self, client_order_id: str) -> InFlightOrder | None:
        """One that is in flight, lost, or over."""
        return (
            self._in_flight_orders.get(client_order_id)
            or self._lost_orders.get(client_order_id)
            or self._over.get(client_order_id)
            or self._cached_orders.get(client_order_id)
        )

    def stop_tracking_order(self, client_order_id: str) -> None:
        """It is over, and remembered."""
        order = self._in_flight_orders.get(client_order_id)
        super().stop_tracking_order(client_order_id)
        if order is not None:
            self._over[client_order_id] = order
            while len(self._over) > _MOST_REMEMBERED:
                self._over.popitem(last=False)

    def take(self, update: OrderUpdate) -> None:
        """Changes the order, and tells what follows, before it returns."""
        self._told_s = update.update_timestamp
        try:
            self._take(update)
        finally:
            self._told_s = None

    def take_fill(self, trade: TradeUpdate) -> None:
        """Books a trade and tells it, before it returns; each counts once, by its id."""
        order = self.order(trade.client_order_id)
        if order is None:
            return
        before = order.executed_amount_base
        if not order.update_with_trade_update(trade):
            return
        self._told_s = trade.fill_timestamp
        try:
            self._trigger_order_fills(
                tracked_order=order,
                prev_executed_amount_base=before,
                fill_amount=trade.fill_base_amount,
                fill_price=trade.fill_price,
                fill_fee=trade.fee,
                trade_id=trade.trade_id,
                exchange_order_id=trade.exchange_order_id,
            )
        finally:
            self._told_s = None

    def fail(self, order: InFlightOrder, why: str) -> None:
        """The order is not there, and is lost no more."""
        misc = {"error_message": why, "error_type": "OrderFailure"}
        self.take(
            OrderUpdate(
                order.trading_pair, self.current_timestamp, OrderState.FAILED, order.client_order_id, misc_updates=misc
            )
        )

    # The names by which the base asks for the same.

    def process_order_update(self, order_update: OrderUpdate) -> "asyncio.Future[None]":
        """As the base's, but done when it returns."""
        self.take(order_update)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    async def _process_order_update(self, order_update: OrderUpdate) -> None:
        self.take(order_update)

    def process_trade_update(self, trade_update: TradeUpdate) -> None:
        """As the base's, also of an order that is long over."""
        self.take_fill(trade_update)

    def _take(self, update: OrderUpdate) -> None:
        order = self._in_flight_orders.get(update.client_order_id)
        if order is None:
            # What is over stays as it ended; a lost one is looked for until its end is known.
            if update.new_state in _ENDS:
                self._lost_orders.pop(update.client_order_id, None)
            return
        before = order.current_state
        if order.update_with_order_update(update):
            self._trigger_order_creation(order, before, update.new_state)
            self._trigger_order_completion(order, update)
