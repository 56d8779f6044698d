"""The table of faults: whatever becomes of an answer, no order is left at the exchange that Hummingbot does not know,
and none is in its tracker that the exchange has not."""

from decimal import Decimal
from typing import Any

import pytest

from connector.simulator.market.orders import SELL
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, Trader, until
from tests.hummingbot.host import Heard, buy, open_there, trades_there

D = Decimal
ORDER = "/fapi/v1/order"
PLACED = ("unknown_but_placed", "reset_after_execution", "timeout_1006", "timeout_1007", "timeout_408")
NOT_PLACED = ("unknown_not_placed", "reset_before_execution", "overloaded_1008", "service_unavailable")
LATE = ("executed_late", "executed_late_1007", "executed_late_408", "executed_late_reset")


def in_flight(bot: Any) -> set[str]:
    return {name for name, order in bot.in_flight_orders.items() if not order.is_done}


@pytest.mark.parametrize("fault", PLACED)
async def test_an_order_that_was_placed_though_the_answer_is_lost_is_created(
    bot: Any, heard: Heard, venue: LocalExchange, fault: str
) -> None:
    venue.faults.arm(fault, method="POST", path=ORDER)
    order_id = buy(bot)
    await heard.waits_for("BuyOrderCreated")
    assert in_flight(bot) == open_there(venue) == {order_id}
    bot.cancel(PAIR, order_id)
    await heard.waits_for("OrderCancelled")
    assert heard.names(order_id) == ["BuyOrderCreated", "OrderCancelled"]
    assert in_flight(bot) == open_there(venue) == set()


@pytest.mark.parametrize("fault", NOT_PLACED)
async def test_an_order_that_was_not_placed_fails_and_is_never_told_as_created(
    bot: Any, heard: Heard, venue: LocalExchange, fault: str
) -> None:
    venue.faults.arm(fault, method="POST", path=ORDER)
    order_id = buy(bot)
    assert order_id in bot.in_flight_orders
    await until(lambda: heard.of("OrderFailure") != [], "the failure", within_s=60)
    assert heard.names(order_id) == ["OrderFailure"]
    assert in_flight(bot) == open_there(venue) == set()


@pytest.mark.parametrize("fault", LATE)
async def test_an_order_that_is_placed_late_is_found_and_ended_as_it_was_wished(
    bot: Any, heard: Heard, venue: LocalExchange, fault: str
) -> None:
    venue.faults.arm(fault, method="POST", path=ORDER, ms=700)
    order_id = buy(bot)
    bot.cancel(PAIR, order_id)
    await until(lambda: not in_flight(bot) and not open_there(venue), "the end", within_s=60)
    told = heard.names(order_id)
    assert told in (["OrderFailure"], ["OrderCancelled"], ["BuyOrderCreated", "OrderCancelled"])


@pytest.mark.parametrize("fault", PLACED)
async def test_a_market_order_whose_answer_is_lost_is_filled_once(
    bot: Any, heard: Heard, venue: LocalExchange, fault: str
) -> None:
    venue.faults.arm(fault, method="POST", path=ORDER)
    order_id = bot.buy(PAIR, D("0.01"), price=D(60_010))
    await heard.waits_for("BuyOrderCompleted")
    assert heard.names(order_id) == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]
    assert len(trades_there(venue)) == len(heard.of("OrderFilled")) == 1
    assert in_flight(bot) == open_there(venue) == set()


@pytest.mark.parametrize("fault", [*PLACED, "unknown_not_placed", "reset_before_execution"])
async def test_a_cancel_whose_answer_is_lost_is_told_when_the_order_is_gone(
    bot: Any, heard: Heard, venue: LocalExchange, fault: str
) -> None:
    order_id = buy(bot)
    await heard.waits_for("BuyOrderCreated")
    venue.faults.arm(fault, method="DELETE", path=ORDER)
    bot.cancel(PAIR, order_id)
    await until(lambda: heard.of("OrderCancelled") != [], "the cancel", within_s=60)
    assert heard.names(order_id) == ["BuyOrderCreated", "OrderCancelled"]
    assert in_flight(bot) == open_there(venue) == set()


@pytest.mark.parametrize("fault", ["lost_user_event", "duplicate_user_event", "reorder_user_event"])
async def test_a_fill_is_told_once_whatever_becomes_of_its_event(
    bot: Any, heard: Heard, venue: LocalExchange, trader: Trader, fault: str
) -> None:
    order_id = bot.buy(PAIR, D("0.01"), price=D(59_995))
    await heard.waits_for("BuyOrderCreated")
    venue.faults.arm(fault)
    trader.take(SELL, "0.01")
    await until(lambda: heard.of("BuyOrderCompleted") != [], "the fill", within_s=60)
    assert heard.names(order_id) == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]


async def test_a_listen_key_that_expires_costs_no_event(
    bot: Any, heard: Heard, venue: LocalExchange, trader: Trader
) -> None:
    order_id = bot.buy(PAIR, D("0.01"), price=D(59_995))
    await heard.waits_for("BuyOrderCreated")
    venue.faults.arm("listen_key_expired")
    trader.take(SELL, "0.01")
    await until(lambda: heard.of("BuyOrderCompleted") != [], "the fill", within_s=60)
    assert heard.names(order_id) == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]


async def test_a_key_that_expires_fails_orders_and_keeps_those_that_are_open(
    bot: Any, heard: Heard, venue: LocalExchange
) -> None:
    open_one = buy(bot)
    await heard.waits_for("BuyOrderCreated")
    venue.faults.arm("key_expired", ms=60_000)
    refused = buy(bot)
    await heard.waits_for("OrderFailure")
    assert heard.names(refused) == ["OrderFailure"]
    assert in_flight(bot) == open_there(venue) == {open_one}
    venue.faults.arm("key_expired", times=0)
    bot.cancel(PAIR, open_one)
    await until(lambda: not in_flight(bot) and not open_there(venue), "the end", within_s=60)
