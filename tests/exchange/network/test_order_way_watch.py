"""By which way orders go is told when it changes, once, and shown all the time."""

import asyncio
from decimal import Decimal

import pytest

from connector.core.connection_events import OrderWayChangedEvent
from connector.core.enums import OrderType, OrderWay
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, EventLog, Trader, connect, ready, until

D = Decimal


def buy(connector: PerpetualDerivative) -> str:
    return connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))


def told(log: EventLog) -> list[OrderWay]:
    return [event.way for event in log.events if isinstance(event, OrderWayChangedEvent)]


async def test_after_a_start_orders_go_over_the_ws_api_and_nothing_is_told(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    sockets = connector.components.gateway.order_sockets
    assert sockets is not None
    buy(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    await asyncio.sleep(30)
    assert connector.order_way() == (OrderWay.WS_API, "")
    assert (told(log), sockets.fallbacks) == ([], 0)


async def test_an_order_that_goes_by_rest_instead_is_told_once_and_so_is_the_way_back(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    sockets = connector.components.gateway.order_sockets
    assert sockets is not None
    for _ in range(3):
        venue.faults.arm("ws_api_down", ms=1_000)
        await until(lambda: bool(sockets.orders.trouble), "heard of")
        buy(connector)
        way, why = connector.order_way()
        assert (way, "WS-API for orders" in why) == (OrderWay.REST, True)
        await until(lambda: not sockets.trouble, "up again")
        await asyncio.sleep(2)
    await until(lambda: len(log.of(MarketEvent.BuyOrderCreated)) == 3, "three are placed")
    assert told(log) == [OrderWay.REST]
    await asyncio.sleep(15)
    assert told(log) == [OrderWay.REST, OrderWay.WS_API]
    (first, second) = log.of(MarketEvent.OrderWayChanged)
    assert isinstance(first, OrderWayChangedEvent)
    assert isinstance(second, OrderWayChangedEvent)
    assert first.reason
    assert not second.reason


async def test_that_it_is_down_is_told_though_nobody_has_sent_anything(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("ws_api_down", ms=9_000)
    await asyncio.sleep(8)
    assert told(log) == [OrderWay.REST]
    assert "503" in connector.order_way()[1]
    assert connector.ready


async def test_where_rest_is_wanted_no_connection_is_opened_and_nothing_is_told(
    venue: LocalExchange, trader: Trader
) -> None:
    connector = connect(venue, way=OrderWay.REST)
    await ready(connector)
    log = EventLog(connector)
    buy(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    await asyncio.sleep(20)
    assert connector.order_way() == (OrderWay.REST, "")
    assert told(log) == []
    await connector.stop_network()


@pytest.mark.parametrize("way", list(OrderWay))
async def test_a_stop_leaves_no_connection_behind(venue: LocalExchange, trader: Trader, way: OrderWay) -> None:
    connector = connect(venue, way=way)
    await ready(connector)
    before = asyncio.all_tasks()
    await connector.stop_network()
    assert connector.components.order_way.way()[0] is OrderWay.REST
    await asyncio.sleep(1)
    assert not [task for task in asyncio.all_tasks() & before if "WsConnection" in str(task.get_coro())]
