from decimal import Decimal

import pytest

from connector.core.enums import OrderState, OrderType, PositionAction, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.events import BuyOrderCompletedEvent, OrderExpiredEvent, OrderFilledEvent, SellOrderCreatedEvent
from connector.core.reports import OrderStatus
from connector.core.trade_fee import TokenAmount, TradeFee
from connector.orders import order_events
from tests.companions.orders.scenes import ORDER_ID, PAIR, VENUE_ID, fill, intent, report, tracked, tracker


def test_a_creation_names_side_leverage_action_and_the_venues_id() -> None:
    order = tracked(tracker(), wanted=intent(TradeType.SELL))
    order.exchange_order_id = VENUE_ID
    assert order_events.created(order, 3.0) == SellOrderCreatedEvent(
        timestamp=3.0,
        type=OrderType.LIMIT,
        trading_pair=PAIR,
        amount=Decimal(3),
        price=Decimal(100),
        order_id=ORDER_ID,
        creation_timestamp=1.0,
        exchange_order_id=VENUE_ID,
        leverage=5,
        position=PositionAction.OPEN,
    )


def test_a_market_order_is_created_without_a_price() -> None:
    event = order_events.created(tracked(tracker(), wanted=intent(price=None)), 3.0)
    assert event.price.is_nan()


def test_a_fill_carries_the_venues_price_fee_and_time() -> None:
    order = tracked(tracker())
    order.exchange_order_id = VENUE_ID
    assert order_events.filled(order, fill("7", "2", "99.5", time_ms=3_250)) == OrderFilledEvent(
        timestamp=3.25,
        order_id=ORDER_ID,
        trading_pair=PAIR,
        trade_type=TradeType.BUY,
        order_type=OrderType.LIMIT,
        price=Decimal("99.5"),
        amount=Decimal(2),
        trade_fee=TradeFee((TokenAmount("USDT", Decimal("0.02")),)),
        exchange_trade_id="7",
        exchange_order_id=VENUE_ID,
        leverage=5,
        position=PositionAction.OPEN,
        is_maker=True,
    )


def test_a_completion_sums_up_the_fills() -> None:
    order = tracked(tracker())
    order.take(report(OrderStatus.FILLED, fill("1", "1", "100"), fill("2", "2", "97")), 3_000)
    event = order_events.completed(order, 4.0)
    assert event == BuyOrderCompletedEvent(
        timestamp=4.0,
        order_id=ORDER_ID,
        base_asset="BTC",
        quote_asset="USDT",
        base_asset_amount=Decimal(3),
        quote_asset_amount=Decimal(294),
        order_type=OrderType.LIMIT,
        exchange_order_id=VENUE_ID,
    )


TOLD = {
    OrderState.PENDING_UNKNOWN: [MarketEvent.OrderOutcomeUnknown],
    OrderState.CANCELED: [MarketEvent.OrderCancelled],
    OrderState.EXPIRED: [MarketEvent.OrderExpired],
    OrderState.FAILED: [MarketEvent.OrderFailure],
}


@pytest.mark.parametrize("state", OrderState)
def test_each_state_has_its_event_or_none(state: OrderState) -> None:
    order = tracked(tracker())
    order.state = state
    events = order_events.entered(order, report(OrderStatus.UNCHANGED), 3.0)
    assert [event.tag for event in events] == TOLD.get(state, [])


def test_an_expiry_gives_the_venues_reason() -> None:
    order = tracked(tracker())
    order.state = OrderState.EXPIRED
    expired = report(OrderStatus.EXPIRED, expiry_reason="1")
    assert order_events.entered(order, expired, 3.0) == (OrderExpiredEvent(3.0, ORDER_ID, "1"),)
