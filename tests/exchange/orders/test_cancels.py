"""Wishes to cancel: none is forgotten, none storms."""

import asyncio
from collections import Counter
from decimal import Decimal

from connector.core.enums import OrderType
from connector.core.events import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, until
from tests.companions.orders.counted_requests import counted_requests

D = Decimal


def buy(connector: PerpetualDerivative, price: int = 59_500) -> str:
    return connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(price))


def now_s() -> float:
    return asyncio.get_running_loop().time()


async def test_however_often_a_cancel_is_asked_for_one_is_in_flight(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = buy(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    venue.faults.arm("lost_user_event")
    venue.faults.arm("slow_answer", ms=8_000, method="DELETE", path="/fapi/v1/order")
    with counted_requests(connector) as sent:
        for _ in range(28):
            connector.cancel(PAIR, name)
            await asyncio.sleep(0.25)
        assert sent["DELETE /fapi/v1/order"] == 1
    await log.waits_for(MarketEvent.OrderCancelled)


async def test_a_wish_outlives_an_unknown_outcome_and_its_no_such_order(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("executed_late", ms=2_000)
    name = buy(connector)
    await log.waits_for(MarketEvent.OrderOutcomeUnknown)
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    assert log.tags() == ["OrderOutcomeUnknown", "BuyOrderCreated", "OrderCancelled"]
    assert await connector.venue_api.open_orders(SYMBOL) == ()


async def test_a_cancel_leaves_when_the_stream_speaks_of_the_order_before_its_ack(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("event_before_ack", ms=5_000)
    began = now_s()
    name = buy(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    assert now_s() - began < 1
    await asyncio.sleep(6)
    assert log.tags() == ["BuyOrderCreated", "OrderCancelled"]


async def test_a_cancel_asked_for_before_anything_is_heard_leaves_with_the_first_word(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("delay_user_event", ms=400)
    venue.faults.arm("event_before_ack", ms=5_000)
    began = now_s()
    name = buy(connector)
    await asyncio.sleep(0.1)
    with counted_requests(connector) as sent:
        connector.cancel(PAIR, name)
        await asyncio.sleep(0.1)
        assert sent == Counter()
        await log.waits_for(MarketEvent.OrderCancelled)
    assert now_s() - began < 1


async def test_what_is_cancelled_in_the_tick_in_which_it_was_asked_for_never_leaves(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    with counted_requests(connector) as sent:
        connector.cancel(PAIR, buy(connector))
        failure = await log.waits_for(MarketEvent.OrderFailure)
        await asyncio.sleep(1)
        assert not [request for request in sent if "/order" in request and "GET" not in request]
    assert "cancelled before it left" in str(getattr(failure, "fault", ""))


async def test_an_order_that_waits_for_room_and_is_cancelled_meanwhile_does_not_leave(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    components = connector.components
    components.gateway.throttle.account.pause.begin(components.clock.monotonic_ms() + 700)
    name = buy(connector)
    await asyncio.sleep(0.1)
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderFailure)
    assert await connector.venue_api.open_orders(SYMBOL) == ()
    assert connector.in_flight_orders == {}


async def test_an_order_that_lives_though_it_was_told_as_over_is_cancelled(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = buy(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    order = connector.components.tracker.order(name)
    assert order is not None
    tells_falsely(connector, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    await until(lambda: not venue.engine.accounts[venue.account_id].open_orders.get(SYMBOL), "cancelled there", 30)
    assert log.tags() == ["BuyOrderCreated", "OrderCancelled"]


def tells_falsely(connector: PerpetualDerivative, name: str) -> None:
    """A frame that says CANCELED of an order that lives."""
    from connector.core.reports import OrderReport, OrderStatus, ReportSource

    now_ms = connector.components.gateway.venue_ms()
    connector.components.dispatcher.dispatch(
        OrderReport(ReportSource.STREAM, OrderStatus.CANCELED, SYMBOL, client_order_id=name, time_ms=now_ms)
    )
