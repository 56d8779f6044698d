"""What happened to the account while nobody heard is told by whoever hears next, once."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from connector.core.account_events import InsuranceClearedEvent, TransferEvent
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.events import LiquidationEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.accounts.records import AUTO_EXCHANGE, IncomeRecord
from connector.simulator.fixed_point import to_e8
from connector.simulator.market.orders import MARKET, SELL, OrderRequest
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, connect, ready, until
from tests.companions.orders.sent_requests import sent_requests
from tests.companions.store.lives import Life, life

pytestmark = pytest.mark.virtual_time

D = Decimal


def _gives(venue: LocalExchange, amount: str) -> None:
    venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, to_e8(D(amount)), now_ms))


def _liquidates(venue: LocalExchange) -> None:
    venue.act(lambda engine, now_ms: engine.force_liquidation(venue.account_id, SYMBOL, now_ms))


async def _long(one: Life, step: int = 1) -> None:
    one.connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await one.heard.waits_for(MarketEvent.BuyOrderCompleted, step)
    await until(lambda: bool(one.connector.account_positions), "held")


async def test_a_liquidation_between_two_lives_is_told_by_the_second_with_what_the_fund_had_of_it(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    async with life(venue, tmp_path) as first:
        await _long(first)
    _liquidates(venue)
    await asyncio.sleep(5)
    async with life(venue, tmp_path) as second:
        (told,) = second.heard.of(MarketEvent.Liquidation)
        assert isinstance(told, LiquidationEvent)
        assert (told.trading_pair, told.amount) == (PAIR, D("0.010"))
        assert told.realized_pnl < 0
        cleared = await second.heard.waits_for(MarketEvent.InsuranceCleared)
        assert isinstance(cleared, InsuranceClearedEvent)
        assert cleared.amount < 0
        await asyncio.sleep(30)
        assert not second.heard.of(MarketEvent.PositionDrift)
        assert len(second.heard.of(MarketEvent.Liquidation)) == 1
    async with life(venue, tmp_path) as third:
        await asyncio.sleep(30)
        assert not third.heard.of(MarketEvent.Liquidation)
        assert not third.heard.of(MarketEvent.InsuranceCleared)


async def test_what_a_life_told_before_its_end_is_not_told_again(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    async with life(venue, tmp_path) as first:
        await _long(first)
        _liquidates(venue)
        await first.heard.waits_for(MarketEvent.Liquidation)
        _gives(venue, "500")
        await first.heard.waits_for(MarketEvent.Transfer)
        left = first.as_killed_now(tmp_path / "killed")
    async with life(venue, left) as second:
        await asyncio.sleep(30)
        assert not second.heard.of(MarketEvent.Liquidation)
        assert not second.heard.of(MarketEvent.Transfer)


async def test_money_that_came_between_two_lives_is_told_by_the_second(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    async with life(venue, tmp_path):
        pass
    await asyncio.sleep(5)
    _gives(venue, "500")
    _gives(venue, "-20.5")
    await asyncio.sleep(5)
    async with life(venue, tmp_path) as second:
        told = [event for event in second.heard.of(MarketEvent.Transfer) if isinstance(event, TransferEvent)]
        assert [(event.asset, event.amount) for event in told] == [("USDT", D(500)), ("USDT", D("-20.5"))]
        assert second.connector.get_balance("USDT") == D("10479.5")


async def test_one_that_nobody_heard_before_one_that_was_told_is_told_by_the_next_life(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    async with life(venue, tmp_path / "one") as first:
        await asyncio.sleep(1)
        venue.faults.arm("lost_user_event", event="ACCOUNT_UPDATE")
        _gives(venue, "500")
        await asyncio.sleep(0.3)
        _gives(venue, "70")
        await first.heard.waits_for(MarketEvent.Transfer)
        left = first.as_killed_now(tmp_path / "two")
    await asyncio.sleep(0.1)
    _gives(venue, "70")
    async with life(venue, left) as second:
        await asyncio.sleep(30)
        told = [event for event in second.heard.of(MarketEvent.Transfer) if isinstance(event, TransferEvent)]
        assert [event.amount for event in told] == [D(500), D(70)], "and the other 70 was told by the first life"


async def test_the_first_life_of_all_tells_nothing_of_before(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    _gives(venue, "500")
    async with life(venue, tmp_path) as first:
        await asyncio.sleep(30)
        assert not first.heard.of(MarketEvent.Transfer)


async def test_of_two_transfers_of_one_second_the_one_that_nobody_heard_is_told(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    """Soon after the start, too; each is told once, though both are equal."""
    await asyncio.sleep(0.5)
    _gives(venue, "500")
    await log.waits_for(MarketEvent.Transfer)
    venue.faults.arm("lost_user_event", times=1)
    _gives(venue, "500")
    for _ in range(2):
        await connector.components.reconciler.while_away.read_transfers()
        told = [event for event in log.of(MarketEvent.Transfer) if isinstance(event, TransferEvent)]
        assert [(event.asset, event.amount) for event in told] == [("USDT", D(500))] * 2


async def test_money_that_came_while_the_stream_was_away_is_told_when_it_is_back_and_once(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await asyncio.sleep(75)
    venue.faults.arm("lost_user_event", times=10)
    _gives(venue, "500")
    venue.faults.arm("cut_sockets")
    told = await log.waits_for(MarketEvent.Transfer)
    assert isinstance(told, TransferEvent)
    assert (told.asset, told.amount) == ("USDT", D(500))
    venue.faults.arm("cut_sockets")
    await asyncio.sleep(90)
    assert len(log.of(MarketEvent.Transfer)) == 1


async def test_the_list_of_liquidations_is_not_asked_for_at_each_reconnect_and_trades_of_told_ones_never(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    for step in range(1, 4):
        connector.buy(PAIR, D("0.010"), OrderType.MARKET)
        await log.waits_for(MarketEvent.BuyOrderCompleted, step)
        _liquidates(venue)
        await log.waits_for(MarketEvent.Liquidation, step)
    await asyncio.sleep(30)
    with sent_requests(connector) as sent:
        for _ in range(15):
            venue.faults.arm("cut_sockets")
            await asyncio.sleep(2)
        await asyncio.sleep(15)
    lists = [request for request in sent if request.what == "GET /fapi/v1/forceOrders"]
    of_orders = [request for request in sent if request.what.endswith("/userTrades") and "orderId" in request.params]
    assert 2 <= len(lists) <= 4
    assert of_orders == []


async def test_a_liquidation_between_two_reconnects_is_told_though_the_list_was_just_read(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await asyncio.sleep(30)
    venue.faults.arm("cut_sockets")
    await asyncio.sleep(3)
    venue.faults.arm("lost_user_event", times=10)
    _liquidates(venue)
    venue.faults.arm("cut_sockets")
    told = await log.waits_for(MarketEvent.Liquidation)
    assert isinstance(told, LiquidationEvent)
    assert told.realized_pnl < 0
    await asyncio.sleep(30)
    assert not log.of(MarketEvent.PositionDrift)
    assert not log.of(MarketEvent.ForeignFill)
    assert len(log.of(MarketEvent.Liquidation)) == 1


async def test_what_the_fund_had_of_a_liquidation_is_told_by_one_life_alone(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    async with life(venue, tmp_path / "one") as first:
        await _long(first)
        _liquidates(venue)
        await first.heard.waits_for(MarketEvent.InsuranceCleared)
        left = first.as_killed_now(tmp_path / "two")
    async with life(venue, left) as second:
        await asyncio.sleep(30)
        await _long(second)
        _liquidates(venue)
        await second.heard.waits_for(MarketEvent.InsuranceCleared)
        await asyncio.sleep(70)
        assert len(second.heard.of(MarketEvent.InsuranceCleared)) == len(second.heard.of(MarketEvent.Liquidation)) == 1


async def test_what_the_fund_had_is_told_by_the_next_life_where_the_first_ended_before_it_could(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    async with life(venue, tmp_path / "one") as first:
        await _long(first)
        venue.faults.arm("lagging_trades", ms=5_000)
        _liquidates(venue)
        await first.heard.waits_for(MarketEvent.Liquidation)
        assert not first.heard.of(MarketEvent.InsuranceCleared)
        left = first.as_killed_now(tmp_path / "two")
    await asyncio.sleep(10)
    async with life(venue, left) as second:
        await second.heard.waits_for(MarketEvent.InsuranceCleared)
        await asyncio.sleep(70)
        assert len(second.heard.of(MarketEvent.InsuranceCleared)) == 1
        assert not second.heard.of(MarketEvent.Liquidation)


async def test_what_was_told_is_not_told_again_where_the_same_connector_starts_anew(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    async with life(venue, tmp_path / "one") as first:
        await asyncio.sleep(5)
        left = first.as_killed_now(tmp_path / "two")
    async with life(venue, left) as second:
        _gives(venue, "250")
        await second.heard.waits_for(MarketEvent.Transfer)
        await _long(second)
        _liquidates(venue)
        await second.heard.waits_for(MarketEvent.InsuranceCleared)
        await asyncio.sleep(20)
        await second.connector.stop_network()
        await asyncio.sleep(2)
        _gives(venue, "70")
        await second.connector.start_network()
        await asyncio.sleep(70)
        told = [event for event in second.heard.of(MarketEvent.Transfer) if isinstance(event, TransferEvent)]
        assert [event.amount for event in told] == [D(250), D(70)]
        assert len(second.heard.of(MarketEvent.InsuranceCleared)) == len(second.heard.of(MarketEvent.Liquidation)) == 1


async def test_a_liquidation_between_two_starts_of_a_connector_without_a_journal_is_told_and_is_no_drift(
    venue: LocalExchange, trader: Trader
) -> None:
    connector = connect(venue)
    log = EventLog(connector)
    await ready(connector)
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await asyncio.sleep(12)
    await connector.stop_network()
    await asyncio.sleep(2)
    _liquidates(venue)
    _gives(venue, "70")
    await asyncio.sleep(2)
    await ready(connector)
    await asyncio.sleep(40)
    await connector.stop_network()
    for tag in (MarketEvent.Liquidation, MarketEvent.InsuranceCleared, MarketEvent.Transfer):
        assert len(log.of(tag)) == 1, tag
    assert not log.of(MarketEvent.PositionDrift)
    assert not log.of(MarketEvent.ForeignFill)


async def test_an_exchange_of_assets_while_nobody_heard_is_told_as_the_push_tells_it(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    async with life(venue, tmp_path) as first:
        await _long(first)
    await asyncio.sleep(5)
    venue.act(
        lambda engine, now_ms: engine.place(
            venue.account_id, OrderRequest(SYMBOL, SELL, MARKET, D("0.010"), D(0), reduce_only=True), now_ms
        )
    )
    rows = venue.engine.accounts[venue.account_id]
    venue.act(
        lambda engine, now_ms: rows.keep_income(
            IncomeRecord(engine.ids.next_income(), AUTO_EXCHANGE, "", "USDT", to_e8(D("-3.5")), now_ms)
        )
    )
    await asyncio.sleep(5)
    async with life(venue, tmp_path) as second:
        told = [event for event in second.heard.of(MarketEvent.Transfer) if isinstance(event, TransferEvent)]
        assert [(event.asset, event.amount, event.reason) for event in told] == [("USDT", D("-3.5"), AUTO_EXCHANGE)]
