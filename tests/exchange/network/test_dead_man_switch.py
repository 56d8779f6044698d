"""The exchange's own timer, which cancels all regular orders where nobody calls in."""

import asyncio
from decimal import Decimal

import pytest

from connector.core.connection_events import CancelOnDisconnectEvent
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.faults import ConfigFault
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.market.orders import BUY, LIMIT, OrderRequest
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, connect, ready, until
from tests.companions.orders.sent_requests import Sent, of, sent_requests

D = Decimal
CALL = "POST /fapi/v1/countdownCancelAll"


def told(log: EventLog, state: str) -> list[str]:
    events = log.of(MarketEvent.CancelOnDisconnect)
    return [event.reason for event in events if isinstance(event, CancelOnDisconnectEvent) and event.state == state]


def calls(sent: list[Sent]) -> list[str]:
    return [params["countdownTime"] for params in of(sent, CALL)]


def rest_of_another(venue: LocalExchange) -> None:
    """An order of the same account that this connector did not place."""
    request = OrderRequest(SYMBOL, BUY, LIMIT, D("0.010"), D(58_000), client_order_id="by-hand")
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, request, now_ms))


def open_ids(venue: LocalExchange) -> set[str]:
    return {order.client_order_id for order in venue.engine.accounts[venue.account_id].orders_of(SYMBOL).values()}


async def quoting(venue: LocalExchange, setting: str) -> tuple[PerpetualDerivative, EventLog, str]:
    connector = connect(venue, cancel_on_disconnect=setting)
    log = EventLog(connector)
    await ready(connector)
    name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    return connector, log, name


async def test_it_is_called_in_while_ready_and_ended_by_a_clean_stop(venue: LocalExchange, trader: Trader) -> None:
    connector, log, name = await quoting(venue, "30")
    assert told(log, "armed") == [
        "when nobody has called in for 30 s, the exchange cancels EVERY regular order of BTCUSDT, those of others too"
    ]
    with sent_requests(connector) as sent:
        await asyncio.sleep(300)
        assert set(calls(sent)) == {"30000"}
        assert 28 <= len(calls(sent)) <= 31
        assert open_ids(venue) == {name}
        await connector.cancel_all(5)
        await connector.stop_network()
    assert calls(sent)[-1] == "0"
    assert told(log, "late") == told(log, "fired") == []
    await asyncio.sleep(60)
    rest_of_another(venue)
    await asyncio.sleep(60)
    assert open_ids(venue) == {"by-hand"}, "the timer is off"


async def test_a_machine_that_dies_has_its_orders_cancelled_by_the_exchange(
    venue: LocalExchange, trader: Trader
) -> None:
    connector, _, name = await quoting(venue, "30")
    await connector.components.tasks.stop()  # as a kill: nobody says goodbye
    await asyncio.sleep(15)
    assert open_ids(venue) == {name}
    await asyncio.sleep(16)
    assert open_ids(venue) == set()
    await connector.stop_network()


async def test_it_is_refused_where_orders_of_others_rest(venue: LocalExchange, trader: Trader) -> None:
    rest_of_another(venue)
    connector = connect(venue, cancel_on_disconnect="30")
    with pytest.raises(ConfigFault) as refused:
        await connector.start_network()
    assert str(refused.value) == (
        "cancel_on_disconnect: 30: orders of others rest on BTCUSDT (by-hand), which the exchange would cancel too; "
        "to take them along: whole_symbol 30"
    )
    await connector.stop_network()


async def test_whole_symbol_takes_orders_of_others_along(venue: LocalExchange, trader: Trader) -> None:
    rest_of_another(venue)
    connector, _, name = await quoting(venue, "whole_symbol 30")
    await asyncio.sleep(100)
    assert open_ids(venue) == {name, "by-hand"}
    await connector.components.tasks.stop()
    await asyncio.sleep(31)
    assert open_ids(venue) == set()
    await connector.stop_network()


async def test_orders_of_others_that_come_later_take_it_off_until_they_are_gone(
    venue: LocalExchange, trader: Trader
) -> None:
    connector, log, name = await quoting(venue, "30")
    rest_of_another(venue)
    await until(lambda: bool(told(log, "off")), "off", within_s=20)
    assert told(log, "off") == ["BTCUSDT: off while orders of others rest there (by-hand)"]
    with sent_requests(connector) as sent:
        await asyncio.sleep(60)
        assert calls(sent) == []
        assert open_ids(venue) == {name, "by-hand"}
        venue.act(lambda engine, now_ms: engine.cancel_all(venue.account_id, SYMBOL, now_ms))
        await until(lambda: bool(calls(sent)), "armed again", within_s=20)
    assert len(told(log, "armed")) == 2
    await connector.stop_network()


async def test_a_ban_is_told_with_the_time_of_the_cancel_and_what_it_cancelled(
    venue: LocalExchange, trader: Trader
) -> None:
    connector, log, name = await quoting(venue, "30")
    venue.faults.arm("address_banned", ms=60_000)
    await until(lambda: bool(told(log, "late")), "late", within_s=30)
    (late,) = told(log, "late")
    assert "can't call in" in late and "silence until" in late
    assert "the exchange cancels every regular order of BTCUSDT at " in late
    await until(lambda: name not in open_ids(venue), "the timer ran out", within_s=40)
    await until(lambda: len(told(log, "fired")) == 2, f"told: {log.tags()}", within_s=10)
    assert "BTCUSDT: the exchange's timer ran out and cancelled 1 order of ours" in told(log, "fired")
    assert len(log.of(MarketEvent.OrderCancelled)) == 1
    await until(lambda: connector.ready, "the ban is over", within_s=90)
    await until(lambda: len(told(log, "armed")) == 2, "armed again", within_s=20)
    assert len(told(log, "late")) == 1
    await connector.stop_network()


async def test_a_stop_that_leaves_orders_leaves_the_timer_too(venue: LocalExchange, trader: Trader) -> None:
    connector, log, name = await quoting(venue, "30")
    await connector.stop_network()
    assert told(log, "left")[0].startswith("the exchange cancels every regular order of BTCUSDT at ")
    assert open_ids(venue) == {name}
    await asyncio.sleep(31)
    assert open_ids(venue) == set()


async def test_a_stop_during_a_ban_leaves_the_timer_and_does_not_wait(venue: LocalExchange, trader: Trader) -> None:
    connector, log, _ = await quoting(venue, "30")
    await connector.cancel_all(5)
    venue.faults.arm("address_banned", ms=60_000)
    await until(lambda: not connector.ready, "banned", within_s=30)
    clock = connector.components.clock
    began_ms = clock.monotonic_ms()
    await connector.stop_network()
    assert clock.monotonic_ms() - began_ms <= 4_000
    assert len(told(log, "left")) == 1
    await connector.stop_network()
    assert len(told(log, "left")) == 1


async def test_a_call_on_the_way_while_it_ends_starts_no_timer_that_nobody_stops(
    venue: LocalExchange, trader: Trader
) -> None:
    connector, log, _ = await quoting(venue, "30")
    await connector.cancel_all(5)
    venue.faults.arm("slow_answer", ms=1_000, method="POST", path="/fapi/v1/countdownCancelAll")
    connector.components.switch._next_ms.clear()
    with sent_requests(connector) as sent:
        await until(lambda: bool(calls(sent)), "a call is on the way")
        await connector.stop_network()
    assert calls(sent) == ["30000", "0"]
    assert told(log, "left") == []


async def test_calls_that_weigh_too_much_are_refused(venue: LocalExchange, trader: Trader) -> None:
    connector = connect(venue, cancel_on_disconnect="10")
    components = connector.components
    await components.gateway.measure_clock()
    for number in range(10):
        components.feed.add(f"COIN{number}USDT", f"COIN{number}-USDT")
    with pytest.raises(ConfigFault, match="10 pairs would weigh 1980 of 2400 a minute; take a longer time"):
        await components.switch.check()
    await connector.stop_network()
