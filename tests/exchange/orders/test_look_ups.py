"""Single orders that are asked for."""

import asyncio
from decimal import Decimal

import pytest

from connector.core.clock import Clock
from connector.core.enums import OrderState, OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, EventLog, Trader, until

D = Decimal


def buy(connector: PerpetualDerivative, price: int = 59_500) -> str:
    return connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(price))


def now_s() -> float:
    return asyncio.get_running_loop().time()


async def test_a_look_up_that_hangs_keeps_no_other_waiting(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("lost_user_event", times=5)
    venue.faults.arm("unknown_but_placed", times=5)
    names = [buy(connector, 59_500 - number) for number in range(5)]
    await log.waits_for(MarketEvent.OrderOutcomeUnknown, 5)
    venue.faults.arm("slow_answer", ms=9_000, method="GET", path="/fapi/v1/order")
    began = now_s()
    states = connector.in_flight_orders
    await until(lambda: sum(states[name].state is OrderState.OPEN for name in names) == 4, "four found")
    assert now_s() - began < 2
    await until(lambda: all(states[name].state is OrderState.OPEN for name in names), "the fifth")


@pytest.mark.parametrize("step_ms", [3_600_000, -3_600_000])
async def test_absence_is_proven_by_the_steady_clock(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, step_ms: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    venue.faults.arm("reset_before_execution")
    buy(connector)
    began = now_s()
    await log.waits_for(MarketEvent.OrderOutcomeUnknown)
    clock: Clock = connector.components.clock
    true_ms = clock.now_ms
    monkeypatch.setattr(type(clock), "now_ms", lambda self: true_ms() + step_ms if self is clock else true_ms())
    await log.waits_for(MarketEvent.OrderFailure)
    assert 10 <= now_s() - began < 14


async def test_every_trade_of_an_order_is_read_though_a_page_does_not_hold_them(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    from connector.exchange.account import venue_api

    monkeypatch.setattr(venue_api, "_PAGE", 2)
    name = buy(connector, 60_000)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    venue.faults.arm("lost_user_event", times=5)
    someone = Trader(venue)
    for _ in range(5):
        someone.take(-1, "0.002")
    order = connector.components.tracker.order(name)
    assert order is not None
    await connector.components.entry.look_up(order)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    assert len(log.of(MarketEvent.OrderFilled)) == 5
