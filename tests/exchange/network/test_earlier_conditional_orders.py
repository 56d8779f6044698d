"""The restart and conditional orders: followed by whichever family has them by then, and by name alone too."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from connector.core.enums import OrderState, OrderType, PositionAction, TriggerState
from connector.core.event_tags import MarketEvent
from connector.core.order_options import OrderOptions
from connector.exchange.instance import EarlierOrders
from connector.exchange.network.restart_table import Outcome, Whose
from connector.simulator.server import LocalExchange
from tests.companions.exchange.conditional_scenes import KINDS, STOP_BUY, Kind, arm, resting, waiting
from tests.companions.local_trading import PAIR, Trader, until
from tests.companions.store.lives import Life, life

D = Decimal
STOP = KINDS["stop market, buy"]
RESTING_STOP = Kind(OrderType.STOP, STOP.side, STOP_BUY, D(59_000), STOP.fired_by)


@pytest.fixture
async def market(venue: LocalExchange, trader: Trader) -> AsyncIterator[LocalExchange]:
    yield venue


async def placed(one: Life, kind: Kind = STOP) -> str:
    name = kind.place(one.connector)
    await one.heard.waits_for(MarketEvent.BuyOrderCreated)
    return name


async def test_one_that_waits_is_cancelled_and_named(market: LocalExchange, tmp_path: Path) -> None:
    async with life(market, tmp_path / "one") as first:
        name = await placed(first)
        left = first.as_killed_now(tmp_path / "two")
    async with life(market, left) as second:
        (row,) = second.table.rows
        assert (row.whose, row.client_order_id, row.outcome) == (Whose.OWN, name, Outcome.CANCELLED)
        assert row.order == "BUY 0.01 STOP_MARKET at a trigger of 60015"
        assert second.told() == ["OrderCancelled"]
    assert waiting(market) == []


async def test_one_that_waits_is_adopted_with_its_kind_and_fires_in_the_next_life(
    market: LocalExchange, tmp_path: Path
) -> None:
    async with life(market, tmp_path / "one") as first:
        name = await placed(first)
        left = first.as_killed_now(tmp_path / "two")
    async with life(market, left, earlier_orders=EarlierOrders.ADOPT) as second:
        order = second.connector.in_flight_orders[name]
        assert (order.order_type, order.options, order.trigger) == (
            OrderType.STOP_MARKET, OrderOptions(trigger_price=D("60015.0")), TriggerState.WAITING
        )  # fmt: skip
        STOP.fire(market)
        await second.heard.waits_for(MarketEvent.BuyOrderCompleted)
        assert second.told() == ["OrderTriggered", "OrderFilled", "BuyOrderCompleted"]


@pytest.mark.parametrize("adopts", list(EarlierOrders))
async def test_one_that_fired_and_filled_while_nothing_ran_is_told_once(
    market: LocalExchange, tmp_path: Path, adopts: EarlierOrders
) -> None:
    async with life(market, tmp_path / "one") as first:
        await placed(first)
        left = first.as_killed_now(tmp_path / "two")
    STOP.fire(market)
    async with life(market, left, earlier_orders=adopts) as second:
        assert second.told() == ["OrderTriggered", "OrderFilled", "BuyOrderCompleted"]
        assert second.table.trades_told == 1
        left = second.as_killed_now(tmp_path / "three")
    async with life(market, left) as third:
        assert third.told() == []


async def test_a_child_that_rests_is_found_by_the_other_family_and_cancelled(
    market: LocalExchange, tmp_path: Path
) -> None:
    async with life(market, tmp_path / "one") as first:
        name = await placed(first, RESTING_STOP)
        left = first.as_killed_now(tmp_path / "two")
    RESTING_STOP.fire(market)
    assert resting(market) == [name]
    async with life(market, left) as second:
        assert second.told() == ["OrderTriggered", "OrderCancelled"]
    assert resting(market) == []


async def test_a_triggered_order_is_remembered_as_such_by_the_journal(market: LocalExchange, tmp_path: Path) -> None:
    async with life(market, tmp_path / "one") as first:
        name = await placed(first, RESTING_STOP)
        RESTING_STOP.fire(market)
        await first.heard.waits_for(MarketEvent.OrderTriggered)
        child = first.connector.in_flight_orders[name].exchange_order_id
        left = first.as_killed_now(tmp_path / "two")
    async with life(market, left, earlier_orders=EarlierOrders.ADOPT) as second:
        order = second.connector.in_flight_orders[name]
        assert (order.trigger, order.exchange_order_id, bool(order.algo_id)) == (TriggerState.TRIGGERED, child, True)
        assert second.told() == [], "its trigger was told in the life before"


async def test_one_that_was_written_down_and_never_left_fails_when_that_is_proven(
    market: LocalExchange, tmp_path: Path
) -> None:
    async with life(market, tmp_path / "one") as first:
        arm(market, "reset_before_execution")
        STOP.place(first.connector)
        left = first.as_killed_now(tmp_path / "two")
        await first.heard.waits_for(MarketEvent.OrderOutcomeUnknown)
    async with life(market, left) as second:
        assert second.told() == ["OrderFailure"]


async def test_one_that_left_unanswered_and_fired_meanwhile_is_told_whole(
    market: LocalExchange, tmp_path: Path
) -> None:
    async with life(market, tmp_path / "one") as first:
        name = STOP.place(first.connector)
        left = first.as_killed_now(tmp_path / "two")  # before the loop had a turn
        await until(lambda: waiting(market) == [name], "it waits")
    STOP.fire(market)
    async with life(market, left) as second:
        assert second.told() == ["BuyOrderCreated", "OrderTriggered", "OrderFilled", "BuyOrderCompleted"]


async def test_one_that_the_journal_lost_is_adopted_as_what_the_list_tells(
    market: LocalExchange, tmp_path: Path
) -> None:
    options = OrderOptions(trigger_price=D(60_015), close_position=True)
    async with life(market, tmp_path / "one") as first:
        name = first.connector.buy(PAIR, D(0), OrderType.STOP_MARKET, options=options)
        await first.heard.waits_for(MarketEvent.BuyOrderCreated)
    async with life(market, tmp_path / "empty", earlier_orders=EarlierOrders.ADOPT) as second:
        order = second.connector.in_flight_orders[name]
        assert (order.order_type, order.position_action, order.state) == (
            OrderType.STOP_MARKET, PositionAction.CLOSE, OrderState.OPEN
        )  # fmt: skip
        assert order.options.trigger_price == D(60_015)
        assert order.options.close_position
        (row,) = second.table.rows
        assert (row.whose, row.order) == (Whose.EARLIER_LIFE, "BUY the position STOP_MARKET at a trigger of 60015")
