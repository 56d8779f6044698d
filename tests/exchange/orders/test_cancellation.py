import asyncio
from decimal import Decimal

import pytest

from connector.core.enums import OrderState, OrderType
from connector.core.event_tags import MarketEvent
from connector.core.faults import ConnectorFault
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.accounts.algo_orders import AlgoRequest
from connector.simulator.market.orders import BUY
from connector.simulator.server import LocalExchange
from tests.companions.exchange.conditional_scenes import KINDS, waiting
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, until
from tests.companions.orders.counted_requests import counted_requests

D = Decimal


def rest(connector: PerpetualDerivative, price: int) -> str:
    return connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(price))


async def test_all_orders_go_and_each_is_confirmed(connector: PerpetualDerivative) -> None:
    names = [rest(connector, 59_000 + number) for number in range(3)]
    results = await connector.cancel_all(10)
    assert {(result.order_id, result.success) for result in results} == {(name, True) for name in names}
    assert await connector.venue_api.open_orders(SYMBOL) == ()


async def test_many_orders_are_cancelled_ten_to_a_request(connector: PerpetualDerivative) -> None:
    names = [rest(connector, 59_000 + number) for number in range(23)]
    await until(lambda: all(order.state is OrderState.OPEN for order in connector.in_flight_orders.values()), "open")
    with counted_requests(connector) as sent:
        results = await connector.cancel_all(10)
    assert {result.order_id for result in results if result.success} == set(names)
    assert (sent["DELETE /fapi/v1/batchOrders"], sent["DELETE /fapi/v1/order"]) == (3, 0)


@pytest.mark.parametrize("fault", ["unknown_not_placed", "reset_before_execution", "reset_after_execution"])
async def test_where_the_request_for_all_brings_nothing_each_order_is_asked_for(
    connector: PerpetualDerivative, venue: LocalExchange, fault: str
) -> None:
    names = [rest(connector, 59_000 + number) for number in range(5)]
    await until(lambda: all(order.state is OrderState.OPEN for order in connector.in_flight_orders.values()), "open")
    venue.faults.arm(fault, method="DELETE", path="/fapi/v1/batchOrders")
    results = await connector.cancel_all(10)
    assert {result.order_id for result in results if result.success} == set(names)
    assert await connector.venue_api.open_orders(SYMBOL) == ()


async def test_while_a_request_for_all_is_on_its_way_no_order_is_asked_for_again(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    names = [rest(connector, 59_000 + number) for number in range(3)]
    await log.waits_for(MarketEvent.BuyOrderCreated, 3)
    venue.faults.arm("lost_user_event", times=3)
    venue.faults.arm("slow_answer", ms=3_000, method="DELETE", path="/fapi/v1/batchOrders")
    with counted_requests(connector) as sent:
        connector.batch_order_cancel([(PAIR, name) for name in names])
        for name in names * 3:
            await asyncio.sleep(0.1)
            connector.cancel(PAIR, name)
        await connector.cancel_all(1)
        assert (sent["DELETE /fapi/v1/batchOrders"], sent["DELETE /fapi/v1/order"]) == (1, 0)
    await log.waits_for(MarketEvent.OrderCancelled, 3)


async def test_a_cancel_that_brought_nothing_is_asked_for_again(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    name = rest(connector, 59_000)
    await until(lambda: connector.in_flight_orders[name].state is OrderState.OPEN, "open")
    venue.faults.arm("service_unavailable", method="DELETE")
    (result,) = await connector.cancel_all(10)
    assert result.success


async def test_what_the_exchange_lists_of_ours_is_swept_and_others_orders_stay(
    connector: PerpetualDerivative, venue: LocalExchange, trader: Trader
) -> None:
    name = rest(connector, 59_000)
    await until(lambda: connector.in_flight_orders[name].state is OrderState.OPEN, "open")
    await connector.sweep(lambda client_order_id: False)
    assert len(await connector.venue_api.open_orders(SYMBOL)) == 1
    await connector.sweep(lambda client_order_id: client_order_id == name)
    assert await connector.venue_api.open_orders(SYMBOL) == ()


async def test_a_sweep_ends_orders_of_both_families_and_none_of_others(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    resting = rest(connector, 59_000)
    stop = KINDS["stop market, buy"].place(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    web = AlgoRequest(SYMBOL, BUY, "STOP_MARKET", D("0.010"), trigger_price=D(61_000), client_algo_id="web_stop")
    venue.act(lambda engine, now_ms: engine.place_algo(venue.account_id, web, now_ms))
    assert await connector.sweep(lambda name: name in (resting, stop)) == ()
    assert waiting(venue) == ["web_stop"]
    assert await connector.venue_api.open_orders(SYMBOL) == ()


async def test_what_is_not_confirmed_in_time_is_no_success(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    name = rest(connector, 59_000)
    await until(lambda: connector.in_flight_orders[name].state is OrderState.OPEN, "open")
    await venue.stop()
    (result,) = await connector.cancel_all(0.3)
    assert (result.order_id, result.success) == (name, False)


async def test_a_sweep_tries_each_order_whatever_becomes_of_the_others(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    names = [rest(connector, 59_000 + number) for number in range(6)]
    await until(lambda: all(order.state is OrderState.OPEN for order in connector.in_flight_orders.values()), "open")
    venue.faults.arm("reset_before_execution", method="DELETE", path="/fapi/v1/batchOrders")
    venue.faults.arm("unknown_not_placed", method="DELETE")
    left = await connector.sweep(lambda client_order_id: True)
    assert len(left) == 1 and left[0] in names
    assert [row.client_order_id for row in await connector.venue_api.open_orders(SYMBOL)] == list(left)
    assert await connector.sweep(lambda client_order_id: True) == ()


async def test_what_is_known_is_cancelled_though_the_exchanges_list_cant_be_had(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    rest(connector, 59_000)
    await until(lambda: all(order.state is OrderState.OPEN for order in connector.in_flight_orders.values()), "open")
    venue.faults.arm("service_unavailable", times=3, method="GET", path="/fapi/v1/openOrders")
    with pytest.raises(ConnectorFault):
        await connector.sweep(lambda client_order_id: True)
    assert await connector.venue_api.open_orders(SYMBOL) == ()
