"""The events of an order, built from what is known of it. Timestamps in seconds."""

from decimal import Decimal

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
    OrderModifiedEvent,
    OrderModifyFailedEvent,
    OrderOutcomeUnknownEvent,
    OrderTriggeredEvent,
    SellOrderCompletedEvent,
    SellOrderCreatedEvent,
)
from connector.core.faults import Blame, Fate, Fault, FaultRule, Retry
from connector.core.order_ends import Rejection, RejectionKind
from connector.core.reports import Fill, OrderReport, OrderStatus
from connector.core.trade_fee import TokenAmount, TradeFee
from connector.core.value_objects import maker_of
from connector.orders.changes import Change
from connector.orders.in_flight_order import InFlightOrder

_CREATED: dict[TradeType, type[BuyOrderCreatedEvent] | type[SellOrderCreatedEvent]] = {
    TradeType.BUY: BuyOrderCreatedEvent,
    TradeType.SELL: SellOrderCreatedEvent,
}
_COMPLETED: dict[TradeType, type[BuyOrderCompletedEvent] | type[SellOrderCompletedEvent]] = {
    TradeType.BUY: BuyOrderCompletedEvent,
    TradeType.SELL: SellOrderCompletedEvent,
}
_FILLED, _FEE, _AMOUNT = maker_of(OrderFilledEvent), maker_of(TradeFee), maker_of(TokenAmount)
_OUT_OF_THE_BOOK = frozenset({OrderState.CANCELED, OrderState.EXPIRED, OrderState.FAILED})
_NEVER_MADE = FaultRule(
    Fate.NEVER_LIVED, Retry.NEVER, Blame.NETWORK, "was not answered, and the order stands as it stood when it was asked"
)


def created(order: InFlightOrder, at_s: float) -> Event:
    """The venue has the order. The price of a market order is NaN; the exchange id of a conditional one is the id of
    the conditional order."""
    return _CREATED[order.trade_type](
        timestamp=at_s,
        type=order.order_type,
        trading_pair=order.trading_pair,
        amount=order.amount,
        price=NAN if order.price is None else order.price,
        order_id=order.client_order_id,
        creation_timestamp=order.creation_timestamp,
        exchange_order_id=order.exchange_order_id or order.algo_id,
        leverage=order.leverage,
        position=order.position_action,
    )


def triggered(order: InFlightOrder, at_s: float) -> Event:
    """A conditional order became an order in the book."""
    return OrderTriggeredEvent(at_s, order.client_order_id, order.trading_pair, order.exchange_order_id)


def filled(order: InFlightOrder, fill: Fill) -> Event:
    """One trade, at the venue's time of it."""
    return _FILLED(
        timestamp=fill.time_ms / 1000,
        order_id=order.client_order_id,
        trading_pair=order.trading_pair,
        trade_type=order.trade_type,
        order_type=order.order_type,
        price=fill.price,
        amount=fill.amount,
        trade_fee=_FEE((_AMOUNT(fill.fee_asset, fill.fee_amount),)),
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


def changed(
    order: InFlightOrder,
    terms: tuple[Decimal | None, Decimal],
    change: Change | None,
    report: OrderReport,
    at_s: float,
) -> tuple[Event, ...]:
    """The event of a change that was made or refused by this report; none of an order that is out of the book.

    `terms` are price and amount before it, `change` is what was awaited before it.
    """
    is_over = change is not None and order.change is None
    if order.price is None or order.state in _OUT_OF_THE_BOOK:
        return ()
    if order.terms != terms or (is_over and report.status is not OrderStatus.MODIFY_REFUSED and not order.is_done):
        return (modified(order, at_s),)
    if change is not None and is_over and not order.is_done:
        return (change_failed(order, change, report.fault, report.rejection, at_s),)
    return ()


def modified(order: InFlightOrder, at_s: float) -> Event:
    """The order has these terms at the venue."""
    price = NAN if order.price is None else order.price
    name, exchange_name = order.client_order_id, order.exchange_order_id
    return OrderModifiedEvent(at_s, name, order.trading_pair, price, order.amount, exchange_name)


def change_failed(
    order: InFlightOrder, change: Change, fault: Fault | None, rejection: Rejection | None, at_s: float
) -> Event:
    """A change that was not made. Without a fault a look-up proved it."""
    return OrderModifyFailedEvent(
        timestamp=at_s,
        order_id=order.client_order_id,
        trading_pair=order.trading_pair,
        price=change.price,
        amount=change.amount,
        fault=fault or Fault(_NEVER_MADE, "modify order"),
        rejection=rejection or Rejection(RejectionKind.OTHER),
    )


def entered(order: InFlightOrder, report: OrderReport, at_s: float) -> tuple[Event, ...]:
    """The event of the state that the order has just entered; none where that state has none of its own."""
    name = order.client_order_id
    match order.state:
        case OrderState.PENDING_UNKNOWN:
            return (OrderOutcomeUnknownEvent(at_s, name, order.trading_pair, report.fault),)
        case OrderState.CANCELED:
            return (OrderCancelledEvent(at_s, name, order.exchange_order_id or order.algo_id),)
        case OrderState.EXPIRED:
            return (OrderExpiredEvent(at_s, name, report.expiry_reason, order.expiry),)
        case OrderState.FAILED:
            return (MarketOrderFailureEvent(at_s, name, order.order_type, report.fault, report.rejection),)
        case _:
            return ()
