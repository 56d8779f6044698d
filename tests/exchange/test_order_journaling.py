"""What is written, and when: before a byte leaves, and before the bot hears."""

import json
import os
import timeit
from collections.abc import Coroutine
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.intents import OrderIntent
from connector.core.journal import FundingPaid, FundingRead, OrderChanged, OrderFilled, OrderIntended, Record, Restate
from connector.exchange.order_journaling import OrderJournaling
from connector.net.http import HttpAnswer
from connector.net.ws_connection import WsConnection
from connector.orders.journal_replay import EarlierLives, replayed
from connector.orders.tracker import Memory, Tracker
from connector.simulator.market.orders import SELL
from connector.simulator.server import LocalExchange
from connector.store import write_ahead_log
from connector.store.durability import Durability
from connector.store.segments import read_log
from connector.store.write_ahead_log import WriteAheadLog
from tests.companions.local_trading import PAIR, Trader, until
from tests.companions.orders.scenes import system_orders
from tests.companions.orders.written_names import written_names
from tests.companions.store.lives import life
from tests.companions.store.samples import changed, intended

D = Decimal


def written(folder: Path) -> list[Record]:
    return [record for segment in read_log(folder) for record in segment.records]


def quote() -> OrderIntent:
    return OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT_MAKER, D("0.010"), D(59_500))


def kinds(records: list[Record]) -> list[str]:
    return [type(record).__name__ for record in records]


async def test_an_intent_is_written_before_the_request_leaves(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    async with life(venue, tmp_path) as one:
        name = one.connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_500))
        last = written(tmp_path)[-1]
        assert isinstance(last, OrderIntended)
        assert (last.client_order_id, last.amount, last.price) == (name, D("0.010"), D("59500.0"))
        assert not venue.engine.accounts[venue.account_id].has_open_orders()
        await one.heard.waits_for(MarketEvent.BuyOrderCreated)


async def test_what_leaves_in_the_turn_that_wants_it_is_written_before_its_bytes(
    venue: LocalExchange, trader: Trader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log is read in the moment in which a request has left, and at each line is noted how many have."""
    has_left, found = WsConnection.has_left, dict[str, str]()
    append, sent_before = WriteAheadLog.append, dict[str, int]()

    def noting(connection: WsConnection, message: bytes, *rest: Any) -> Coroutine[Any, Any, HttpAnswer]:
        found[json.loads(message)["method"]] = kinds(written(tmp_path))[-1]
        return has_left(connection, message, *rest)

    def appending(log: WriteAheadLog, *records: Record) -> None:
        sent_before[type(records[0]).__name__] = sent()
        append(log, *records)

    connections: list[WsConnection] = []

    def sent() -> int:
        return connections[0]._asked if connections else 0

    monkeypatch.setattr(WsConnection, "has_left", noting)
    monkeypatch.setattr(WriteAheadLog, "append", appending)
    async with life(venue, tmp_path) as one:
        sockets = one.connector.components.gateway.order_sockets
        assert sockets is not None and sockets.orders._connection is not None
        connections.append(sockets.orders._connection)
        found.clear()
        before = sent()
        name = one.connector.place(quote())
        assert (sent_before["OrderIntended"], sent()) == (before, before + 1), "the line comes first"
        assert found == {"order.place": "OrderIntended"}
        await one.heard.waits_for(MarketEvent.BuyOrderCreated)
        one.connector.modify(PAIR, name, price=D(59_400))
        assert (sent_before["OrderChanged"], sent()) == (before + 1, before + 2)
        assert found == {"order.place": "OrderIntended", "order.modify": "OrderChanged"}
        await one.heard.waits_for(MarketEvent.OrderModified)
        before = len(written(tmp_path))
        one.connector.cancel(PAIR, name)
        (asked_for,) = written(tmp_path)[before:]
        assert isinstance(asked_for, OrderChanged) and asked_for.cancel_wanted, "one line tells wish and request"
        assert asked_for.cancel_requested_ms is not None
        assert found["order.cancel"] == "Told", "a cancel waits for no line: what a crash loses of it is looked up"
        await one.heard.waits_for(MarketEvent.OrderCancelled)
        orders = replayed(written(tmp_path)).orders
        assert (orders[name].price, orders[name].cancel_wanted) == (D(59_400), True)


async def test_a_change_is_written_before_the_bot_hears_of_it_and_marked_when_it_has(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    async with life(venue, tmp_path) as one:
        seen: list[list[str]] = []
        one.connector.add_listener(MarketEvent.OrderFilled, lambda event: seen.append(kinds(written(tmp_path))[-3:]))
        one.connector.buy(PAIR, D("0.010"), OrderType.MARKET)
        await one.heard.waits_for(MarketEvent.BuyOrderCompleted)
        assert seen == [["Telling", "OrderFilled", "OrderChanged"]]
        assert "Told" in kinds(written(tmp_path))[-3:]


async def test_a_fill_that_changes_nothing_else_of_its_order_is_written_too(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    """The look-up said FILLED, and the trades are read one by one after it."""
    async with life(venue, tmp_path / "one") as first:
        first.connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(60_000))
        await first.heard.waits_for(MarketEvent.BuyOrderCreated)
        left = first.as_killed_now(tmp_path / "two")
    for amount in ("0.002", "0.003", "0.005"):
        trader.take(SELL, amount)
    async with life(venue, left) as second:
        told = [event.exchange_trade_id for event in second.heard.of(MarketEvent.OrderFilled)]  # type: ignore[union-attr]
        assert len(told) == 3
        records = written(second.journal.folder)
    assert [record.trade_id for record in records if isinstance(record, OrderFilled)] == told


async def test_what_says_nothing_new_is_not_written_again(venue: LocalExchange, trader: Trader, tmp_path: Path) -> None:
    async with life(venue, tmp_path) as one:
        one.connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_500))
        await one.heard.waits_for(MarketEvent.BuyOrderCreated)
        await one.connector.components.reconciler.compare_open_orders()
        before = kinds(written(tmp_path)).count("OrderChanged")
        for _ in range(5):
            await one.connector.components.reconciler.compare_open_orders()
        assert kinds(written(tmp_path)).count("OrderChanged") == before


def full(number: int, data: bytes) -> int:
    raise OSError(28, "No space left on device")


async def test_openings_stop_on_a_full_disk_and_closes_and_cancels_go_on_and_nothing_is_lost(
    venue: LocalExchange, trader: Trader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_ahead_log, "_RETRY_S", 0.0)
    async with life(venue, tmp_path / "log") as one:
        connector, heard = one.connector, one.heard
        connector.buy(PAIR, D("0.010"), OrderType.MARKET)
        await heard.waits_for(MarketEvent.BuyOrderCompleted)
        resting = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_500))
        await heard.waits_for(MarketEvent.BuyOrderCreated, 2)
        monkeypatch.setattr(os, "write", full)
        refused = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_400))
        failure = await heard.waits_for(MarketEvent.OrderFailure)
        assert failure.order_id == refused  # type: ignore[union-attr]
        assert "not sent: the journal can't be written" in str(failure.fault)  # type: ignore[union-attr]
        assert "No space left on device" in connector.openings_stopped
        with written_names() as sent:
            at_once = connector.place(quote())
        assert sent == []
        never_kept = {connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_400)) for _ in range(2)} | {at_once}
        await heard.waits_for(MarketEvent.OrderFailure, 4)
        connector.cancel(PAIR, resting)
        await heard.waits_for(MarketEvent.OrderCancelled)
        connector.sell(PAIR, D("0.010"), OrderType.MARKET, position_action=PositionAction.CLOSE)
        await heard.waits_for(MarketEvent.SellOrderCompleted)
        monkeypatch.undo()
        await until(lambda: not connector.openings_stopped, "the disk takes it again")
        connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_300))
        await heard.waits_for(MarketEvent.BuyOrderCreated, 3)
    earlier = replayed(written(tmp_path / "log"))
    states = {name: order.state.name for name, order in earlier.orders.items()}
    assert list(states.values()) == ["FILLED", "CANCELED", "FAILED", "FILLED", "OPEN"]
    assert states[refused] == "FAILED" and not states.keys() & never_kept


def test_an_append_costs_a_few_microseconds(tmp_path: Path) -> None:
    """Of a hundred blocks of a hundred the fastest: what other programs take of the machine is not ours."""
    log = WriteAheadLog(tmp_path, Durability.GROUP)
    record, change = intended(), changed()
    for each in (record, change):
        best = min(timeit.repeat(lambda each=each: log.append(each), number=100, repeat=100)) / 100
        assert best < 40e-6
    log.close()


def test_a_file_that_stands_by_itself_holds_the_payments_that_the_next_reading_shows_again() -> None:
    kept: list[Record] = []
    restates: list[Restate] = []

    class Paper:
        trouble = ""

        def append(self, *records: Record) -> None:
            kept.extend(records)

        def restate_by(self, restate: Restate) -> None:
            restates.append(restate)

    known = [FundingPaid("BTCUSDT", "USDT", D(-1), at_ms, str(at_ms)) for at_ms in range(1_000)]
    journaling = OrderJournaling(Paper(), Tracker({}, system_orders(), Memory()), EarlierLives(payments=known))
    journaling.reached("funding", FundingRead(400))
    restated = [record for record in restates[0]() if isinstance(record, FundingPaid)]
    assert [paid.time_ms for paid in restated] == list(range(400, 1_000))
