"""What executors ask for themselves, answered from what we know, and from the exchange where we do not."""

from decimal import Decimal
from typing import Any

import pytest
from hummingbot.core.data_type.common import OrderType, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderState

from connector.core.faults import Fate, Fault
from connector.simulator.market.orders import SELL
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, Trader, until
from tests.hummingbot.host import Heard, buy

D = Decimal


async def state_of(bot: Any, order: InFlightOrder) -> OrderState:
    state: OrderState = (await bot._request_order_status(order)).new_state
    return state


async def test_an_open_order_a_filled_one_and_a_cancelled_one(bot: Any, heard: Heard, trader: Trader) -> None:
    resting, filled = buy(bot), bot.buy(PAIR, D("0.01"), price=D(59_995))
    await heard.waits_for("BuyOrderCreated", times=2)
    orders = dict(bot.in_flight_orders)
    assert await state_of(bot, orders[resting]) is OrderState.OPEN
    trader.take(SELL, "0.01")
    await heard.waits_for("BuyOrderCompleted")
    assert await state_of(bot, orders[filled]) is OrderState.FILLED
    trades = await bot._all_trade_updates_for_order(orders[filled])
    assert [(row.fill_price, row.fill_base_amount) for row in trades] == [(D(59_995), D("0.01"))]
    assert trades[0].fee.flat_fees[0].amount == heard.of("OrderFilled")[0].trade_fee.flat_fees[0].amount
    bot.cancel(PAIR, resting)
    await heard.waits_for("OrderCancelled")
    assert await state_of(bot, orders[resting]) is OrderState.CANCELED


async def test_an_order_of_unknown_outcome_is_still_being_created(bot: Any, heard: Heard, venue: LocalExchange) -> None:
    venue.faults.arm("executed_late", method="POST", path="/fapi/v1/order", ms=1_500)
    order_id = buy(bot)
    await until(lambda: bot.exchange.in_flight_orders[order_id].state.name == "PENDING_UNKNOWN", "no answer")
    assert await state_of(bot, bot.in_flight_orders[order_id]) is OrderState.PENDING_CREATE
    await heard.waits_for("BuyOrderCreated")
    assert heard.names(order_id) == ["BuyOrderCreated"]


async def test_one_that_nobody_knows_is_gone_and_their_handler_counts_it(bot: Any, heard: Heard) -> None:
    order = InFlightOrder("nobody-knows", PAIR, OrderType.LIMIT, TradeType.BUY, D(1), 5.0, D(59_000))
    bot._order_tracker.start_tracking_order(order)
    with pytest.raises(Fault) as told:
        await bot._request_order_status(order)
    assert told.value.rule.fate is Fate.GONE
    assert bot._is_order_not_found_during_status_update_error(told.value)
    for _ in range(4):
        await bot._update_orders_with_error_handler([order], bot._handle_update_error_for_active_order)
    assert heard.names("nobody-knows") == ["OrderFailure"]
    await bot._update_orders_with_error_handler([order], bot._handle_update_error_for_lost_order)
    assert bot._order_tracker.lost_orders == {}


async def test_an_order_that_the_exchange_ended_is_cancelled(bot: Any, heard: Heard) -> None:
    """Of two orders of one account that would meet, the resting one expires."""
    resting = bot.buy(PAIR, D("0.01"), price=D(59_995))
    await heard.waits_for("BuyOrderCreated")
    order = bot.in_flight_orders[resting]
    bot.sell(PAIR, D("0.01"), OrderType.MARKET, D("NaN"))
    await heard.waits_for("SellOrderCompleted")
    await heard.waits_for("OrderCancelled")
    assert heard.names(resting) == ["BuyOrderCreated", "OrderCancelled"]
    assert await state_of(bot, order) is OrderState.CANCELED


async def test_an_exchange_that_does_not_answer_makes_no_order_lost(
    bot: Any, heard: Heard, venue: LocalExchange
) -> None:
    order = InFlightOrder("of-another-life", PAIR, OrderType.LIMIT, TradeType.BUY, D(1), 5.0, D(59_000))
    bot._order_tracker.start_tracking_order(order)
    venue.faults.arm("outage", ms=60_000, answer="503")
    for _ in range(5):
        await bot._update_orders_with_error_handler([order], bot._handle_update_error_for_active_order)
    assert heard.names("of-another-life") == []
    assert "of-another-life" in bot.in_flight_orders


async def test_before_the_start_an_order_stands_as_it_stood(idle: Any, heard: Heard) -> None:
    order = InFlightOrder("of-another-life", PAIR, OrderType.LIMIT, TradeType.BUY, D(1), 5.0, D(59_000))
    assert await state_of(idle, order) is OrderState.PENDING_CREATE
