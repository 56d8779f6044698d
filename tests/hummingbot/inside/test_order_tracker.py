"""Their tracker, changed at once: in the order in which it is told, each thing once."""

from decimal import Decimal
from typing import Any

from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderState, OrderUpdate, TradeUpdate
from hummingbot.core.data_type.trade_fee import AddedToCostTradeFee, TokenAmount

from tests.companions.local_trading import PAIR
from tests.hummingbot.host import Heard

D = Decimal


def track(idle: Any, name: str = "mine") -> InFlightOrder:
    order = InFlightOrder(name, PAIR, OrderType.LIMIT, TradeType.BUY, D(2), 5.0, D(60_000))
    idle._order_tracker.start_tracking_order(order)
    return order


def update(state: OrderState, name: str = "mine", at_s: float = 7.5) -> OrderUpdate:
    return OrderUpdate(PAIR, at_s, state, name, "77")


def trade(number: str, amount: str = "1") -> TradeUpdate:
    fee = AddedToCostTradeFee(flat_fees=[TokenAmount("USDT", D("0.1"))])
    return TradeUpdate(number, "mine", "77", PAIR, 8.25, D(60_000), D(amount), D(amount) * 60_000, fee)


async def test_everything_is_told_before_the_call_returns(idle: Any, heard: Heard) -> None:
    track(idle)
    idle._order_tracker.process_order_update(update(OrderState.OPEN))
    idle._order_tracker.process_trade_update(trade("1"))
    idle._order_tracker.process_trade_update(trade("2"))
    idle._order_tracker.process_order_update(update(OrderState.FILLED))
    assert heard.names("mine") == ["BuyOrderCreated", "OrderFilled", "OrderFilled", "BuyOrderCompleted"]
    assert [event.timestamp for _, event in heard.events] == [7.5, 8.25, 8.25, 7.5]


async def test_a_trade_counts_once_and_an_end_is_told_once(idle: Any, heard: Heard) -> None:
    order = track(idle)
    for _ in range(2):
        idle._order_tracker.take(update(OrderState.OPEN))
        idle._order_tracker.take_fill(trade("1"))
        idle._order_tracker.take(update(OrderState.CANCELED))
    assert heard.names("mine") == ["BuyOrderCreated", "OrderFilled", "OrderCancelled"]
    assert (order.executed_amount_base, order.current_state) == (D(1), OrderState.CANCELED)


async def test_a_fill_that_is_learned_of_after_the_end_is_told(idle: Any, heard: Heard) -> None:
    track(idle)
    idle._order_tracker.take(update(OrderState.OPEN))
    idle._order_tracker.take(update(OrderState.CANCELED))
    idle._order_tracker._cached_orders.clear()  # half a minute later
    idle._order_tracker.take_fill(trade("9"))
    assert heard.names("mine") == ["BuyOrderCreated", "OrderCancelled", "OrderFilled"]


async def test_what_is_over_does_not_come_back(idle: Any, heard: Heard) -> None:
    order = track(idle)
    idle._order_tracker.take(update(OrderState.FAILED))
    idle._order_tracker.take(update(OrderState.OPEN))
    assert (heard.names("mine"), order.is_failure) == (["OrderFailure"], True)


async def test_an_order_that_is_not_found_too_often_is_lost_and_its_end_ends_that(idle: Any, heard: Heard) -> None:
    track(idle)
    idle._order_tracker.take(update(OrderState.OPEN))
    for _ in range(4):
        await idle._order_tracker.process_order_not_found("mine")
    assert set(idle._order_tracker.lost_orders) == {"mine"}
    idle._order_tracker.take_fill(trade("1"))
    idle._order_tracker.take(update(OrderState.CANCELED))
    assert idle._order_tracker.lost_orders == {}
    assert heard.names("mine") == ["BuyOrderCreated", "OrderFailure", "OrderFilled"]
