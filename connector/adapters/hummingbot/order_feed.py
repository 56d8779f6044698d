"""Our events, told to Hummingbot's tracker: each once, in their order, before the next thing happens.

BuyOrderCreated, SellOrderCreated ── OPEN ──────▶ created
OrderFilled ─────────────────────── trade ──────▶ filled, with the fee that the venue booked
BuyOrderCompleted, Sell… ────────── FILLED ─────▶ completed
OrderCancelled, OrderExpired ────── CANCELED ───▶ cancelled: executors know no other end
OrderFailure ────────────────────── FAILED ─────▶ failure, with the reason
OrderOutcomeUnknown ─────────────── nothing: the order is still being created, and is looked up
"""

from collections.abc import Callable
from typing import Final

from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderState, OrderUpdate, TradeUpdate
from hummingbot.core.data_type.trade_fee import TradeFeeSchema

from connector.adapters.hummingbot.order_tracker import SynchronousOrderTracker
from connector.adapters.hummingbot.words import fee_of
from connector.core.event_tags import MarketEvent
from connector.core.events import (
    BuyOrderCompletedEvent,
    BuyOrderCreatedEvent,
    Event,
    MarketOrderFailureEvent,
    OrderCancelledEvent,
    OrderExpiredEvent,
    OrderFilledEvent,
    SellOrderCompletedEvent,
    SellOrderCreatedEvent,
)

_HEARD: Final = (
    MarketEvent.BuyOrderCreated,
    MarketEvent.SellOrderCreated,
    MarketEvent.OrderFilled,
    MarketEvent.BuyOrderCompleted,
    MarketEvent.SellOrderCompleted,
    MarketEvent.OrderCancelled,
    MarketEvent.OrderExpired,
    MarketEvent.OrderFailure,
)


class OrderFeed:
    """Tells one tracker what happens to its orders."""

    #: What it hears of.
    tags = _HEARD

    def __init__(self, tracker: SynchronousOrderTracker, fees: Callable[[], TradeFeeSchema]) -> None:
        self._tracker = tracker
        self._fees = fees

    def hear(self, event: Event) -> None:
        """One event; what is of no order that Hummingbot placed is nobody's."""
        match event:
            case BuyOrderCreatedEvent() | SellOrderCreatedEvent():
                self._created(event)
            case OrderFilledEvent():
                self._filled(event)
            case BuyOrderCompletedEvent() | SellOrderCompletedEvent():
                self._move(event.order_id, event.timestamp, OrderState.FILLED, event.exchange_order_id)
            case OrderCancelledEvent():
                self._move(event.order_id, event.timestamp, OrderState.CANCELED, event.exchange_order_id)
            case OrderExpiredEvent():
                self._move(event.order_id, event.timestamp, OrderState.CANCELED)
            case MarketOrderFailureEvent():
                self.fail(event.order_id, event.timestamp, str(event.fault or "the exchange has no such order"))
            case _:
                return

    def fail(self, client_order_id: str, timestamp_s: float, why: str) -> None:
        """The order never lived."""
        told = {"error_message": why, "error_type": "OrderFailure"}
        self._move(client_order_id, timestamp_s, OrderState.FAILED, told=told)

    def _created(self, event: BuyOrderCreatedEvent | SellOrderCreatedEvent) -> None:
        order = self._tracker.order(event.order_id)
        if order is not None:
            # The venue's figures: a post-only order may stand at another price than it was asked for.
            order.amount = event.amount
            if event.price.is_finite():
                order.price = event.price
            self._move(event.order_id, event.timestamp, OrderState.OPEN, event.exchange_order_id)

    def _filled(self, event: OrderFilledEvent) -> None:
        order = self._tracker.order(event.order_id)
        if order is None:
            return
        paid = event.trade_fee.flat_fees[0] if event.trade_fee.flat_fees else None
        fee = fee_of(self._fees(), event.position, paid.token if paid else "", paid.amount if paid else None)
        self._tracker.take_fill(
            TradeUpdate(
                trade_id=event.exchange_trade_id,
                client_order_id=event.order_id,
                exchange_order_id=event.exchange_order_id,
                trading_pair=event.trading_pair,
                fill_timestamp=event.timestamp,
                fill_price=event.price,
                fill_base_amount=event.amount,
                fill_quote_amount=event.amount * event.price,
                fee=fee,
                is_taker=not event.is_maker,
            )
        )
        if _is_partly_filled(order):
            self._move(event.order_id, event.timestamp, OrderState.PARTIALLY_FILLED, event.exchange_order_id)

    def _move(
        self,
        client_order_id: str,
        timestamp_s: float,
        state: OrderState,
        exchange_order_id: str = "",
        told: dict[str, str] | None = None,
    ) -> None:
        order = self._tracker.order(client_order_id)
        if order is None:
            return
        self._tracker.take(
            OrderUpdate(
                trading_pair=order.trading_pair,
                update_timestamp=timestamp_s,
                new_state=state,
                client_order_id=client_order_id,
                exchange_order_id=exchange_order_id or None,
                misc_updates=told,
            )
        )


def _is_partly_filled(order: InFlightOrder) -> bool:
    """Whether it goes on; one that is over stays over."""
    return bool(order.is_open) and 0 < order.executed_amount_base < order.amount
