"""The rate limits of a connector, on the real local exchange."""

import asyncio
import contextlib
from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.connection_events import (
    FeedLostEvent,
    FeedRestoredEvent,
    OrdersPausedEvent,
    RateLimitNearEvent,
    RateLimitWaitEvent,
)
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.faults import Fault, UnavailableFault
from connector.exchange import gates
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.network.limit_watch import clock_text
from connector.simulator.errors import VenueError
from connector.simulator.server import LocalExchange
from connector.venue import endpoints
from connector.venue.limits import ORDERS, REQUEST_WEIGHT, RateLimit
from tests.companions.local_trading import PAIR, EventLog, Trader, connect, ready, until

D = Decimal


async def test_the_limits_of_the_account_are_those_in_force(connector: PerpetualDerivative) -> None:
    rows = {(use.kind, use.window_ms): use.limit for use in connector.limit_use()}
    assert rows == {(REQUEST_WEIGHT, 60_000): 2400, (ORDERS, 10_000): 300, (ORDERS, 60_000): 1200}


async def test_a_limit_that_is_raised_elsewhere_is_taken_with_the_rules(connector: PerpetualDerivative) -> None:
    components = connector.components
    instruments = await components.api.instruments()
    more = RateLimit(REQUEST_WEIGHT, 60_000, 6000)
    await components.limits.take(replace(instruments, rate_limits=(more,)))
    assert {use.kind: use.limit for use in connector.limit_use()} == {REQUEST_WEIGHT: 6000, ORDERS: 1200}


async def test_a_limit_that_is_not_known_is_left_out_with_one_line(
    connector: PerpetualDerivative, caplog: pytest.LogCaptureFixture
) -> None:
    components = connector.components
    instruments = replace(await components.api.instruments(), unknown_limits=("a limit of the moon",))
    for _ in range(3):
        await components.limits.take(instruments)
    assert caplog.text.count("a limit of the moon") == 1


@pytest.mark.parametrize("number", ["0", "-1", "1e30", "null", "99999999", '"many"'])
@pytest.mark.parametrize(
    ("path", "field"), [("exchangeInfo", "rateLimits.intervalNum"), ("rateLimit/order", "intervalNum")]
)
async def test_a_limit_of_no_window_is_left_out_wherever_it_is_told_and_trading_goes_on(
    venue: LocalExchange, trader: Trader, caplog: pytest.LogCaptureFixture, number: str, path: str, field: str
) -> None:
    venue.faults.arm("altered_answer", method="GET", path=f"/fapi/v1/{path}", field=field, value=number)
    connector = connect(venue)
    await ready(connector)
    assert caplog.text.count("a rate limit that is not known is left out") >= 2
    rows = {(use.kind, use.window_ms): use.limit for use in connector.limit_use()}
    assert rows == {(REQUEST_WEIGHT, 60_000): 2400, (ORDERS, 10_000): 300, (ORDERS, 60_000): 1200}
    heard = EventLog(connector)
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await heard.waits_for(MarketEvent.BuyOrderCreated)
    await connector.stop_network()


async def test_without_the_accounts_own_limits_the_listed_ones_hold(venue: LocalExchange, trader: Trader) -> None:
    venue.faults.arm("service_unavailable", times=3, method="GET", path="/fapi/v1/rateLimit/order")
    connector = connect(venue)
    await ready(connector)
    assert {use.limit for use in connector.limit_use() if use.kind == ORDERS} == {300, 1200}
    await connector.stop_network()


async def test_a_silence_is_told_with_its_end_nothing_is_sent_and_a_probe_ends_it(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    gateway = connector.components.gateway
    venue.faults.arm("banned", times=1, ms=20_000)
    with pytest.raises(Fault) as refused:
        await gateway.call(endpoints.BALANCE)
    assert refused.value.pause_until_ms is not None
    (lost,) = [event for event in log.of(MarketEvent.FeedLost) if isinstance(event, FeedLostEvent)]
    assert lost.gate == gates.RATE_LIMITS
    assert clock_text(refused.value.pause_until_ms) in lost.reason
    used = gateway.throttle.use(gateway.venue_ms())[0].used
    await asyncio.sleep(10)
    assert not connector.ready
    assert gateway.throttle.use(gateway.venue_ms())[0].used <= used, "nothing was sent"
    await until(lambda: connector.ready, "the probe was answered")
    restored = [event.gate for event in log.of(MarketEvent.FeedRestored) if isinstance(event, FeedRestoredEvent)]
    assert gates.RATE_LIMITS in restored
    assert connector.components.gateway.silent_until_ms() is None


async def test_a_limit_that_fills_up_is_told_once_a_threshold(connector: PerpetualDerivative, log: EventLog) -> None:
    gateway = connector.components.gateway
    gateway.throttle.set_limits((RateLimit(REQUEST_WEIGHT, 60_000, 100),))
    for _ in range(17):
        await gateway.call(endpoints.USER_TRADES, {"symbol": "BTCUSDT"})
    near = [event for event in log.events if isinstance(event, RateLimitNearEvent)]
    assert [(event.limit, event.used >= 80) for event in near] == [(100, True)]


async def test_a_pause_of_new_orders_is_told_and_lets_everything_else_go_on(
    connector: PerpetualDerivative, venue: LocalExchange, trader: Trader, log: EventLog
) -> None:
    now_ms = venue.runtime.now_ms()
    with contextlib.suppress(VenueError):
        venue.runtime.rate_limits.spend_orders(venue.account_id, now_ms, 300, 300)
    connector.buy(PAIR, D("0.002"), OrderType.LIMIT_MAKER, D(55_000))
    paused = await log.waits_for(MarketEvent.OrdersPaused)
    assert isinstance(paused, OrdersPausedEvent)
    assert 0 < connector.new_orders_wait_ms() <= 10_000
    assert paused.until_timestamp * 1000 == pytest.approx(now_ms + connector.new_orders_wait_ms(), abs=200)
    assert connector.ready
    assert await connector.venue_api.open_orders("BTCUSDT") == ()
    await until(lambda: not connector.new_orders_wait_ms(), "the pause is over")
    connector.buy(PAIR, D("0.002"), OrderType.LIMIT_MAKER, D(55_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    assert connector.new_orders_wait_ms() == 0


async def test_a_start_that_waits_for_a_limit_says_until_when(venue: LocalExchange, trader: Trader) -> None:
    venue.faults.arm("weight_used_up", ms=600_000, left=60)
    connector = connect(venue)
    log = EventLog(connector)
    with pytest.raises(UnavailableFault, match="is used up: on at"):
        await connector.start_network()
    waits = [event for event in log.of(MarketEvent.RateLimitWait) if isinstance(event, RateLimitWaitEvent)]
    assert [event.name for event in waits] == ["request weight of this address"] * len(waits)
    assert 1 <= len(waits) <= 2, "once a window"
    assert all(event.until_timestamp % 60 == 0 for event in waits)
    await connector.stop_network()
