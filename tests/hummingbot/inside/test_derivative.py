"""The connector through Hummingbot's public interface, on a local exchange: what a strategy does and hears."""

import json
from decimal import Decimal
from typing import Any

from hummingbot.core.data_type.common import OrderType, PositionAction, PositionMode
from hummingbot.core.network_iterator import NetworkStatus

from connector.simulator.market.orders import BUY, SELL
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, Trader, until
from tests.hummingbot.host import Heard, buy, open_there, resting_price

D = Decimal
NAN = D("NaN")


async def test_it_is_ready_by_every_gate_of_its_status(bot: Any) -> None:
    assert bot.ready and all(bot.status_dict.values())
    gates = {"order_books_initialized", "account_balance", "user_stream_initialized", "funding_info"}
    assert gates < bot.status_dict.keys()
    assert bot.network_status is NetworkStatus.CONNECTED


async def test_a_limit_order_is_created_once_and_cancelled_once(bot: Any, heard: Heard, venue: LocalExchange) -> None:
    order_id = buy(bot)
    assert order_id in bot.in_flight_orders and len(order_id) <= 32
    created = await heard.waits_for("BuyOrderCreated")
    assert open_there(venue) == {order_id}
    assert (created.order_id, created.amount, created.position) == (order_id, D("0.01"), "OPEN")
    assert created.exchange_order_id == bot.in_flight_orders[order_id].exchange_order_id
    assert bot.cancel(PAIR, order_id) == order_id
    await heard.waits_for("OrderCancelled")
    assert heard.names(order_id) == ["BuyOrderCreated", "OrderCancelled"]
    assert (open_there(venue), bot.in_flight_orders) == (set(), {})


async def test_a_market_order_is_created_filled_and_completed_in_that_order(bot: Any, heard: Heard) -> None:
    order_id = bot.sell(PAIR, D("0.5"), OrderType.MARKET, NAN, position_action=PositionAction.OPEN)
    completed = await heard.waits_for("SellOrderCompleted")
    assert heard.names(order_id) == ["SellOrderCreated", "OrderFilled", "SellOrderCompleted"]
    assert (completed.base_asset_amount, completed.quote_asset_amount) == (D("0.5"), D("29995"))
    position = bot.account_positions[PAIR]
    assert (position.amount, position.position_side.name, position.entry_price) == (D("-0.5"), "SHORT", D(59990))


async def test_a_maker_order_that_would_take_waits_a_few_ticks_away(
    bot: Any, heard: Heard, venue: LocalExchange
) -> None:
    order_id = bot.buy(PAIR, D("0.01"), OrderType.LIMIT_MAKER, D("60010"))
    created = await heard.waits_for("BuyOrderCreated")
    assert created.price < D("60010")
    assert bot.in_flight_orders[order_id].price == created.price
    assert open_there(venue) == {order_id}


async def test_an_order_fills_in_parts_and_each_part_is_told(bot: Any, heard: Heard, trader: Trader) -> None:
    order_id = bot.buy(PAIR, D("0.03"), OrderType.LIMIT_MAKER, D("59995"))
    await heard.waits_for("BuyOrderCreated")
    trader.take(SELL, "0.01")
    await heard.waits_for("OrderFilled")
    order = bot.in_flight_orders[order_id]
    assert (order.current_state.name, order.executed_amount_base) == ("PARTIALLY_FILLED", D("0.01"))
    trader.take(SELL, "0.02")
    await heard.waits_for("BuyOrderCompleted")
    assert heard.names(order_id) == ["BuyOrderCreated", "OrderFilled", "OrderFilled", "BuyOrderCompleted"]
    assert [fill.trade_fee.flat_fees[0].token for fill in heard.of("OrderFilled")] == ["USDT", "USDT"]


async def test_what_the_exchange_refuses_fails_with_its_reason(bot: Any, heard: Heard, venue: LocalExchange) -> None:
    order_id = bot.buy(PAIR, D("0.01"), OrderType.LIMIT, D("1000000"))
    failed = await heard.waits_for("OrderFailure")
    assert (failed.order_id, heard.names(order_id)) == (order_id, ["OrderFailure"])
    assert "PERCENT_PRICE" in failed.error_message
    assert (open_there(venue), bot.in_flight_orders) == (set(), {})


async def test_an_order_below_the_minimum_fails_by_its_rule(bot: Any, heard: Heard) -> None:
    buy(bot, amount="0.000001")
    assert "LOT_SIZE" in (await heard.waits_for("OrderFailure")).error_message


async def test_an_order_that_finds_no_margin_fails_before_it_is_sent(bot: Any, heard: Heard) -> None:
    buy(bot, amount="900")
    assert "margin" in (await heard.waits_for("OrderFailure")).error_message


async def test_cancel_all_confirms_each_order_that_is_gone(bot: Any, heard: Heard, venue: LocalExchange) -> None:
    names = {buy(bot, price=resting_price(bot) - step) for step in range(3)}
    await heard.waits_for("BuyOrderCreated", times=3)
    results = await bot.cancel_all(10)
    assert {(row.order_id, row.success) for row in results} == {(name, True) for name in names}
    assert (open_there(venue), bot.in_flight_orders) == (set(), {})


async def test_several_cancels_go_together(bot: Any, heard: Heard, venue: LocalExchange) -> None:
    for step in range(3):
        buy(bot, price=resting_price(bot) - step)
    await heard.waits_for("BuyOrderCreated", times=3)
    bot.batch_order_cancel(bot.limit_orders)
    await heard.waits_for("OrderCancelled", times=3)
    assert open_there(venue) == set()


async def test_a_hedge_opens_and_closes_on_its_own_side(bot: Any, heard: Heard) -> None:
    bot.set_position_mode(PositionMode.HEDGE)
    await heard.waits_for("PositionMode")
    await until(lambda: bot.ready, "ready in hedge mode")
    bot.buy(PAIR, D("0.2"), OrderType.MARKET, NAN, position_action=PositionAction.OPEN)
    await heard.waits_for("BuyOrderCompleted")
    bot.sell(PAIR, D("0.1"), OrderType.MARKET, NAN, position_action=PositionAction.OPEN)
    await heard.waits_for("SellOrderCompleted")
    await until(lambda: len(bot.account_positions) == 2, "a long and a short")
    held = {key: row.amount for key, row in bot.account_positions.items()}
    assert held == {f"{PAIR}LONG": D("0.2"), f"{PAIR}SHORT": D("-0.1")}
    bot.sell(PAIR, D("0.2"), OrderType.MARKET, NAN, position_action=PositionAction.CLOSE)
    await heard.waits_for("SellOrderCompleted", times=2)
    await until(lambda: set(bot.account_positions) == {f"{PAIR}SHORT"}, "the long one closed")
    bot.buy(PAIR, D("0.1"), OrderType.MARKET, NAN, position_action=PositionAction.CLOSE)
    await heard.waits_for("BuyOrderCompleted", times=2)
    await until(lambda: not bot.account_positions, "the short one closed")


async def test_a_user_stream_that_is_lost_comes_back_and_nothing_is_missed(
    bot: Any, heard: Heard, trader: Trader, venue: LocalExchange
) -> None:
    order_id = bot.buy(PAIR, D("0.01"), OrderType.LIMIT_MAKER, D("59995"))
    await heard.waits_for("BuyOrderCreated")
    venue.faults.arm("cut_sockets")
    trader.take(SELL, "0.01")
    await heard.waits_for("BuyOrderCompleted")
    assert heard.names(order_id) == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]
    await until(lambda: bot.ready, "ready again")


async def test_a_check_of_the_network_tells_whether_the_exchange_answers(bot: Any, venue: LocalExchange) -> None:
    assert await bot.check_network() is NetworkStatus.CONNECTED
    venue.faults.arm("outage", ms=60_000, answer="503")
    assert await bot.check_network() is NetworkStatus.NOT_CONNECTED


async def test_its_states_can_be_written_down_after_every_event(bot: Any, heard: Heard) -> None:
    order_id = buy(bot)
    assert json.loads(json.dumps(bot.tracking_states))[order_id]["client_order_id"] == order_id
    await heard.waits_for("BuyOrderCreated")
    saved = json.loads(json.dumps(bot.tracking_states))
    assert saved[order_id]["last_state"] == "1"
    bot.cancel(PAIR, order_id)
    await heard.waits_for("OrderCancelled")
    assert bot.tracking_states == {}


async def test_prices_are_of_the_book_and_on_its_grid(bot: Any, trader: Trader) -> None:
    assert (bot.get_price(PAIR, True), bot.get_price(PAIR, False), bot.get_mid_price(PAIR)) == (60010, 59990, 60000)
    trader.quote(BUY, "59999", "1")
    await until(lambda: bot.get_price(PAIR, False) == 59999, "the better bid")
    assert bot.quantize_order_price(PAIR, D("59999.987")) == D("59999.9")
    assert bot.quantize_order_amount(PAIR, D("0.0129")) == D("0.012")
