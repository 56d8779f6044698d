"""Orders as Hummingbot asks for them: an id at once, whatever is wrong, and what became of it as events."""

import asyncio
import logging
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hummingbot.connector.utils import get_new_client_order_id
from hummingbot.core.data_type import common
from hummingbot.core.data_type.in_flight_order import PerpetualDerivativeInFlightOrder

from connector.adapters.hummingbot.order_feed import OrderFeed
from connector.adapters.hummingbot.order_tracker import SynchronousOrderTracker
from connector.adapters.hummingbot.words import ORDER_TYPES, POSITION_ACTIONS, TRADE_TYPES
from connector.core.amounts import ZERO
from connector.core.faults import ArgumentFault, ConnectorFault, UnavailableFault
from connector.core.intents import OrderIntent
from connector.exchange.derivative import PerpetualDerivative

_LOG = logging.getLogger(__name__)
_LONGEST_ID = 32


class Placing:
    """Places orders of one connector, and cancels them."""

    def __init__(
        self,
        tracker: SynchronousOrderTracker,
        feed: OrderFeed,
        exchange: Callable[[], PerpetualDerivative | None],
        leverage: Callable[[str], int],
    ) -> None:
        self._tracker, self._feed, self._exchange, self._leverage = tracker, feed, exchange, leverage

    def place(
        self,
        side: common.TradeType,
        trading_pair: str,
        amount: Decimal,
        order_type: common.OrderType,
        price: Decimal,
        action: common.PositionAction,
    ) -> str:
        """An order's id; the order is tracked when this returns, and where it can be none it fails a turn later."""
        try:
            order_id, amount, price, made_s = self._sent(side, trading_pair, amount, order_type, price, action)
            why = ""
        except Exception as error:
            if not isinstance(error, ConnectorFault):
                _LOG.exception("an order could not be placed")
            order_id, made_s, why = _id_of_none(side, trading_pair), time.time(), str(error) or repr(error)
        self._tracker.start_tracking_order(
            PerpetualDerivativeInFlightOrder(
                client_order_id=order_id,
                trading_pair=trading_pair,
                order_type=order_type,
                trade_type=side,
                amount=_amount_of(amount),
                price=price,
                creation_timestamp=made_s,
                leverage=self._leverage(trading_pair),
                position=action,
            )
        )
        if why:
            asyncio.get_running_loop().call_soon(self._feed.fail, order_id, made_s, why)
        return order_id

    def cancel(self, trading_pair: str, order_id: str) -> str:
        """Asks for a cancel, and returns the id; what is no order of ours is told in the log."""
        try:
            self._started().cancel(trading_pair, order_id)
        except ConnectorFault as fault:
            _LOG.warning("cancel of %s: %s", order_id, fault)
        return order_id

    def cancel_several(self, orders: list[tuple[str, str]]) -> None:
        """Pairs and ids; ten go in one request."""
        try:
            self._started().batch_order_cancel(orders)
        except ConnectorFault as fault:
            _LOG.warning("cancels: %s", fault)

    def _sent(
        self,
        side: common.TradeType,
        trading_pair: str,
        amount: Decimal,
        order_type: common.OrderType,
        price: Decimal,
        action: common.PositionAction,
    ) -> tuple[str, Decimal, Decimal, float]:
        """Id, amount and price as they went, and when (s). Raises `ConnectorFault`."""
        exchange = self._started()
        kind = ORDER_TYPES.get(order_type)
        if kind is None:
            raise ArgumentFault("order_type", order_type, "is not taken here", "use LIMIT, LIMIT_MAKER or MARKET")
        is_priced = price is not None and price.is_finite() and order_type is not common.OrderType.MARKET
        intent = OrderIntent(
            trading_pair, TRADE_TYPES[side], kind, amount, price if is_priced else None, POSITION_ACTIONS[action]
        )
        order_id = exchange.place(intent)
        order = exchange.components.tracker.order(order_id)
        if order is None:
            raise UnavailableFault(f"{order_id} is not tracked")
        return order_id, order.amount, order.price if order.price is not None else price, order.created_ms / 1000

    def _started(self) -> PerpetualDerivative:
        exchange = self._exchange()
        if exchange is None:
            raise UnavailableFault("the connector is not started")
        return exchange


def _id_of_none(side: common.TradeType, trading_pair: str) -> str:
    """An id for what can be no order: none of ours has this form."""
    is_buy = side is common.TradeType.BUY
    try:
        new_id: Any = get_new_client_order_id(is_buy=is_buy, trading_pair=trading_pair, max_id_len=_LONGEST_ID)
    except Exception:
        return f"none{time.time_ns():x}"
    return str(new_id)


def _amount_of(amount: object) -> Decimal:
    """What theirs can reckon with: an order of no amount is none, and one below 0 would be taken for filled."""
    return amount if isinstance(amount, Decimal) and amount.is_finite() and amount > ZERO else ZERO
