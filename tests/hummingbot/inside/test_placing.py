"""A call for an order returns an id, whatever is wrong with it, and what is wrong comes as an event afterwards."""

from decimal import Decimal
from typing import Any

import pytest
from hummingbot.core.data_type.common import OrderType, PositionAction
from hummingbot.core.data_type.in_flight_order import InFlightOrder
from hummingbot.core.data_type.limit_order import LimitOrder
from hummingbot.core.data_type.market_order import MarketOrder

from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, until
from tests.hummingbot.host import Heard, buy, open_there, resting_price

D = Decimal
NONSENSE = [
    ("ETH-USDT", D("0.01"), OrderType.LIMIT, D(3_000)),
    ("BTCUSDT", D("0.01"), OrderType.LIMIT, D(59_000)),
    (PAIR, "0.01", OrderType.LIMIT, D(59_000)),
    (PAIR, D("NaN"), OrderType.LIMIT, D(59_000)),
    (PAIR, D("-0.01"), OrderType.LIMIT, D(59_000)),
    (PAIR, D(0), OrderType.MARKET, D("NaN")),
    (PAIR, D("0.01"), OrderType.LIMIT, D("NaN")),
    (PAIR, D("0.01"), OrderType.LIMIT, D(-5)),
    (PAIR, D("0.01"), OrderType.AMM_SWAP, D(59_000)),
]


@pytest.mark.parametrize("asked", NONSENSE, ids=lambda asked: f"{asked[0]} {asked[1]} {asked[2].name} {asked[3]}")
async def test_what_can_be_no_order_has_an_id_and_then_fails(
    bot: Any, heard: Heard, venue: LocalExchange, asked: tuple[Any, ...]
) -> None:
    order_id = bot.buy(*asked, position_action=PositionAction.OPEN)
    assert isinstance(order_id, str) and order_id in bot.in_flight_orders
    assert heard.names(order_id) == []
    failed = await heard.waits_for("OrderFailure")
    assert failed.order_id == order_id and failed.error_message
    assert (heard.names(order_id), bot.in_flight_orders, open_there(venue)) == (["OrderFailure"], {}, set())


async def test_before_the_start_every_order_fails_and_none_is_sent_later(
    idle: Any, heard: Heard, venue: LocalExchange
) -> None:
    order_id = idle.sell(PAIR, D("0.01"), OrderType.MARKET, D("NaN"))
    failed = await heard.waits_for("OrderFailure")
    assert (failed.order_id, failed.error_message) == (order_id, "the connector is not started")
    assert idle.cancel(PAIR, order_id) == order_id
    assert idle.in_flight_orders == {}


async def test_cancels_of_strange_ids_raise_nothing(bot: Any) -> None:
    assert bot.cancel(PAIR, "nobody's") == "nobody's"
    bot.batch_order_cancel([LimitOrder("nobody's", PAIR, True, "BTC", "USDT", D(59_000), D(1))])


async def test_an_order_is_tracked_before_anything_can_be_told_of_it(bot: Any, heard: Heard) -> None:
    order_id = buy(bot)
    order = bot.in_flight_orders[order_id]
    assert (order.is_pending_create, order.amount, order.position) == (True, D("0.01"), PositionAction.OPEN)
    assert order.leverage == bot.exchange.get_leverage(PAIR)
    assert order.creation_timestamp > 1_700_000_000


async def test_amount_and_price_are_those_on_the_exchanges_grid(bot: Any, heard: Heard) -> None:
    order_id = bot.buy(PAIR, D("0.0129"), OrderType.LIMIT, D("59000.987"))
    created = await heard.waits_for("BuyOrderCreated")
    assert (created.amount, created.price) == (D("0.012"), D("59000.9"))
    assert bot.in_flight_orders[order_id].amount == D("0.012")


async def test_a_cancel_that_comes_at_once_ends_the_order(bot: Any, heard: Heard, venue: LocalExchange) -> None:
    order_id = buy(bot)
    bot.cancel(PAIR, order_id)
    await until(lambda: not bot.in_flight_orders, "the end")
    assert heard.names(order_id)[-1] in ("OrderCancelled", "OrderFailure")
    assert open_there(venue) == set()


async def test_several_orders_are_asked_for_together(bot: Any, heard: Heard, venue: LocalExchange) -> None:
    at = resting_price(bot)
    asked = [
        LimitOrder("", PAIR, True, "BTC", "USDT", at, D("0.01")),
        LimitOrder("", PAIR, True, "BTC", "USDT", at - 1, D("0.01")),
        MarketOrder("", PAIR, True, "BTC", "USDT", D("0.01"), 0),
    ]
    made = bot.batch_order_create(asked)
    await heard.waits_for("BuyOrderCreated", times=3)
    await heard.waits_for("BuyOrderCompleted")
    assert open_there(venue) == {made[0].client_order_id, made[1].client_order_id}


async def test_orders_that_are_asked_for_together_go_in_one_request(
    bot: Any, heard: Heard, venue: LocalExchange
) -> None:
    """What befalls the request for several befalls each, and nothing else is asked."""
    venue.faults.arm("service_unavailable", method="POST", path="/fapi/v1/batchOrders")
    at = resting_price(bot)
    made = bot.batch_order_create([LimitOrder("", PAIR, True, "BTC", "USDT", at - step, D("0.01")) for step in (0, 1)])
    await heard.waits_for("OrderFailure", times=2)
    assert [event.order_id for event in heard.of("OrderFailure")] == [order.client_order_id for order in made]
    assert (bot.in_flight_orders, open_there(venue)) == ({}, set())


async def test_of_several_what_can_be_no_order_fails_and_the_others_are_placed(
    bot: Any, heard: Heard, venue: LocalExchange
) -> None:
    at = resting_price(bot)
    asked = [LimitOrder("", PAIR, True, "BTC", "USDT", at, amount) for amount in (D("0.01"), D(0), D("0.02"))]
    asked.append(LimitOrder("", "NONE-USDT", True, "NONE", "USDT", at, D(1)))
    made = bot.batch_order_create(asked)
    await heard.waits_for("BuyOrderCreated", times=2)
    await heard.waits_for("OrderFailure", times=2)
    names = [order.client_order_id for order in made]
    assert open_there(venue) == set(bot.in_flight_orders) == {names[0], names[2]}
    assert {event.order_id for event in heard.of("OrderFailure")} == {names[1], names[3]}


async def test_several_before_the_start_fail_each(idle: Any, heard: Heard) -> None:
    made = idle.batch_order_create([MarketOrder("", PAIR, True, "BTC", "USDT", D("0.01"), 0) for _ in range(2)])
    await heard.waits_for("OrderFailure", times=2)
    assert [event.order_id for event in heard.of("OrderFailure")] == [order.client_order_id for order in made]
    assert idle.in_flight_orders == {}


async def test_a_closing_order_among_several_closes(bot: Any, heard: Heard) -> None:
    bot.buy(PAIR, D("0.01"), OrderType.MARKET, D("NaN"))
    await heard.waits_for("BuyOrderCompleted")
    closing = MarketOrder("", PAIR, False, "BTC", "USDT", D("0.05"), 0, PositionAction.CLOSE)
    bot.batch_order_create([closing])
    await until(lambda: bot.account_positions == {}, "flat")
    await heard.waits_for("SellOrderCompleted")


async def test_an_order_without_a_price_can_be_saved(bot: Any, heard: Heard) -> None:
    order_id = bot.buy(PAIR, D("0.01"), OrderType.MARKET, None)
    assert InFlightOrder.from_json(bot.tracking_states[order_id]).price.is_nan()
    await heard.waits_for("BuyOrderCompleted")
