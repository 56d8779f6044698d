"""The events of an order, built from what is known of it. Timestamps in seconds."""

from connector.core.amounts import NAN
from connector.core.enums import OrderState, TradeType
from connector.core.events import (
    BuyOrderCompletedEvent,
    BuyOrderCreatedEvent,
    Event,
    MarketOrderFailureEvent,
    OrderCancelledEvent,
    OrderExpiredEvent,
    OrderFilledEvent,
    OrderOutcomeUnknownEvent,
    SellOrderCompletedEvent,
    SellOrderCreatedEvent,
    TokenAmount,
    TradeFee,
)
from connector.core.reports import Fill, OrderReport
from connector.orders.in_flight_order import InFlightOrder

_CREATED: dict[TradeType, type[BuyOrderCreatedEvent] | type[SellOrderCreatedEvent]] = {
    TradeType.BUY: BuyOrderCreatedEvent,
    TradeType.SELL: SellOrderCreatedEvent,
}
_COMPLETED: dict[TradeType, type[BuyOrderCompletedEvent] | type[SellOrderCompletedEvent]] = {
    TradeType.BUY: BuyOrderCompletedEvent,
    TradeType.SELL: SellOrderCompletedEvent,
}


def created(order: InFlightOrder, at_s: float) -> Event:
    """The venue has the order. The price of a market order is NaN."""
    return _CREATED[order.trade_type](
        timestamp=at_s,
        type=order.order_type,
        trading_pair=order.trading_pair,
        amount=order.amount,
        price=NAN if order.price is None else order.price,
        order_id=order.client_order_id,
        creation_timestamp=order.creation_timestamp,
        exchange_order_id=order.exchange_order_id,
        leverage=order.leverage,
        position=order.position_action,
    )


def filled(order: InFlightOrder, fill: Fill) -> Event:
    """One trade, at the venue's time of it."""
    return OrderFilledEvent(
        timestamp=fill.time_ms / 1000,
        order_id=order.client_order_id,
        trading_pair=order.trading_pair,
        trade_type=order.trade_type,
        order_type=order.order_type,
        price=fill.price,
        amount=fill.amount,
        trade_fee=TradeFee(flat_fees=(TokenAmount(fill.fee_asset, fill.fee_amount),)),
        exchange_trade_id=fill.trade_id,
        exchange_order_id=order.exchange_order_id,
        leverage=order.leverage,
        position=order.position_action,
        realized_pnl=fill.realized_pnl,
        is_maker=fill.is_maker,
    )


def completed(order: InFlightOrder, at_s: float) -> Event:
    """The order is full, and its fills explain it."""
    return _COMPLETED[order.trade_type](
        timestamp=at_s,
        order_id=order.client_order_id,
        base_asset=order.base_asset,
        quote_asset=order.quote_asset,
        base_asset_amount=order.executed_amount,
        quote_asset_amount=order.executed_amount_quote,
        order_type=order.order_type,
        exchange_order_id=order.exchange_order_id,
    )


def entered(order: InFlightOrder, report: OrderReport, at_s: float) -> tuple[Event, ...]:
    """The event of the state that the order has just entered; none where that state has none of its own."""
    name = order.client_order_id
    match order.state:
        case OrderState.PENDING_UNKNOWN:
            return (OrderOutcomeUnknownEvent(at_s, name, order.trading_pair, report.fault),)
        case OrderState.CANCELED:
            return (OrderCancelledEvent(at_s, name, order.exchange_order_id),)
        case OrderState.EXPIRED:
            return (OrderExpiredEvent(at_s, name, report.expiry_reason, report.expiry),)
        case OrderState.FAILED:
            return (MarketOrderFailureEvent(at_s, name, order.order_type, report.fault, report.rejection),)
        case _:
            return ()
