"""The venue's limits under pressure: what other programs use, slow answers, bans, and sockets that do not last."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest

from connector.core.enums import OrderState, OrderType, PositionAction
from connector.core.event_tags import MarketEvent
from connector.core.events import MarketOrderFailureEvent
from connector.core.faults import Fault
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.access.rate_limits import WEIGHT, RateLimits
from connector.simulator.errors import Banned, VenueError
from connector.simulator.server import LocalExchange
from connector.venue import endpoints
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, until
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time
D = Decimal


def rest(connector: PerpetualDerivative, count: int) -> list[str]:
    """Asks for so many orders that rest far from the market."""
    return [connector.buy(PAIR, D("0.002"), OrderType.LIMIT_MAKER, D(55_000 + number)) for number in range(count)]


async def resting(connector: PerpetualDerivative, count: int) -> list[str]:
    names = []
    for _ in range(0, count, 20):
        names += rest(connector, 20)
        await until(
            lambda: all(order.state is OrderState.OPEN for order in connector.in_flight_orders.values()), "open"
        )
    return names


class Refusals:
    """Counts what the exchange answers 429 and 418."""

    def __init__(self) -> None:
        self.limited = self.banned = 0


@pytest.fixture
def refusals(monkeypatch: pytest.MonkeyPatch) -> Iterator[Refusals]:
    counted = Refusals()
    with _counting(counted, monkeypatch):
        yield counted


@contextmanager
def _counting(counted: Refusals, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    offend, check_ban = RateLimits.offend, RateLimits.check_ban

    def offended(limits: RateLimits, address: str, now_ms: int) -> None:
        counted.limited += 1
        offend(limits, address, now_ms)

    def checked(limits: RateLimits, address: str, now_ms: int) -> None:
        try:
            check_ban(limits, address, now_ms)
        except Banned:
            counted.banned += 1
            raise

    monkeypatch.setattr(RateLimits, "offend", offended)
    monkeypatch.setattr(RateLimits, "check_ban", checked)
    yield


def used_up_by_another(venue: LocalExchange, left: int) -> None:
    """Another program of the address leaves so much weight of the minute."""
    limits, now_ms = venue.runtime.rate_limits, venue.runtime.now_ms()
    limits.spend(WEIGHT, WEIGHT.most - left - limits.used(WEIGHT, now_ms), now_ms)


async def test_sixty_cancels_on_an_address_that_another_program_uses_up_are_no_ban(
    connector: PerpetualDerivative, venue: LocalExchange, refusals: Refusals
) -> None:
    names = await resting(connector, 60)
    await asyncio.sleep(2)
    used_up_by_another(venue, left=0)
    results = await connector.cancel_all(10)
    assert not any(result.success for result in results)
    assert 1 <= refusals.limited <= 10, "about ten were in flight while nobody knew"
    results = await connector.cancel_all(90)
    assert sorted(result.order_id for result in results if result.success) == sorted(names)
    assert refusals.limited <= 10 and refusals.banned == 0


async def test_a_cancel_does_not_wait_for_orders_whose_answers_are_slow(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    (name,) = rest(connector, 1)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    venue.faults.arm("slow_answer", times=1_000, ms=8_000, method="POST", path="/fapi/v1/order")
    slow = rest(connector, 150)
    await asyncio.sleep(0.5)
    asked_ms = loop_clock().monotonic_ms()
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    assert loop_clock().monotonic_ms() - asked_ms < 200
    await until(lambda: len(log.of(MarketEvent.OrderFailure)) >= 50, "those that did not leave are told")
    failures = [event for event in log.of(MarketEvent.OrderFailure) if isinstance(event, MarketOrderFailureEvent)]
    assert {event.order_id for event in failures} <= set(slow)
    assert all(event.fault is not None and not event.fault.was_answered for event in failures)
    assert "not sent" in str(failures[0].fault)
    assert log.of(MarketEvent.OrderOutcomeUnknown) == [], "what never left is not unknown"


async def test_a_cancel_does_not_wait_for_look_ups(connector: PerpetualDerivative, log: EventLog) -> None:
    (name,) = rest(connector, 1)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    gateway, params = connector.components.gateway, {"symbol": SYMBOL, "origClientOrderId": name}
    look_ups = [asyncio.create_task(gateway.call(endpoints.QUERY_ORDER, params)) for _ in range(3_000)]
    await asyncio.sleep(1)
    weight = connector.limit_use()[0]
    assert weight.used >= weight.limit * 0.9 - 1, "look-ups have used what is theirs"
    asked_ms = loop_clock().monotonic_ms()
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    assert loop_clock().monotonic_ms() - asked_ms < 200
    for task in look_ups:
        task.cancel()
    await asyncio.gather(*look_ups, return_exceptions=True)


async def test_a_closing_order_goes_where_opening_ones_have_used_what_is_theirs(
    connector: PerpetualDerivative, venue: LocalExchange, trader: Trader, log: EventLog
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await until(lambda: bool(connector.account_positions), "held")
    now_ms = venue.runtime.now_ms()
    await asyncio.sleep((10_100 - now_ms % 10_000) / 1000)
    now_ms = venue.runtime.now_ms()
    venue.runtime.rate_limits.spend_orders(venue.account_id, now_ms, 269, 269)
    rest(connector, 1)
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    assert [use.used for use in connector.limit_use()][1] == 270
    rest(connector, 1)
    failure = await log.waits_for(MarketEvent.OrderFailure)
    assert isinstance(failure, MarketOrderFailureEvent) and "not sent" in str(failure.fault)
    connector.sell(PAIR, D("0.010"), OrderType.MARKET, position_action=PositionAction.CLOSE)
    await log.waits_for(MarketEvent.SellOrderCompleted)


async def test_sockets_that_do_not_last_are_not_opened_without_end(
    connector: PerpetualDerivative, venue: LocalExchange, refusals: Refusals
) -> None:
    def handshakes() -> int:
        sockets = connector.feed_report().sockets.values()
        return sum(row.connections + row.failures for row in sockets)

    for minute in range(3):
        before = handshakes()
        for _ in range(50):
            await asyncio.sleep(1.2)
            venue.faults.arm("cut_sockets")
        assert handshakes() - before <= 60, f"minute {minute}"
    weight = connector.limit_use()[0]
    assert weight.used < weight.limit / 2
    assert refusals.limited == 0
    await until(lambda: connector.ready, "ready again", within_s=20)


async def test_a_lie_about_a_ban_of_centuries_does_not_keep_us_from_ending(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    """What is believed of it has an end, and everything that waits can be ended at once."""
    venue.faults.arm("banned", times=1, ms=10**12)
    with pytest.raises(Fault):
        await connector.venue_api.config()
    until_ms = connector.silent_until_ms()
    assert until_ms is not None and until_ms - connector.venue_time_ms() <= 3 * 86_400_000
    assert not await connector.check_network()
    rest_of_it = asyncio.create_task(connector.venue_api.config())
    await asyncio.sleep(1)
    began_ms = loop_clock().monotonic_ms()
    rest_of_it.cancel()
    await asyncio.gather(rest_of_it, return_exceptions=True)
    await connector.stop_network()
    assert loop_clock().monotonic_ms() - began_ms < 1_000


def test_the_exchange_of_these_tests_keeps_the_venues_limits(venue: LocalExchange) -> None:
    limits = venue.runtime.rate_limits
    with pytest.raises(VenueError):
        limits.spend(WEIGHT, WEIGHT.most + 1, venue.runtime.now_ms())
