"""What Hummingbot asks of every perpetual connector, on a real exchange: each scenario by what it shows."""

from decimal import Decimal
from typing import Any

from hummingbot.core.data_type.common import OrderType, PositionAction

from connector.simulator.fixed_point import E8
from connector.simulator.market.orders import SELL
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, Trader, until
from tests.hummingbot.host import Heard, buy, open_there, resting_price, running

D = Decimal
ORDER = "/fapi/v1/order"


async def test_nothing_is_ready_before_the_start_and_nothing_after_the_stop(idle: Any) -> None:
    assert not idle.ready and not any(idle.status_dict.values())
    async with running(idle):
        assert idle.ready
    assert not idle.ready


async def test_a_cancel_that_is_refused_is_asked_for_again_until_the_order_is_gone(
    bot: Any, heard: Heard, venue: LocalExchange
) -> None:
    order_id = buy(bot)
    await heard.waits_for("BuyOrderCreated")
    venue.faults.arm("service_unavailable", method="DELETE", path=ORDER)
    bot.cancel(PAIR, order_id)
    await until(lambda: heard.of("OrderCancelled") != [], "the wish that stays", within_s=60)
    assert heard.names(order_id) == ["BuyOrderCreated", "OrderCancelled"]
    assert open_there(venue) == set()


async def test_of_two_cancels_one_may_not_be_confirmed_in_time(bot: Any, heard: Heard, venue: LocalExchange) -> None:
    names = {buy(bot), buy(bot, price=resting_price(bot) - 7)}
    await heard.waits_for("BuyOrderCreated", times=2)
    venue.faults.arm("half_open", ms=4_000)
    venue.faults.arm("slow_answer", method="DELETE", path="*", ms=3_000, times=5)
    results = await bot.cancel_all(0.5)
    assert {row.order_id for row in results} == names
    assert not all(row.success for row in results)
    await until(lambda: not bot.in_flight_orders and not open_there(venue), "the end", within_s=60)


async def test_a_cancel_of_an_order_that_is_filled_meanwhile_tells_the_fill(
    bot: Any, heard: Heard, trader: Trader
) -> None:
    order_id = bot.buy(PAIR, D("0.01"), price=D(59_995))
    await heard.waits_for("BuyOrderCreated")
    trader.take(SELL, "0.01")
    bot.cancel(PAIR, order_id)
    await heard.waits_for("BuyOrderCompleted")
    assert heard.names(order_id) == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]


async def test_an_order_that_is_filled_in_part_and_cancelled_keeps_its_fill(
    bot: Any, heard: Heard, trader: Trader
) -> None:
    order_id = bot.buy(PAIR, D("0.03"), price=D(59_995))
    await heard.waits_for("BuyOrderCreated")
    trader.take(SELL, "0.01")
    await heard.waits_for("OrderFilled")
    bot.cancel(PAIR, order_id)
    await heard.waits_for("OrderCancelled")
    assert heard.names(order_id) == ["BuyOrderCreated", "OrderFilled", "OrderCancelled"]
    assert bot.account_positions[PAIR].amount == D("0.01")


async def test_money_that_comes_is_in_the_balance_at_once(bot: Any, venue: LocalExchange) -> None:
    before = bot.get_balance("USDT")
    venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, 250 * E8, now_ms))
    await until(lambda: bot.get_balance("USDT") == before + 250, "the deposit")
    assert bot.get_all_balances()["USDT"] == before + 250


async def test_a_position_follows_each_fill(bot: Any, heard: Heard) -> None:
    bot.buy(PAIR, D("0.02"), OrderType.MARKET, D("NaN"))
    await heard.waits_for("BuyOrderCompleted")
    await until(lambda: bot.account_positions[PAIR].amount == D("0.02"), "the position")
    bot.sell(PAIR, D("0.02"), OrderType.MARKET, D("NaN"), position_action=PositionAction.CLOSE)
    await heard.waits_for("SellOrderCompleted")
    await until(lambda: bot.account_positions == {}, "flat")


async def test_a_closing_order_closes_no_more_than_is_held(bot: Any, heard: Heard) -> None:
    bot.buy(PAIR, D("0.02"), OrderType.MARKET, D("NaN"))
    await heard.waits_for("BuyOrderCompleted")
    bot.sell(PAIR, D("0.05"), OrderType.MARKET, D("NaN"), position_action=PositionAction.CLOSE)
    await until(lambda: bot.account_positions == {}, "flat")


async def test_an_action_that_is_none_opens(bot: Any, heard: Heard) -> None:
    bot.buy(PAIR, D("0.02"), OrderType.MARKET, D("NaN"), position_action=PositionAction.NIL)
    await heard.waits_for("BuyOrderCompleted")
    assert bot.account_positions[PAIR].amount == D("0.02")


async def test_funding_moves_with_the_mark(bot: Any, heard: Heard, venue: LocalExchange) -> None:
    before = bot.get_funding_info(PAIR)
    Trader(venue).take(SELL, "1")
    await until(lambda: bot.get_funding_info(PAIR).mark_price != before.mark_price, "another mark")
    assert bot.get_funding_info(PAIR).next_funding_utc_timestamp == before.next_funding_utc_timestamp


async def test_rows_that_are_no_rules_take_no_others_along(bot: Any, venue: LocalExchange) -> None:
    venue.faults.arm("odd_contracts")
    await bot._update_trading_rules()
    assert bot.trading_rules[PAIR].min_price_increment == D("0.1")


async def test_a_position_that_is_liquidated_is_gone_and_leaves_no_order(
    bot: Any, heard: Heard, venue: LocalExchange
) -> None:
    bot.buy(PAIR, D("0.1"), OrderType.MARKET, D("NaN"))
    await heard.waits_for("BuyOrderCompleted")
    order_id = buy(bot)
    await heard.waits_for("BuyOrderCreated", times=2)
    venue.faults.arm("forced_liquidation", symbol=SYMBOL)
    await until(lambda: bot.account_positions == {} and not bot.in_flight_orders, "the liquidation", within_s=30)
    assert heard.names(order_id)[-1] == "OrderCancelled"
    assert open_there(venue) == set()
