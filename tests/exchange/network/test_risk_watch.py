"""Limits on losses at the real local exchange: struck within one mark price, whatever the strategy does."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from connector.account.margin_figures import MarginFigures
from connector.core.account_events import TransferEvent
from connector.core.connection_events import RiskLimitEvent
from connector.core.enums import OrderState, OrderType, PositionAction, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.events import MarketOrderFailureEvent
from connector.core.intents import OrderIntent
from connector.core.order_ends import RejectionKind
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.instance import Instance
from connector.exchange.network.limits_file import KeptLimits, LimitsFile
from connector.risk.limit_row import LimitRow, figure
from connector.risk.loss_limits import DayStand
from connector.simulator.fixed_point import E8
from connector.simulator.server import LocalExchange
from connector.store.file_journal import FileJournal
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, connect, ready, until
from tests.companions.virtual_time import loop_clock

D = Decimal
BUY = TradeType.BUY
BID = OrderIntent(PAIR, BUY, OrderType.LIMIT_MAKER, D("0.010"), D(59_500))
DAY_S = 86_400


@asynccontextmanager
async def watched(
    venue: LocalExchange, folder: Path | Instance | None = None, **limits: object
) -> AsyncIterator[tuple[PerpetualDerivative, EventLog]]:
    """A connector under these limits that holds what it held, in a market whose mark price stands at 60,000."""
    if not venue.engine.accounts[venue.account_id].placed:
        Trader(venue).make_market()
    to_mark(venue, 60_000)
    instance = folder if isinstance(folder, Instance) else Instance("test01", limits=folder)
    connector = connect(venue, instance, **limits)
    log = EventLog(connector)
    await ready(connector)
    try:
        await connector.set_leverage(PAIR, 20)
        yield connector, log
    finally:
        await connector.stop_network()


@asynccontextmanager
async def kept_instance(folder: Path) -> AsyncIterator[Instance]:
    """One with a journal, whose limits lie beside it."""
    journal = FileJournal(folder / "journal", "test01", in_loop=True)
    instance = Instance("test01", journal, journal.take_earlier(), limits=folder)
    journal.begin(loop_clock().now_ms())
    try:
        yield instance
    finally:
        journal.end(loop_clock().now_ms())


def to_mark(venue: LocalExchange, price: int) -> None:
    venue.act(lambda engine, now_ms: engine.fix_mark(SYMBOL, price * E8))


async def holds(connector: PerpetualDerivative, amount: str = "0.5") -> None:
    connector.buy(PAIR, D(amount), OrderType.MARKET)
    await until(lambda: bool(connector.account_positions), "the position")


async def struck(log: EventLog) -> RiskLimitEvent:
    event = await log.waits_for(MarketEvent.RiskLimit)
    assert isinstance(event, RiskLimitEvent)
    return event


async def test_a_loss_past_the_bound_shuts_the_openings_within_one_mark_price(venue: LocalExchange) -> None:
    async with watched(venue, max_loss_of_run=300) as (connector, log):
        await holds(connector)
        resting = connector.place(BID)
        await until(lambda: connector.in_flight_orders[resting].state is OrderState.OPEN)
        to_mark(venue, 59_500)
        await until(lambda: connector.get_mark_price(PAIR) == 59_500)
        await asyncio.sleep(2)
        assert not log.of(MarketEvent.RiskLimit), "half of it is lost"
        to_mark(venue, 59_300)
        await until(lambda: connector.get_mark_price(PAIR) == 59_300)
        (event,) = log.of(MarketEvent.RiskLimit)
        assert isinstance(event, RiskLimitEvent)
        assert (event.name, event.bound, event.unit, event.closes) == ("max_loss_of_run", 300, "USDT", False)
        assert event.use == event.bound + event.overrun and event.overrun > 0
        assert f"370 USDT, at most 300, passed by {figure(event.overrun)}" in event.reason
        assert connector.openings.shut_by == ("the limit max_loss_of_run",)
        await until(lambda: resting not in connector.in_flight_orders, "what rested is cancelled")
        connector.place(BID)
        await log.waits_for(MarketEvent.OrderFailure)


async def test_what_closes_goes_on_after_a_strike(venue: LocalExchange) -> None:
    async with watched(venue, max_drawdown=3) as (connector, log):
        await holds(connector)
        exit_name = connector.place(
            replace(BID, trade_type=TradeType.SELL, price=D(61_000), position_action=PositionAction.CLOSE)
        )
        await until(lambda: connector.in_flight_orders[exit_name].state is OrderState.OPEN)
        to_mark(venue, 59_000)
        assert (await struck(log)).name == "max_drawdown"
        assert exit_name in connector.in_flight_orders
        connector.sell(PAIR, D("0.5"), OrderType.MARKET, position_action=PositionAction.CLOSE)
        await log.waits_for(MarketEvent.SellOrderCompleted)


async def test_the_limit_of_the_day_outlives_a_restart_until_it_is_released(
    venue: LocalExchange, tmp_path: Path
) -> None:
    async with watched(venue, tmp_path, max_loss_of_day="3 %") as (connector, log):
        await holds(connector)
        to_mark(venue, 59_000)
        assert (await struck(log)).bound == D("300")
    to_mark(venue, 60_500)
    async with watched(venue, tmp_path, max_loss_of_day="3 %") as (connector, log):
        to_mark(venue, 60_500)
        assert "struck earlier this day" in (await struck(log)).reason
        assert not connector.openings.is_open
        LimitsFile(tmp_path).ask_release()
        await until(lambda: connector.openings.is_open, "it is let go")
        assert not LimitsFile(tmp_path).is_release_asked()
        to_mark(venue, 60_400)
        await until(lambda: connector.get_mark_price(PAIR) == 60_400)
        assert connector.openings.is_open, "what is lost counts from there"
    async with watched(venue, tmp_path, max_loss_of_day="3 %") as (connector, log):
        await asyncio.sleep(3)
        assert connector.openings.is_open and not log.of(MarketEvent.RiskLimit)


async def test_another_day_lets_it_go(venue: LocalExchange, tmp_path: Path) -> None:
    """By the venue's clock, of which a day is put on."""
    async with watched(venue, tmp_path, max_loss_of_day=300) as (connector, log):
        await holds(connector)
        to_mark(venue, 59_000)
        await struck(log)
        risk, venue_ms = connector.components.risk, connector.venue_time_ms
        await asyncio.sleep(3)
        assert not connector.openings.is_open
        risk._sources = replace(risk._sources, venue_ms=lambda: venue_ms() + 1000 * DAY_S)
        await until(lambda: connector.openings.is_open, "the next mark price is of another day")


async def test_a_withdrawal_is_no_loss(venue: LocalExchange) -> None:
    async with watched(venue, max_loss_of_run=300, max_drawdown=3) as (connector, log):
        venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, -4_000 * E8, now_ms))
        await log.waits_for(MarketEvent.Transfer)
        await asyncio.sleep(3)
        assert connector.get_balance("USDT") == 6_000
        assert not log.of(MarketEvent.RiskLimit)


async def test_a_position_near_its_liquidation_is_not_enlarged(venue: LocalExchange) -> None:
    async with watched(venue, min_liquidation_distance=10) as (connector, log):
        await holds(connector, "2")
        near = connector.get_liquidation_price(PAIR)
        assert not near.is_nan() and 60_000 - near > 0
        to_mark(venue, round(near * D("1.05")))
        await until(lambda: bool(connector.components.entry.limits.too_near), "it is near")
        connector.place(replace(BID, price=D(55_500)))
        failure = await log.waits_for(MarketEvent.OrderFailure)
        assert isinstance(failure, MarketOrderFailureEvent)
        assert failure.rejection is not None and failure.rejection.kind is RejectionKind.RISK_LIMIT
        assert "min_liquidation_distance: " in str(failure.fault)
        (row,) = [row for row in connector.risk_limits() if row.name.startswith("min_liquidation")]
        assert row.struck and row.use < 10 and row.bound == 10
        limits = connector.components.entry.limits
        assert limits.over(replace(BID, trade_type=TradeType.SELL, price=D(61_000))) == "", "what reduces it goes"
        to_mark(venue, 62_000)
        await until(lambda: not limits.too_near, "it is far again")


async def test_a_position_beyond_its_liquidation_price_is_nearer_than_near(
    venue: LocalExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with watched(venue, min_liquidation_distance=10) as (connector, _):
        await holds(connector, "2")
        limits = connector.components.entry.limits
        monkeypatch.setattr(MarginFigures, "liquidation_price_e8", lambda *asked: 75_000 * E8)
        to_mark(venue, 62_500)
        await until(lambda: connector.get_mark_price(PAIR) == 62_500 and bool(limits.too_near), "it is near")
        (near,) = limits.too_near.values()
        assert near[0] and near[1].use == -20


async def test_use_and_bound_are_told_and_kept_for_whoever_looks(venue: LocalExchange, tmp_path: Path) -> None:
    async with watched(venue, tmp_path, max_loss_of_day=300, max_position="1 BTC") as (connector, _):
        await holds(connector)
        to_mark(venue, 59_800)
        await until(lambda: connector.get_mark_price(PAIR) == 59_800)
        rows = {row.name: row for row in connector.risk_limits()}
        assert rows["max_position BTC-USDT"].use == D("0.5")
        assert 100 < rows["max_loss_of_day"].use < 130
        await asyncio.sleep(6)
        kept = LimitsFile(tmp_path).read()
        assert kept is not None and {row.name for row in kept.rows} == {*rows}
        assert kept.stand is not None and kept.stand.equity == 10_000


async def test_without_limits_nobody_looks(connector: PerpetualDerivative) -> None:
    risk = connector.components.risk
    feed = connector.components.prices.feed_of(PAIR)
    assert not risk.is_on and risk.rows() == ()
    assert feed.mark_watcher == connector.components.budget.take_mark


async def test_a_strike_is_one_line_in_the_log(venue: LocalExchange, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    async with watched(venue, max_loss_of_run=300, on_risk_limit="close") as (connector, log):
        await holds(connector)
        to_mark(venue, 59_000)
        event = await struck(log)
        assert event.closes and connector.components.risk.wants_end
        assert "the position is closed and the run ends" in event.reason
    assert [record.message for record in caplog.records].count(event.reason) == 1


async def test_money_that_went_while_the_bot_was_stopped_is_no_loss(venue: LocalExchange, tmp_path: Path) -> None:
    async with (
        kept_instance(tmp_path) as instance,
        watched(venue, instance, max_loss_of_day=300),
    ):
        await until(lambda: LimitsFile(tmp_path).read() is not None, "the day's equity is kept")
    venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, -4_000 * E8, now_ms))
    async with (
        kept_instance(tmp_path) as instance,
        watched(venue, instance, max_loss_of_day=300) as (connector, log),
    ):
        risk = connector.components.risk
        await until(lambda: bool(risk.losses.rows()), "it was looked at")
        assert log.of(MarketEvent.Transfer) and not log.of(MarketEvent.RiskLimit)
        assert risk.losses.day is not None and risk.losses.day.equity == 6_000


def moves(venue: LocalExchange, amount: int) -> None:
    venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, amount * E8, now_ms))


async def test_a_transfer_that_is_read_and_then_pushed_is_told_and_counts_once(venue: LocalExchange) -> None:
    async with watched(venue, max_loss_of_run=300, max_drawdown=3) as (connector, log):
        risk = connector.components.risk
        await until(lambda: bool(risk.losses.rows()), "it was looked at")
        await asyncio.sleep(0.5)  # what is dated sooner is of before the start
        venue.faults.arm("delay_user_event", event="ACCOUNT_UPDATE", ms=3_000)
        moves(venue, 4_000)
        await connector.components.reconciler.while_away.read_transfers()
        assert len(log.of(MarketEvent.Transfer)) == 1
        await until(lambda: connector.get_balance("USDT") == 14_000, "it is pushed")
        to_mark(venue, 60_100)
        await until(lambda: connector.get_mark_price(PAIR) == 60_100)
        assert risk.losses.day is not None and risk.losses.day.equity == 14_000
        assert not log.of(MarketEvent.RiskLimit) and len(log.of(MarketEvent.Transfer)) == 1


async def test_two_equal_withdrawals_within_a_second_are_two(venue: LocalExchange) -> None:
    async with watched(venue, max_loss_of_run=300, max_drawdown=3) as (connector, log):
        risk = connector.components.risk
        await until(lambda: bool(risk.losses.rows()), "it was looked at")
        for _ in range(2):
            moves(venue, -2_000)
        await log.waits_for(MarketEvent.Transfer, 2)
        to_mark(venue, 60_100)
        await until(lambda: connector.get_mark_price(PAIR) == 60_100 and connector.get_balance("USDT") == 6_000)
        assert risk.losses.day is not None and risk.losses.day.equity == 6_000
        assert not log.of(MarketEvent.RiskLimit)


@pytest.mark.parametrize("lagging", ["lagging_trades", "lagging_balances"])
@pytest.mark.parametrize("amount", [4_000, -4_000])
async def test_money_moved_just_before_a_start_is_no_loss_of_the_day_whatever_lags(
    venue: LocalExchange, tmp_path: Path, lagging: str, amount: int
) -> None:
    limits = {"max_loss_of_day": 300, "max_loss_of_run": 300, "max_drawdown": 3}
    async with kept_instance(tmp_path) as instance, watched(venue, instance, **limits):
        await until(lambda: LimitsFile(tmp_path).read() is not None, "the day's equity is kept")
    moves(venue, amount)
    venue.faults.arm(lagging, ms=5_000)
    async with kept_instance(tmp_path) as instance, watched(venue, instance, **limits) as (connector, log):
        risk = connector.components.risk
        await until(lambda: not risk.losses.doubts_day, "the day is sure", within_s=25)
        await until(lambda: connector.get_balance("USDT") == 10_000 + amount)
        assert len(log.of(MarketEvent.Transfer)) == 1 and not log.of(MarketEvent.RiskLimit)
        assert {row.use for row in risk.losses.rows()} == {D(0)}
        await holds(connector)
        to_mark(venue, 59_300)
        assert (await struck(log)).bound == 300


async def test_what_the_day_lost_while_the_bot_was_stopped_strikes_once_the_book_was_asked(
    venue: LocalExchange, tmp_path: Path
) -> None:
    async with kept_instance(tmp_path) as instance, watched(venue, instance, max_loss_of_day=300) as (connector, _):
        await holds(connector)
    async with kept_instance(tmp_path) as instance:
        to_mark(venue, 59_000)
        async with watched(venue, instance, max_loss_of_day=300) as (connector, log):
            to_mark(venue, 59_000)
            await until(lambda: bool(log.of(MarketEvent.RiskLimit)), "it strikes", within_s=20)


@pytest.mark.parametrize("amount", [4_000, -4_000])
async def test_a_transfer_of_before_the_first_look_that_is_told_late_is_no_loss_and_no_gain(
    venue: LocalExchange, amount: int
) -> None:
    """The wallet has counted with it from the start."""
    venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, amount * E8, now_ms))
    async with watched(venue, max_loss_of_day=300, max_loss_of_run=300, max_drawdown=3) as (connector, log):
        risk, components = connector.components.risk, connector.components
        await until(lambda: bool(risk.losses.rows()), "it was looked at")
        moved_s = components.ledger.balance_ms("USDT") / 1000
        components.bus.publish((TransferEvent(moved_s, "USDT", D(amount), "DEPOSIT"),))
        to_mark(venue, 60_100)
        await until(lambda: connector.get_mark_price(PAIR) == 60_100)
        assert not log.of(MarketEvent.RiskLimit)
        assert risk.losses.day is not None and risk.losses.day.equity == 10_000 + amount
        await holds(connector)
        to_mark(venue, 59_300)
        assert (await struck(log)).bound == 300


async def test_a_withdrawal_that_only_a_snapshot_shows_is_no_loss(venue: LocalExchange) -> None:
    async with watched(venue, max_loss_of_run=300, max_drawdown=3) as (connector, log):
        risk = connector.components.risk
        await until(lambda: bool(risk.losses.rows()), "it was looked at")
        await asyncio.sleep(0.5)  # what is dated sooner is of before the start
        venue.faults.arm("lost_user_event", event="ACCOUNT_UPDATE")
        venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, -4_000 * E8, now_ms))
        await connector.components.reconciler.compare_account()
        assert connector.get_balance("USDT") == 6_000
        await log.waits_for(MarketEvent.Transfer)
        to_mark(venue, 60_100)
        await until(lambda: connector.get_mark_price(PAIR) == 60_100)
        await until(lambda: {row.use for row in risk.losses.rows()} == {D(0)}, "it is judged again")
        assert not log.of(MarketEvent.RiskLimit)


async def test_a_loss_that_only_a_snapshot_shows_strikes_within_seconds(venue: LocalExchange) -> None:
    async with watched(venue, max_loss_of_run=300) as (connector, log):
        await until(lambda: bool(connector.components.risk.losses.rows()), "it was looked at")
        venue.faults.arm("lost_user_event", event="ACCOUNT_UPDATE")
        venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, -4_000 * E8, now_ms))
        # The account book, too, says nothing of it.
        connector.components.risk._sources = replace(connector.components.risk._sources, read_transfers=_never)
        await connector.components.reconciler.compare_account()
        assert not log.of(MarketEvent.RiskLimit)
        assert (await struck(log)).use == 4_000


async def _never() -> None:
    await asyncio.Event().wait()


async def test_the_wallet_of_another_pairs_asset_counts_before_its_first_mark_price(venue: LocalExchange) -> None:
    venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, 5_000 * E8, now_ms, "USDC"))
    async with watched(venue, max_loss_of_run=300, max_drawdown=3) as (connector, log):
        risk = connector.components.risk
        await until(lambda: bool(risk.losses.rows()), "it was looked at")
        assert risk.losses.day is not None and risk.losses.day.equity == 10_000
        await connector.add_trading_pair("BTC-USDC")
        await until(lambda: risk.losses.day is not None and risk.losses.day.equity == 15_000, "the wallet counts")
        await connector.remove_trading_pair("BTC-USDC")
        await until(lambda: risk.losses.day is not None and risk.losses.day.equity == 10_000, "it counts no more")
        assert not log.of(MarketEvent.RiskLimit) and {row.use for row in risk.losses.rows()} == {D(0)}


async def test_limits_on_orders_alone_are_shown_and_keep_what_struck(venue: LocalExchange, tmp_path: Path) -> None:
    stand = DayStand(20_000, D(10_000), LimitRow("max_loss_of_day", D(400), D(300), "USDT", struck=True))
    LimitsFile(tmp_path).write(stand, (), 1)

    def kept() -> KeptLimits:
        found = LimitsFile(tmp_path).read()
        assert found is not None
        return found

    async with watched(venue, tmp_path, max_position="1 BTC"):
        await until(lambda: [row.name for row in kept().rows] == ["max_position BTC-USDT"], "it is shown")
        assert kept().stand == stand
