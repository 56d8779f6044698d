"""Orders as Hummingbot asks for them: an id at once, whatever is wrong, and what became of it as events."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from hummingbot.connector.utils import get_new_client_order_id
from hummingbot.core.data_type import common
from hummingbot.core.data_type.in_flight_order import PerpetualDerivativeInFlightOrder

from connector.adapters.hummingbot.order_feed import OrderFeed
from connector.adapters.hummingbot.order_tracker import SynchronousOrderTracker
from connector.adapters.hummingbot.words import ORDER_TYPES, POSITION_ACTIONS, TRADE_TYPES
from connector.core.amounts import NAN, ZERO
from connector.core.faults import ArgumentFault, ConnectorFault, UnavailableFault
from connector.core.intents import OrderIntent
from connector.exchange.derivative import PerpetualDerivative
from connector.orders.in_flight_order import InFlightOrder

_LOG = logging.getLogger(__name__)
_LONGEST_ID = 32


class Asked(NamedTuple):
    """An order in Hummingbot's words, as it was asked for."""

    side: common.TradeType
    trading_pair: str
    amount: Decimal
    order_type: common.OrderType
    #: NaN or None: none.
    price: Decimal | None
    action: common.PositionAction


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

    def place(self, asked: Asked) -> str:
        """An order's id; the order is tracked when this returns, and where it can be none it fails a turn later."""
        try:
            exchange = self._started()
            order_id = exchange.place(_intent_of(asked))
        except Exception as error:
            return self._fail(asked, error)
        return self._take(asked, order_id, exchange.components.tracker.order(order_id))

    def place_several(self, asked: Sequence[Asked]) -> list[str]:
        """An id for each, as `place` gives it; five go in one request."""
        intents: dict[int, OrderIntent] = {}
        names: dict[int, str] = {}
        for place, one in enumerate(asked):
            try:
                intents[place] = _intent_of(one)
            except Exception as error:
                names[place] = self._fail(one, error)
        try:
            exchange = self._started()
            order_ids = exchange.batch_order_create(tuple(intents.values()))
        except Exception as error:
            names |= {place: self._fail(asked[place], error) for place in intents}
        else:
            orders = map(exchange.components.tracker.order, order_ids)
            for place, order_id, order in zip(intents, order_ids, orders, strict=True):
                names[place] = self._take(asked[place], order_id, order)
        return [names[place] for place in range(len(asked))]

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

    def _take(self, asked: Asked, order_id: str, ours: InFlightOrder | None) -> str:
        """Tracked with the figures that were sent; what can be no order has none, and fails by its event."""
        if ours is None:
            self._track(asked, order_id, time.time())
        else:
            price = ours.price if ours.price is not None else asked.price
            self._track(asked._replace(amount=ours.amount, price=price), order_id, ours.created_ms / 1000)
        return order_id

    def _fail(self, asked: Asked, error: Exception) -> str:
        if not isinstance(error, ConnectorFault):
            _LOG.error("an order could not be placed", exc_info=error)
        order_id, made_s = _id_of_none(asked.side, asked.trading_pair), time.time()
        self._track(asked, order_id, made_s)
        asyncio.get_running_loop().call_soon(self._feed.fail, order_id, made_s, str(error) or repr(error))
        return order_id

    def _track(self, asked: Asked, order_id: str, made_s: float) -> None:
        self._tracker.start_tracking_order(
            PerpetualDerivativeInFlightOrder(
                client_order_id=order_id,
                trading_pair=asked.trading_pair,
                order_type=asked.order_type,
                trade_type=asked.side,
                amount=_amount_of(asked.amount),
                price=NAN if asked.price is None else asked.price,
                creation_timestamp=made_s,
                leverage=self._leverage(asked.trading_pair),
                position=asked.action,
            )
        )

    def _started(self) -> PerpetualDerivative:
        exchange = self._exchange()
        if exchange is None:
            raise UnavailableFault("the connector is not started")
        return exchange


def _intent_of(asked: Asked) -> OrderIntent:
    """Raises `ArgumentFault`."""
    kind, price = ORDER_TYPES.get(asked.order_type), asked.price
    if kind is None:
        raise ArgumentFault("order_type", asked.order_type, "is not taken here", "use LIMIT, LIMIT_MAKER or MARKET")
    if price is not None and (not price.is_finite() or asked.order_type is common.OrderType.MARKET):
        price = None
    action = POSITION_ACTIONS[asked.action]
    return OrderIntent(asked.trading_pair, TRADE_TYPES[asked.side], kind, asked.amount, price, action)


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
