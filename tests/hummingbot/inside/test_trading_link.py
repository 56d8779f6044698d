"""One connection over every stop and start: what it leaves, what it finds, and that nothing is left behind."""

import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hummingbot import root_path
from hummingbot.core.data_type.common import OrderType, PositionAction
from hummingbot.core.network_iterator import NetworkStatus

from connector.adapters.hummingbot.host_settings import FILE
from connector.adapters.hummingbot.registration import LIVE
from connector.exchange.network.limits_file import LimitsFile
from connector.orders.client_order_ids import is_ours
from connector.simulator.market.orders import SELL
from connector.simulator.server import LocalExchange
from connector.store.instance_lock import runs_in
from tests.companions.local_trading import PAIR, SYMBOL, Trader, until
from tests.hummingbot.host import Heard, buy, hear, new_connector, open_there, running

D = Decimal


async def test_an_order_outlives_a_stop_and_is_told_of_after_the_next_start(
    idle: Any, heard: Heard, trader: Trader
) -> None:
    async with running(idle):
        exchange = idle.exchange
        order_id = idle.buy(PAIR, D("0.01"), price=D("59995"))
        await heard.waits_for("BuyOrderCreated")
    assert not idle.ready
    trader.take(SELL, "0.01")
    async with running(idle):
        assert idle.exchange is exchange
        await heard.waits_for("BuyOrderCompleted")
    assert heard.names(order_id) == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]


async def test_orders_are_restored_in_another_life_and_followed_there(
    idle: Any, heard: Heard, venue: LocalExchange, trader: Trader
) -> None:
    async with running(idle):
        filled, cancelled = idle.buy(PAIR, D("0.01"), price=D("59995")), buy(idle)
        await heard.waits_for("BuyOrderCreated", times=2)
        saved = json.loads(json.dumps(idle.tracking_states))
    trader.take(SELL, "0.01")
    other = new_connector(venue, PAIR)
    told = hear(other)
    other.restore_tracking_states(saved)
    assert set(other.in_flight_orders) == {filled, cancelled}
    async with running(other):
        await told.waits_for("BuyOrderCompleted")
        other.cancel(PAIR, cancelled)
        await told.waits_for("OrderCancelled")
    assert told.names(filled) == ["OrderFilled", "BuyOrderCompleted"]
    assert told.names(cancelled) == ["OrderCancelled"]
    assert open_there(venue) == set()


async def test_cancel_all_ends_restored_orders_before_the_clock_runs(
    idle: Any, heard: Heard, venue: LocalExchange
) -> None:
    async with running(idle):
        order_id = buy(idle)
        await heard.waits_for("BuyOrderCreated")
        saved = idle.tracking_states
    other = new_connector(venue, PAIR)
    other.restore_tracking_states(saved)
    results = await other.cancel_all(10)
    assert [(row.order_id, row.success) for row in results] == [(order_id, True)]
    assert open_there(venue) == set()
    await other.stop_network()


async def test_two_bots_of_one_account_leave_each_other_alone(idle: Any, heard: Heard, venue: LocalExchange) -> None:
    other = new_connector(venue, PAIR)
    async with running(idle):
        order_id = buy(idle)
        await heard.waits_for("BuyOrderCreated")
        async with running(other):
            assert open_there(venue) == {order_id}
            assert other.in_flight_orders == {}


async def test_a_bot_whose_data_was_copied_leaves_the_orders_of_the_other_alone(
    idle: Any, heard: Heard, venue: LocalExchange, caplog: pytest.LogCaptureFixture
) -> None:
    other = new_connector(venue, PAIR)
    async with running(idle):
        order_id = buy(idle)
        await heard.waits_for("BuyOrderCreated")
        for path in filter(
            Path.is_file, other._tags_folder.iterdir()
        ):  # as a copy has them: of the same text, and other files
            shutil.copy(path, path.with_suffix(".copied")).replace(path)
        other.restore_tracking_states(json.loads(json.dumps(idle.tracking_states)))
        async with running(other):
            assert (other.in_flight_orders, open_there(venue)) == ({}, {order_id})
            assert not is_ours(order_id, other._link._tag.tag)
    assert f"not followed or cancelled here, are {order_id}" in caplog.text


async def test_a_check_that_fails_ends_nothing_and_the_orders_are_followed_on(
    bot: Any, heard: Heard, venue: LocalExchange, trader: Trader
) -> None:
    order_id = bot.buy(PAIR, D("0.01"), price=D("59995"))
    await heard.waits_for("BuyOrderCreated")
    bot.check_network_interval = 0.1
    bot.check_network_timeout = 1.0
    venue.faults.arm("outage", ms=60_000, answer="503")
    await until(lambda: bot.network_status is NetworkStatus.NOT_CONNECTED, "the outage noticed", within_s=20)
    assert bot._link.is_running
    trader.take(SELL, "0.01")
    venue.faults.arm("outage", times=0)
    await heard.waits_for("BuyOrderCompleted")
    assert heard.names(order_id) == ["BuyOrderCreated", "OrderFilled", "BuyOrderCompleted"]


async def test_a_start_waits_for_an_exchange_that_is_not_there_yet(
    idle: Any, heard: Heard, venue: LocalExchange
) -> None:
    venue.faults.arm("outage", ms=60_000, answer="503")
    async with running(idle, is_ready=False):
        assert not idle.ready
        order_id = buy_nothing(idle)
        await heard.waits_for("OrderFailure")
        assert heard.names(order_id) == ["OrderFailure"]
        venue.faults.arm("outage", times=0)
        await until(lambda: idle.ready, "ready", within_s=40)


def buy_nothing(connector: Any) -> str:
    """An order while nothing is connected."""
    order_id: str = connector.buy(PAIR, D("0.01"), price=D("59000"))
    return order_id


def connections(connector: Any) -> list[int]:
    """How many each stream made so far."""
    parts = connector.exchange.components
    streams = (parts.streams.books.stream, parts.streams.mark_trades.stream, parts.user.stream)
    return [stream.counters.connections for stream in streams]


async def test_a_start_that_fails_half_way_goes_on_and_begins_nothing_twice(idle: Any, venue: LocalExchange) -> None:
    venue.faults.arm("service_unavailable", method="GET", path="/fapi/v1/openAlgoOrders", times=6)
    async with running(idle, is_ready=False):
        await until(lambda: idle.ready and idle._queue._account is not None, "the start", within_s=40)
        assert connections(idle) == [1, 1, 1]


async def test_what_is_stopped_and_started_at_once_runs(idle: Any, trader: Trader) -> None:
    async with running(idle):
        idle.set_leverage(PAIR, 5)
        await until(lambda: idle.ready and idle.exchange.get_leverage(PAIR) == 5, "the leverage")
        idle.order_book_tracker.stop()
        idle.order_book_tracker.start()
        await until(lambda: connections(idle) == [2, 2, 2] and idle.ready, "ready again")


async def test_without_orders_nothing_is_started_to_cancel_them(idle: Any) -> None:
    assert await idle.cancel_all(10) == []
    assert idle.exchange is None


@pytest.fixture
def loss_limit() -> Iterator[None]:
    """A limit on the day's loss in the file of the host; what the bots of the test kept is gone after it."""
    file = root_path() / "conf" / FILE
    file.write_text("max_loss_of_day: 300\non_risk_limit: stop\n")
    yield
    file.unlink()
    shutil.rmtree(root_path() / "data" / LIVE)


async def test_a_limit_of_the_day_that_struck_refuses_what_opens_after_a_restart_too(
    loss_limit: None, venue: LocalExchange, trader: Trader
) -> None:
    first = new_connector(venue, PAIR)
    heard = hear(first)
    async with running(first):
        buy(first, "0.5", kind=OrderType.MARKET)
        await heard.waits_for("BuyOrderCompleted")
        venue.act(lambda engine, now_ms: engine.fix_mark(SYMBOL, 59_000 * 10**8))
        await until(lambda: not first.exchange.openings.is_open, "it struck")
        tag, limits = first.exchange.components.instance.tag, first.exchange.components.instance.limits
        assert runs_in(limits), "connector limits tells a bot that runs"
    first._link._tag.release()
    second = new_connector(venue, PAIR)
    heard = hear(second)
    async with running(second):
        assert second.exchange.components.instance.tag == tag
        await until(lambda: not second.exchange.openings.is_open, "it stands")
        buy(second)
        await heard.waits_for("OrderFailure")
        second.sell(PAIR, D("0.5"), OrderType.MARKET, position_action=PositionAction.CLOSE)
        await heard.waits_for("SellOrderCompleted")
        LimitsFile(limits).ask_release()
        await until(lambda: second.exchange.openings.is_open, "it is let go")
        buy(second)
        await heard.waits_for("BuyOrderCreated")
