"""What we know of an order, in Hummingbot's words, where its executors ask."""

from hummingbot.core.data_type.in_flight_order import InFlightOrder as TheirOrder
from hummingbot.core.data_type.in_flight_order import OrderState as TheirState
from hummingbot.core.data_type.in_flight_order import OrderUpdate, TradeUpdate
from hummingbot.core.data_type.trade_fee import TradeFeeSchema

from connector.adapters.hummingbot.words import STATES, fee_of
from connector.core.faults import UnavailableFault
from connector.core.reports import OrderReport, OrderStatus
from connector.exchange.derivative import PerpetualDerivative
from connector.orders.in_flight_order import InFlightOrder

_TOLD = {
    OrderStatus.NEW: TheirState.OPEN,
    OrderStatus.PARTIALLY_FILLED: TheirState.PARTIALLY_FILLED,
    OrderStatus.FILLED: TheirState.FILLED,
    OrderStatus.CANCELED: TheirState.CANCELED,
    OrderStatus.EXPIRED: TheirState.CANCELED,
    OrderStatus.REJECTED: TheirState.FAILED,
}


async def order_update(exchange: PerpetualDerivative | None, theirs: TheirOrder) -> OrderUpdate:
    """By our own order, which a look-up of ours settles; the exchange is asked about one that we do not know.

    Raises `ConnectorFault`: its fate is GONE where the exchange does not know it either.
    """
    if exchange is None:
        raise UnavailableFault("the connector is not started")
    ours = exchange.components.tracker.order(theirs.client_order_id)
    if ours is not None:
        seen_s = (ours.last_update_ms or ours.created_ms) / 1000
        return _update(theirs, STATES[ours.state], seen_s, ours.exchange_order_id)
    symbol = exchange.trading_rules[theirs.trading_pair].symbol
    report: OrderReport = await exchange.venue_api.order(symbol, theirs.client_order_id)
    state = _TOLD.get(report.status, theirs.current_state)
    return _update(theirs, state, report.time_ms / 1000, report.exchange_order_id)


def trade_updates(exchange: PerpetualDerivative | None, theirs: TheirOrder, fees: TradeFeeSchema) -> list[TradeUpdate]:
    """Its trades, with the fees that were booked."""
    ours = None if exchange is None else exchange.components.tracker.order(theirs.client_order_id)
    return [] if ours is None else list(_trades(ours, fees))


def _trades(order: InFlightOrder, fees: TradeFeeSchema) -> list[TradeUpdate]:
    return [
        TradeUpdate(
            trade_id=fill.trade_id,
            client_order_id=order.client_order_id,
            exchange_order_id=order.exchange_order_id,
            trading_pair=order.trading_pair,
            fill_timestamp=fill.time_ms / 1000,
            fill_price=fill.price,
            fill_base_amount=fill.amount,
            fill_quote_amount=fill.amount * fill.price,
            fee=fee_of(fees, order.position_action, fill.fee_asset, fill.fee_amount),
            is_taker=not fill.is_maker,
        )
        for fill in order.fills.values()
    ]


def _update(theirs: TheirOrder, state: TheirState, timestamp_s: float, exchange_order_id: str) -> OrderUpdate:
    return OrderUpdate(
        trading_pair=theirs.trading_pair,
        update_timestamp=timestamp_s,
        new_state=state,
        client_order_id=theirs.client_order_id,
        exchange_order_id=exchange_order_id or None,
    )
