"""Wishes to cancel: none is forgotten, none storms."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.enums import OrderState, OrderType, OrderWay
from connector.core.event_tags import MarketEvent
from connector.core.faults import UnavailableFault
from connector.core.reports import OrderReport, OrderStatus, ReportSource
from connector.exchange.derivative import PerpetualDerivative
from connector.net.reach import Reach
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, connect, ready, until
from tests.companions.net.slow_road import slow_road
from tests.companions.orders.counted_requests import counted_requests
from tests.companions.orders.written_names import written_names

D = Decimal


@contextlib.asynccontextmanager
async def by_rest(venue: LocalExchange) -> AsyncIterator[PerpetualDerivative]:
    connector = connect(venue, way=OrderWay.REST)
    await ready(connector)
    yield connector
    await connector.stop_network()


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


async def test_by_rest_a_cancel_asked_for_before_anything_is_heard_leaves_with_the_first_word(
    venue: LocalExchange, trader: Trader
) -> None:
    async with by_rest(venue) as connector:
        log = EventLog(connector)
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


async def test_over_the_ws_api_it_leaves_at_once_behind_the_order_that_has_left(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("delay_user_event", ms=400)
    venue.faults.arm("event_before_ack", ms=5_000)
    began = now_s()
    with written_names() as written:
        name = buy(connector)
        await asyncio.sleep(0.1)
        connector.cancel(PAIR, name)
        await until(lambda: not venue.engine.accounts[venue.account_id].open_orders.get(SYMBOL), "cancelled there")
        assert now_s() - began < 0.3, "no word of the order has come"
        await log.waits_for(MarketEvent.OrderCancelled)
    assert written == [("order.place", name), ("order.cancel", name)]
    await asyncio.sleep(6)
    assert log.tags() == ["BuyOrderCreated", "OrderCancelled"]


async def test_one_that_overtakes_the_order_all_the_same_is_followed_by_one_when_it_is_seen_alive(
    venue: LocalExchange, trader: Trader
) -> None:
    connector = connect(venue)
    sockets = connector.components.gateway.order_sockets
    assert sockets is not None
    async with slow_road(venue.ws_api) as road:
        # The road is a host that the domain lacks: the one socket is let go there.
        sockets.orders._address = road.address
        sockets.orders._reach = Reach(replace(connector.components.gateway.domain, ws_api=road.address))
        await ready(connector)
        log = EventLog(connector)
        road.delay_s = 0.3
        with counted_requests(connector) as sent:
            name = buy(connector)
            await until(lambda: sent["POST /fapi/v1/order"] == 1, "left")
            connector.cancel(PAIR, name)
            await asyncio.sleep(0.2)
            assert sent["DELETE /fapi/v1/order"] == 1
            assert sent["GET /fapi/v1/order"] == 0, "its answer is awaited: there is nothing to look up"
            await log.waits_for(MarketEvent.OrderCancelled)
        assert sent["DELETE /fapi/v1/order"] == 2
        assert log.tags() == ["BuyOrderCreated", "OrderCancelled"]
        assert await connector.venue_api.open_orders(SYMBOL) == ()
        await connector.stop_network()


@pytest.mark.parametrize("way", list(OrderWay))
async def test_no_cancel_ever_leaves_before_its_order(venue: LocalExchange, trader: Trader, way: OrderWay) -> None:
    connector = connect(venue, way=way)
    await ready(connector)
    chance = random.Random(7)
    with counted_requests(connector) as sent, written_names() as written:
        names = list[str]()
        for number in range(60):
            names.append(buy(connector, 59_000 + number))
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)
            if chance.random() < 0.3:
                await asyncio.sleep(0.002)
            connector.cancel(PAIR, names[-1])
        await until(lambda: not connector.in_flight_orders, "all over")
    if way is OrderWay.WS_API:
        creates = [name for method, name in written if method == "order.place"]
        cancels = [name for method, name in written if method == "order.cancel"]
        assert creates
        assert set(cancels) <= set(creates), "one that never left needs none"
        for name in creates:
            assert written.index(("order.place", name)) < written.index(("order.cancel", name))
        assert sent["POST /fapi/v1/order"] == 60, "each has left when the call returns"
    else:
        assert sent["POST /fapi/v1/order"] < 60, "some never left"
    assert not venue.engine.accounts[venue.account_id].open_orders.get(SYMBOL)
    await connector.stop_network()


async def test_what_is_cancelled_in_the_tick_in_which_it_was_asked_for_never_leaves_by_rest(
    venue: LocalExchange, trader: Trader
) -> None:
    connector = connect(venue, way=OrderWay.REST)
    await ready(connector)
    log = EventLog(connector)
    with counted_requests(connector) as sent:
        connector.cancel(PAIR, buy(connector))
        failure = await log.waits_for(MarketEvent.OrderFailure)
        await asyncio.sleep(1)
        assert not [request for request in sent if "/order" in request and "GET" not in request]
    assert "cancelled before it left" in str(getattr(failure, "fault", ""))
    await connector.stop_network()


async def test_over_the_ws_api_it_has_left_and_the_cancel_follows_it(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    with written_names() as written:
        name = buy(connector)
        connector.cancel(PAIR, name)
        assert written == [("order.place", name), ("order.cancel", name)]
        await log.waits_for(MarketEvent.OrderCancelled)


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


async def test_one_cancel_here_and_now_waits_for_its_answer(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = buy(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    order = connector.components.tracker.order(name)
    assert order is not None
    venue.faults.arm("lost_user_event")
    await connector.components.entry.cancels.once(order)
    assert (order.state, log.tags()) == (OrderState.CANCELED, ["BuyOrderCreated", "OrderCancelled"])
    with counted_requests(connector) as sent:
        await connector.components.entry.cancels.once(order)
        assert sent == Counter()


async def test_one_cancel_here_and_now_does_not_go_beside_another(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = buy(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    order = connector.components.tracker.order(name)
    assert order is not None
    venue.faults.arm("slow_answer", ms=1_000, method="DELETE", path="/fapi/v1/order")
    cancels = connector.components.entry.cancels
    with counted_requests(connector) as sent:
        await asyncio.gather(cancels.once(order), cancels.once(order), cancels.once(order))
        assert sent["DELETE /fapi/v1/order"] == 1


async def test_one_cancel_here_and_now_that_brings_nothing_leaves_its_wish_on_the_order(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = buy(connector)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    order = connector.components.tracker.order(name)
    assert order is not None
    venue.faults.arm("unknown_not_placed", method="DELETE")
    await connector.components.entry.cancels.once(order)
    assert (order.state, order.cancel_wanted) == (OrderState.OPEN, True)
    await log.waits_for(MarketEvent.OrderCancelled)


async def test_a_cancel_that_is_wished_for_while_nothing_runs_is_kept_for_the_start(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    names = [buy(connector), buy(connector, 59_400)]
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    states = connector.tracking_states
    again = connect(venue)
    again.restore_tracking_states(states)
    heard = EventLog(again)
    with pytest.raises(UnavailableFault):
        again.cancel(PAIR, names[0])
    with pytest.raises(UnavailableFault):
        await again.cancel_all(1)
    assert all(order.cancel_wanted for order in again.components.tracker.active)
    await ready(again)
    await heard.waits_for(MarketEvent.OrderCancelled, 2)
    await again.stop_network()
    assert await connector.venue_api.open_orders(SYMBOL) == ()


async def test_what_is_heard_of_an_order_before_the_start_has_ended_asks_for_nothing(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    """The news that an order may now be cancelled comes while nobody can carry the cancel."""
    venue.faults.arm("lost_user_event")
    venue.faults.arm("unknown_but_placed")
    name = buy(connector)
    await log.waits_for(MarketEvent.OrderOutcomeUnknown)
    states = connector.tracking_states
    again = connect(venue)
    again.restore_tracking_states(states)
    with pytest.raises(UnavailableFault):
        again.cancel(PAIR, name)
    seen = OrderReport(ReportSource.OPEN_ORDERS, OrderStatus.NEW, SYMBOL, client_order_id=name)
    with counted_requests(again) as sent:
        again.components.dispatcher.dispatch(seen)
        await asyncio.sleep(1)
        assert sent == Counter()
    heard = EventLog(again)
    await ready(again)
    await heard.waits_for(MarketEvent.OrderCancelled)
    await again.stop_network()


def tells_falsely(connector: PerpetualDerivative, name: str) -> None:
    """A frame that says CANCELED of an order that lives."""
    now_ms = connector.components.gateway.venue_ms()
    connector.components.dispatcher.dispatch(
        OrderReport(ReportSource.STREAM, OrderStatus.CANCELED, SYMBOL, client_order_id=name, time_ms=now_ms)
    )
