"""A call for an order returns an id, whatever is wrong with it, and what is wrong comes as an event afterwards."""

from decimal import Decimal
from typing import Any

import pytest
from hummingbot.core.data_type.common import OrderType, PositionAction
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
