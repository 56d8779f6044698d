"""Questions about conditional orders."""

import json
from decimal import Decimal

import pytest

from connector.core.enums import OrderType, TriggerState
from connector.core.event_tags import MarketEvent
from connector.core.faults import Fault, UnreadableFault
from connector.core.order_options import OrderOptions
from connector.core.reports import OrderStatus
from connector.exchange.account import algo_api
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR, SYMBOL, EventLog
from tests.wire.test_algo_replies import ROW

D = Decimal


async def waiting(connector: PerpetualDerivative, log: EventLog, count: int) -> list[str]:
    names = [
        connector.buy(PAIR, D("0.010"), OrderType.STOP_MARKET, options=OrderOptions(trigger_price=D(61_000 + number)))
        for number in range(count)
    ]
    await log.waits_for(MarketEvent.BuyOrderCreated, count)
    return names


async def test_orders_that_wait_are_listed_and_looked_up(connector: PerpetualDerivative, log: EventLog) -> None:
    names = await waiting(connector, log, 2)
    api = connector.venue_api.algo
    assert {row.client_order_id for row in await api.open_orders(SYMBOL)} == set(names)
    assert {row.client_order_id for row in await api.all_open_orders()} == set(names)
    one = await api.order(SYMBOL, names[0])
    assert one.conditional is not None
    assert one.conditional.trigger is TriggerState.WAITING


async def test_the_history_comes_whole_whatever_the_size_of_a_page(
    connector: PerpetualDerivative, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = await waiting(connector, log, 5)
    monkeypatch.setattr(algo_api, "_PAGE", 2)
    monkeypatch.setattr("connector.wire.algo_requests.MAX_ROWS", 2)
    rows = await connector.venue_api.algo.orders_since(SYMBOL, connector.venue_time_ms() - 60_000)
    assert [row.client_order_id for row in rows] == names


async def test_a_page_that_begins_before_what_was_asked_for_is_unreadable(
    connector: PerpetualDerivative, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def same_page(*_: object) -> bytes:
        return json.dumps([ROW, ROW | {"algoId": 1000000732}]).encode()

    monkeypatch.setattr(algo_api, "_PAGE", 2)
    monkeypatch.setattr(connector.components.gateway, "call", same_page)
    monkeypatch.setattr(connector.components.gateway, "require_not_ahead", lambda *_: None)
    with pytest.raises(UnreadableFault, match="from conditional order 1000000733 on"):
        await connector.venue_api.algo.orders_since(SYMBOL, 0)
    monkeypatch.undo()


async def test_a_cancel_ends_what_waits_and_finds_nothing_twice(connector: PerpetualDerivative, log: EventLog) -> None:
    (name,) = await waiting(connector, log, 1)
    assert (await connector.venue_api.algo.cancel(SYMBOL, name)).status is OrderStatus.CANCELED
    with pytest.raises(Fault) as refused:
        await connector.venue_api.algo.cancel(SYMBOL, name)
    assert refused.value.code == -2011


async def test_rows_of_another_symbol_are_unreadable(
    connector: PerpetualDerivative, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def other(*_: object) -> bytes:
        return json.dumps([ROW | {"symbol": "ETHUSDT"}]).encode()

    monkeypatch.setattr(connector.components.gateway, "call", other)
    with pytest.raises(UnreadableFault, match="told is ETHUSDT"):
        await connector.venue_api.algo.open_orders(SYMBOL)
    monkeypatch.undo()
