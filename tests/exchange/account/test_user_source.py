"""The user stream and its key."""

import asyncio
import json
from decimal import Decimal

import pytest

from connector.core.connection_events import FeedLostEvent
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.reports import OrderReport
from connector.exchange import gates
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, connect, ready, until
from tests.companions.orders.sent_requests import of, sent_requests

D = Decimal


async def test_an_expired_key_is_followed_by_a_new_key_and_a_new_socket(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("listen_key_expired")
    lost = await log.waits_for(MarketEvent.FeedLost)
    assert isinstance(lost, FeedLostEvent) and lost.gate == gates.USER_STREAM
    await log.waits_for(MarketEvent.FeedRestored)
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    assert connector.components.user.stream.counters.connections == 2


async def test_the_new_socket_is_made_before_the_old_one_is_closed(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    stream = connector.components.user.stream
    (old,) = stream.sockets
    seen: list[tuple[bool, bool]] = []
    connector.add_listener(MarketEvent.FeedLost, lambda event: seen.append((connector.ready, old.has_ended)))
    venue.faults.arm("listen_key_expired")
    await log.waits_for(MarketEvent.FeedRestored)
    assert seen == [(False, False)]
    assert stream.counters.handovers == 1, "the stream was never without a socket"
    assert old.has_ended


async def test_a_key_that_the_exchange_does_not_know_is_replaced(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    user = connector.components.user
    venue.faults.arm("altered_frame", event="listenKeyExpired", field="e", value="SOMETHING_NEW")
    venue.faults.arm("listen_key_expired")
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    assert await user._extends_key()
    lost = await log.waits_for(MarketEvent.FeedLost)
    assert isinstance(lost, FeedLostEvent) and "does not know the listen key" in lost.reason
    await log.waits_for(MarketEvent.FeedRestored)
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)


async def test_two_extensions_that_fail_make_a_new_socket_and_nothing_is_missed(
    venue: LocalExchange, trader: Trader
) -> None:
    connector = connect(venue, websocket_heartbeat_interval=60)
    await ready(connector)
    log, stream = EventLog(connector), connector.components.user.stream
    venue.faults.arm("service_unavailable", times=6, method="PUT", path="/fapi/v1/listenKey")
    await until(lambda: stream.counters.connections == 2, "a new socket", within_s=200)
    for number in range(1, 20):
        connector.buy(PAIR, D("0.010"), OrderType.MARKET)
        await log.waits_for(MarketEvent.BuyOrderCompleted, number)
        await asyncio.sleep(0.1)
    await until(lambda: stream.counters.handovers == 1, "it has taken over")
    assert log.of(MarketEvent.FeedLost) == [], "the old socket spoke until the new one did"
    assert len(log.of(MarketEvent.OrderFilled)) == 19
    await connector.stop_network()


async def test_one_extension_that_fails_is_tried_again_and_changes_nothing(
    venue: LocalExchange, trader: Trader
) -> None:
    connector = connect(venue, websocket_heartbeat_interval=60)
    await ready(connector)
    log = EventLog(connector)
    venue.faults.arm("service_unavailable", times=3, method="PUT", path="/fapi/v1/listenKey")
    await asyncio.sleep(600)
    assert connector.components.user.stream.counters.connections == 1
    assert log.of(MarketEvent.FeedLost) == []
    await connector.stop_network()


async def test_a_socket_that_is_old_is_replaced_without_a_loss_and_compared(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    stream = connector.components.user.stream
    with sent_requests(connector) as sent:
        stream.renew("its age")  # what its age does after 23 hours
        await until(lambda: stream.counters.handovers == 1, "replaced")
        await until(lambda: bool(of(sent, "GET /fapi/v1/userTrades")), "compared", within_s=2)
    assert log.of(MarketEvent.FeedLost) == []
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)


async def test_a_deaf_stream_without_a_successor_is_dropped_and_comes_back(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("service_unavailable", times=3, method="POST", path="/fapi/v1/listenKey")
    venue.faults.arm("listen_key_expired")
    await log.waits_for(MarketEvent.FeedRestored)
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    assert len(connector.components.user.stream.sockets) == 1


async def test_the_gate_holds_only_after_a_full_comparison(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(60_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    venue.faults.arm("listen_key_expired")
    Trader(venue).take(-1, "0.010")
    await log.waits_for(MarketEvent.FeedRestored)
    tags = log.tags()
    assert tags.index("BuyOrderCompleted") < tags.index("FeedRestored")
    assert tags.count("OrderFilled") == 1


async def test_an_unreadable_frame_leads_to_a_comparison(connector: PerpetualDerivative, log: EventLog) -> None:
    connector.components.user.on_frame(b'{"e":"ORDER_TRADE_UPDATE"', connector.components.clock.monotonic_ms())
    await until(lambda: not connector.components.user._came_up.is_set(), "compared")
    assert connector.ready
    assert log.events == []


async def test_our_stop_leaves_the_key_to_others(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    key = (await connector.components.api.create_listen_key()).reveal()
    await connector.stop_network()
    await connector.components.gateway.measure_clock()
    assert (await connector.components.api.extend_listen_key()).reveal() == key
    await connector.components.http.close()


def account_event(connector: PerpetualDerivative, ahead_ms: int, amount: str) -> bytes:
    """The account says that it holds so much, at a time by the exchange's clock."""
    told_ms = connector.venue_time_ms() + ahead_ms
    position = {"s": SYMBOL, "pa": amount, "ep": "60000", "up": "0", "mt": "cross", "iw": "0", "ps": "BOTH"}
    wallet = {"a": "USDT", "wb": "7", "cw": "7", "bc": "0"}
    event = {"e": "ACCOUNT_UPDATE", "E": told_ms, "T": told_ms, "a": {"m": "ORDER", "B": [wallet], "P": [position]}}
    return json.dumps(event).encode()


@pytest.mark.parametrize("ahead_ms", [60_000, 3_600_000, 10**12])
async def test_an_event_dated_ahead_freezes_neither_position_nor_wallet(
    connector: PerpetualDerivative, log: EventLog, ahead_ms: int
) -> None:
    wallet = connector.get_balance("USDT")
    user = connector.components.user
    user.on_frame(account_event(connector, ahead_ms, "5"), connector.components.clock.monotonic_ms())
    assert connector.account_positions == {}
    assert connector.get_balance("USDT") == wallet
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await until(lambda: connector.account_positions[PAIR].amount == D("0.010"), "the position is known")
    assert not log.of(MarketEvent.PositionDrift)


async def test_a_stream_of_rubbish_is_compared_at_a_pace(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    used = {use.kind: use.used for use in connector.limit_use() if use.window_ms == 60_000}["REQUEST_WEIGHT"]
    user, clock = connector.components.user, connector.components.clock
    for _ in range(40):
        user.on_frame(b'{"e":"ORDER_TRADE_UPDATE","o":{}}', clock.monotonic_ms())
        await asyncio.sleep(0.1)
    now = {use.kind: use.used for use in connector.limit_use() if use.window_ms == 60_000}["REQUEST_WEIGHT"]
    assert now - used < 200
    await until(lambda: user._due is None, "the last of it is compared, too")


async def test_a_defect_while_an_event_is_taken_in_loses_nothing(
    connector: PerpetualDerivative, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatcher = connector.components.dispatcher
    take, broken = dispatcher.dispatch, list[object]()

    def breaks_once(report: object) -> None:
        if isinstance(report, OrderReport) and report.fills and not broken:
            broken.append(report)
            raise ZeroDivisionError("a defect")
        take(report)  # type: ignore[arg-type]

    monkeypatch.setattr(dispatcher, "dispatch", breaks_once)
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    assert len(log.of(MarketEvent.OrderFilled)) == 1
    assert broken


async def test_a_revoked_key_is_tried_ever_more_seldom_and_the_stream_is_back_when_it_is_taken(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("key_revoked", ms=400_000, api_key=venue.api_key)
    await log.waits_for(MarketEvent.FeedLost)
    stream = connector.components.user.stream
    await asyncio.sleep(200)
    before = stream.counters.failures
    await asyncio.sleep(150)
    assert 2 <= stream.counters.failures - before <= 150 / 30 + 1, "once in half a minute at most"
    await asyncio.sleep(120)
    await until(lambda: connector.ready, "heard again", within_s=60)
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
