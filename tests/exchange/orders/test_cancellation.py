from decimal import Decimal

import pytest

from connector.core.enums import OrderState, OrderType
from connector.core.faults import ConnectorFault
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, Trader, until

D = Decimal


def rest(connector: PerpetualDerivative, price: int) -> str:
    return connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(price))


async def test_all_orders_go_and_each_is_confirmed(connector: PerpetualDerivative) -> None:
    names = [rest(connector, 59_000 + number) for number in range(3)]
    results = await connector.cancel_all(10)
    assert {(result.order_id, result.success) for result in results} == {(name, True) for name in names}
    assert await connector.venue_api.open_orders(SYMBOL) == ()


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
    venue.faults.arm("unknown_not_placed", times=1, method="DELETE")
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
