"""Whatever broke: own orders are cancelled at the exchange, and what may live is named."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from connector.core.enums import OrderState, OrderType, TradeType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.exchange import conditional_scenes as scenes
from tests.companions.exchange.conditional_scenes import KINDS, STOP_BUY, STOP_SELL, Kind, waiting
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, until

D = Decimal


async def resting(connector: PerpetualDerivative, count: int) -> list[str]:
    names = [connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000 + number)) for number in range(count)]
    orders = connector.in_flight_orders
    await until(lambda: all(orders[name].state is OrderState.OPEN for name in names), "open")
    return names


def open_at(venue: LocalExchange) -> int:
    return sum(map(len, venue.engine.accounts[venue.account_id].open_orders.values()))


def breaks(*_: object, **__: object) -> object:
    raise ZeroDivisionError("a defect")


def break_answers(connector: PerpetualDerivative, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(connector.components.api, "open_orders", breaks)
    patch.setattr(connector.components.dispatcher, "dispatch", breaks)


def break_tracker(connector: PerpetualDerivative, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(type(connector.components.tracker), "active", property(breaks))


def break_gateway(connector: PerpetualDerivative, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(connector.components.gateway, "call", breaks)


@pytest.mark.parametrize("break_it", [break_answers, break_tracker, break_gateway])
async def test_conditional_orders_are_ended_whatever_broke_those_that_have_become_children_too(
    connector: PerpetualDerivative,
    venue: LocalExchange,
    log: EventLog,
    monkeypatch: pytest.MonkeyPatch,
    break_it: Callable[[PerpetualDerivative, pytest.MonkeyPatch], None],
) -> None:
    child = Kind(OrderType.STOP, TradeType.BUY, STOP_BUY, D(59_000), KINDS["stop market, buy"].fired_by)
    fires = child.place(connector)
    waits = Kind(OrderType.STOP_MARKET, TradeType.SELL, STOP_SELL, None, ()).place(connector)
    await log.waits_for(MarketEvent.SellOrderCreated)
    await until(lambda: sorted(waiting(venue)) == sorted((fires, waits)), "both wait")
    await connector.components.tasks.stop()
    child.fire(venue)
    assert (waiting(venue), scenes.resting(venue)) == ([waits], [fires])
    break_it(connector, monkeypatch)
    left = await connector.cancel_whatever_broke(lambda name: name in (fires, waits), 2.0)
    assert (waiting(venue), scenes.resting(venue), left) == ([], [], [])
    monkeypatch.undo()


@pytest.mark.parametrize("break_it", [break_answers, break_tracker, break_gateway])
async def test_orders_are_cancelled_whatever_broke(
    connector: PerpetualDerivative,
    venue: LocalExchange,
    monkeypatch: pytest.MonkeyPatch,
    break_it: Callable[[PerpetualDerivative, pytest.MonkeyPatch], None],
) -> None:
    names = await resting(connector, 12)
    await connector.components.tasks.stop()
    break_it(connector, monkeypatch)
    assert open_at(venue) == 12
    left = await connector.cancel_whatever_broke(lambda name: name in names, 2.0)
    assert open_at(venue) == 0
    # Where the list cannot be read nothing proves more than the answers do.
    assert left == []
    monkeypatch.undo()


async def test_others_orders_stay(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    names = await resting(connector, 2)
    assert await connector.cancel_whatever_broke(lambda name: name in names, 5.0) == []
    assert len(await connector.venue_api.open_orders(SYMBOL)) == 0
    trader = Trader(venue)
    trader.quote(1, "58000", "1")
    assert await connector.cancel_whatever_broke(lambda name: name in names, 5.0) == []


async def test_what_may_live_is_named_when_nobody_answers(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    names = await resting(connector, 3)
    await venue.stop()
    assert await connector.cancel_whatever_broke(lambda name: name in names, 0.7) == sorted(names)


async def test_an_order_on_its_way_is_not_taken_for_gone(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    venue.faults.arm("executed_late", ms=1_500, method="POST", path="/fapi/v1/order")
    name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await until(lambda: connector.in_flight_orders[name].state is OrderState.PENDING_UNKNOWN, "unknown")
    await connector.components.tasks.stop()
    assert await connector.cancel_whatever_broke(lambda other: other == name, 6.0) == []
    assert open_at(venue) == 0


async def test_it_needs_no_connection_of_the_ws_api(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    names = await resting(connector, 4)
    venue.faults.arm("half_open", ms=60_000)
    assert await connector.cancel_whatever_broke(lambda name: name in names, 3.0) == []
    assert open_at(venue) == 0
