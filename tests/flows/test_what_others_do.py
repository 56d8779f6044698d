"""What others do to the account, and the exchange with it: each is told once, and followed at once."""

import asyncio
import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from connector.bot.session.announcer import Announcer
from connector.bot.session.local_exchange import attached
from connector.core.account_events import (
    BracketsChangedEvent,
    ForeignFillEvent,
    InsuranceClearedEvent,
    LeverageChangedEvent,
    MarginDriftEvent,
    MarginTypeChangedEvent,
    MultiAssetsModeChangedEvent,
    PositionModeChangedEvent,
    PositionSettledEvent,
    TransferEvent,
)
from connector.core.amounts import plain
from connector.core.enums import MarginType, OrderType, PositionAction, PositionMode
from connector.core.event_tags import MarketEvent
from connector.core.events import LiquidationEvent, MarginCallEvent
from connector.exchange import gates
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.market.instruments import scaled
from connector.simulator.market.orders import BUY, LIMIT, MARKET, SELL, OrderRequest
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, until

pytestmark = pytest.mark.virtual_time

D = Decimal


@pytest.fixture
def said(connector: PerpetualDerivative, venue: LocalExchange, log: EventLog) -> list[str]:
    """The lines for people; whoever asks for them hears the events, too."""
    lines: list[str] = []
    Announcer(connector, attached(venue.rest), lines.append).listen()
    return lines


def _by_hand(venue: LocalExchange, side: int, amount: str, price: str = "", **terms: object) -> None:
    """An order of the same account, from another place."""
    request = OrderRequest(SYMBOL, side, LIMIT if price else MARKET, D(amount), D(price or 0), **terms)  # type: ignore[arg-type]
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, request, now_ms))


def _held(connector: PerpetualDerivative) -> Decimal:
    return sum((row.amount for row in connector.account_positions.values()), D(0))


async def _long(connector: PerpetualDerivative, log: EventLog, amount: str = "0.010") -> None:
    connector.buy(PAIR, D(amount), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await until(lambda: _held(connector) == D(amount), "held")


def _seconds() -> float:
    return asyncio.get_running_loop().time()


async def _within(seconds: float, holds: Callable[[], bool], what: str) -> None:
    began = _seconds()
    await until(holds, what, within_s=seconds)
    assert _seconds() - began <= seconds


# Settings that another hand changes.


async def test_a_leverage_that_another_hand_sets_is_told_and_followed_with_what_it_allows(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, said: list[str]
) -> None:
    before = connector.get_leverage(PAIR)
    venue.act(lambda engine, now_ms: engine.set_leverage(venue.account_id, SYMBOL, 100, now_ms))
    told = await log.waits_for(MarketEvent.LeverageChanged)
    cap = D(venue.engine.listing(SYMBOL).instrument.cap_at(100))
    assert isinstance(told, LeverageChangedEvent)
    assert (told.trading_pair, told.before, told.leverage, told.max_notional) == (PAIR, before, 100, cap)
    assert (connector.get_leverage(PAIR), connector.components.ledger.max_notional(SYMBOL)) == (100, cap)
    line = f"another hand set the leverage of {PAIR}: {before} to 100, at most {cap:,f} a side"
    assert said == [line]
    assert connector.ready


async def test_a_leverage_that_we_set_is_no_other_hands(
    connector: PerpetualDerivative, log: EventLog, said: list[str]
) -> None:
    for leverage in (7, 33, 7):
        await connector.set_leverage(PAIR, leverage)
    await asyncio.sleep(61)
    assert not log.of(MarketEvent.LeverageChanged)
    assert said == []


async def test_a_leverage_whose_push_is_lost_is_told_within_a_minute(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("lost_user_event", event="ACCOUNT_CONFIG_UPDATE")
    venue.act(lambda engine, now_ms: engine.set_leverage(venue.account_id, SYMBOL, 50, now_ms))
    await _within(62, lambda: connector.get_leverage(PAIR) == 50, "read")
    assert len(log.of(MarketEvent.LeverageChanged)) == 1


async def test_a_margin_type_that_another_hand_sets_is_told(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, said: list[str]
) -> None:
    venue.act(lambda engine, now_ms: engine.set_isolated(venue.account_id, SYMBOL, True, now_ms))
    told = await log.waits_for(MarketEvent.MarginTypeChanged)
    assert isinstance(told, MarginTypeChangedEvent)
    assert (told.before, told.margin_type) == (MarginType.CROSSED, MarginType.ISOLATED)
    assert connector.components.ledger.margin_type(SYMBOL) is MarginType.ISOLATED
    assert said == [f"another hand set the margin type of {PAIR}: CROSSED to ISOLATED"]


async def test_a_margin_type_whose_push_is_lost_is_told_within_a_minute(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("lost_user_event", event="ACCOUNT_UPDATE")
    venue.act(lambda engine, now_ms: engine.set_isolated(venue.account_id, SYMBOL, True, now_ms))
    await _within(62, lambda: bool(log.of(MarketEvent.MarginTypeChanged)), "read")


def _hedged(venue: LocalExchange, on: bool = True) -> None:
    venue.act(lambda engine, now_ms: engine.set_hedge(venue.account_id, on))


async def test_a_position_mode_that_another_hand_sets_is_read_at_the_first_refusal_and_orders_go_on(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, said: list[str]
) -> None:
    _hedged(venue)
    for _ in range(6):
        connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    told = await log.waits_for(MarketEvent.PositionModeChanged)
    assert isinstance(told, PositionModeChangedEvent)
    assert (told.before, told.mode) == (PositionMode.ONEWAY, PositionMode.HEDGE)
    await until(lambda: connector.ready, "the gate holds again", within_s=2)
    assert connector.position_mode is PositionMode.HEDGE
    assert connector.paused_openings == {}
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    assert [line for line in said if "another hand" in line] == ["another hand set the position mode: ONEWAY to HEDGE"]
    assert connector.refusals == {-4061: 6}


async def test_the_gate_of_the_mode_is_shut_from_the_first_sign_on(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    _hedged(venue)
    venue.faults.arm("slow_answer", ms=3_000, method="GET", path="/fapi/v1/accountConfig")
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.OrderFailure)
    assert not connector.status_dict[gates.POSITION_MODE]
    assert "it is read again" in connector.status_report[gates.POSITION_MODE].last_error
    for _ in range(5):
        connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.PositionModeChanged)
    assert connector.refusals == {-4061: 1}
    assert connector.ready


async def test_an_event_of_another_mode_is_a_sign_before_any_order(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    _hedged(venue)
    _by_hand(venue, BUY, "0.010", "59000", position_side="LONG")
    await _within(3, lambda: bool(log.of(MarketEvent.PositionModeChanged)), "told")
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    assert connector.refusals == {}


async def test_a_mode_that_nobody_shows_is_read_within_a_minute(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    _hedged(venue)
    await _within(62, lambda: bool(log.of(MarketEvent.PositionModeChanged)), "read")
    _hedged(venue, on=False)
    await _within(62, lambda: len(log.of(MarketEvent.PositionModeChanged)) == 2, "and back")


@pytest.mark.parametrize("own_settings", [{"on_foreign_mode_change": "stop"}])
async def test_where_a_foreign_mode_stops_nothing_opens_until_it_is_changed_back(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, said: list[str]
) -> None:
    _hedged(venue)
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.PositionModeChanged)
    assert "on_foreign_mode_change: stop" in connector.openings_stopped
    for _ in range(3):
        connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.OrderFailure, 4)
    assert connector.refusals == {-4061: 1}
    _hedged(venue, on=False)
    await until(lambda: not connector.openings_stopped, "it was changed back", within_s=62)
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)


@pytest.mark.parametrize("own_settings", [{"on_foreign_mode_change": "stop"}])
async def test_a_mode_that_we_set_stops_nothing(connector: PerpetualDerivative, log: EventLog) -> None:
    await connector.set_position_mode(PositionMode.HEDGE)
    await asyncio.sleep(61)
    assert not log.of(MarketEvent.PositionModeChanged)
    assert connector.openings_stopped == ""


async def test_multi_assets_mode_is_told_by_its_push_and_the_account_read_anew_behind_a_gate(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, said: list[str]
) -> None:
    venue.faults.arm("slow_answer", ms=2_000, method="GET", path="/fapi/v3/balance")
    venue.act(lambda engine, now_ms: engine.set_multi_assets(venue.account_id, True, now_ms))
    told = await log.waits_for(MarketEvent.MultiAssetsModeChanged)
    assert isinstance(told, MultiAssetsModeChangedEvent)
    assert told.is_on
    assert connector.components.ledger.is_multi_assets
    assert not connector.status_dict[gates.ACCOUNT_BALANCE]
    await until(lambda: connector.ready, "the account was read")
    assert said == ["another hand set the multi-assets mode: on"]


async def test_brackets_that_change_under_a_position_are_told_within_a_minute(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, said: list[str]
) -> None:
    await _long(connector, log)
    before = connector.components.ledger.max_notional(SYMBOL)
    _narrowed(venue)
    await _within(62, lambda: bool(log.of(MarketEvent.BracketsChanged)), "read")
    (told,) = log.of(MarketEvent.BracketsChanged)
    assert isinstance(told, BracketsChangedEvent)
    assert (told.before, told.max_notional) == (before, connector.components.ledger.max_notional(SYMBOL))
    assert told.max_notional < told.before
    assert said[-1].startswith(f"the exchange changed the brackets of {PAIR}: most notional at the leverage ")


@pytest.mark.parametrize("own_settings", [{"check_budget": False}])
async def test_brackets_that_changed_are_believed_at_the_first_refusal_for_them(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    _narrowed(venue)
    most = venue.engine.listing(SYMBOL).instrument.cap_at(connector.get_leverage(PAIR))
    amount = (D(most) / 59_000).quantize(D("0.001")) + D("0.1")
    connector.buy(PAIR, amount, OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.OrderFailure)
    assert connector.refusals == {-2027: 1}
    await _within(3, lambda: connector.components.ledger.max_notional(SYMBOL) == most, "believed")
    assert len(log.of(MarketEvent.BracketsChanged)) == 1


async def test_the_maintenance_of_brackets_that_changed_is_reckoned_by(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    before = connector.components.ledger.brackets(SYMBOL)
    _narrowed(venue)
    await _within(62, lambda: connector.components.ledger.brackets(SYMBOL) != before, "read")
    now = connector.components.ledger.brackets(SYMBOL)
    assert [(row.cap_e8, row.cum_e8) for row in now] == [(row.cap_e8 // 1000, row.cum_e8 // 1000) for row in before]


async def test_margin_that_is_held_where_nothing_is_traded_here_is_told_with_both_figures(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, said: list[str]
) -> None:
    request = OrderRequest("ETHUSDT", BUY, LIMIT, D("1"), D("2000"))
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, request, now_ms))
    await _within(45, lambda: bool(log.of(MarketEvent.MarginDrift)), "told")
    (told,) = log.of(MarketEvent.MarginDrift)
    assert isinstance(told, MarginDriftEvent)
    assert told.asset == "USDT"
    assert told.venue < told.ours
    assert connector.get_available_balance("USDT") == told.venue
    both = f"{plain(told.ours)} as reckoned, {plain(told.venue)} by the exchange"
    assert said[-1] == f"free USDT: {both}: the lesser is used"
    await asyncio.sleep(120)
    assert len(log.of(MarketEvent.MarginDrift)) == 1


def _narrowed(venue: LocalExchange) -> None:
    """Every bracket is a thousandth as wide; `cum` follows."""
    rows = venue.engine.listing(SYMBOL).instrument.brackets
    venue.act(lambda engine, now_ms: engine.change_brackets(SYMBOL, scaled(rows, D("0.001")), now_ms))


async def test_a_key_that_may_not_trade_any_more_is_told_as_what_holds_openings(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    venue.faults.arm("altered_answer", method="GET", path="/fapi/v1/accountConfig", field="canTrade", value="false")
    await until(lambda: "may not trade" in connector.openings_stopped, "told", within_s=62)
    await until(lambda: not connector.openings_stopped, "and over", within_s=62)


# What the exchange does.


async def test_each_step_of_a_liquidation_is_told_with_its_figures_and_what_the_fund_had_of_it(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, said: list[str]
) -> None:
    wallet = connector.get_balance("USDT")
    for step in range(1, 4):
        connector.buy(PAIR, D("0.010"), OrderType.MARKET)
        await log.waits_for(MarketEvent.BuyOrderCompleted, step)
        await until(lambda: _held(connector) == D("0.010"), "held")
        venue.act(lambda engine, now_ms: engine.force_liquidation(venue.account_id, SYMBOL, now_ms))
        told = await log.waits_for(MarketEvent.Liquidation, step)
        assert isinstance(told, LiquidationEvent)
        assert (told.trading_pair, told.amount, told.auto_deleveraged) == (PAIR, D("0.010"), False)
        assert told.realized_pnl < 0 < told.price
        await log.waits_for(MarketEvent.InsuranceCleared, step)
    await asyncio.sleep(75)
    steps = [event for event in log.of(MarketEvent.Liquidation) if isinstance(event, LiquidationEvent)]
    cleared = [event for event in log.of(MarketEvent.InsuranceCleared) if isinstance(event, InsuranceClearedEvent)]
    assert (len(steps), len(cleared)) == (3, 3)
    own = sum((D(event.trade_fee.flat_fees[0].amount) for event in log.of(MarketEvent.OrderFilled)), D(0))  # type: ignore[attr-defined]
    change = sum((event.realized_pnl - event.fee for event in steps), D(0)) + sum(e.amount for e in cleared) - own
    assert connector.get_balance("USDT") - wallet == change
    assert not log.of(MarketEvent.PositionDrift)
    assert not log.of(MarketEvent.ForeignFill)
    assert [line.split(":")[0] for line in said] == ["liquidated", f"liquidation of {PAIR}"] * 3
    assert f"0.01 {PAIR} closed at " in said[0]
    assert connector.ready


@pytest.mark.parametrize(("fault", "word"), [("forced_liquidation", "liquidated"), ("forced_adl", "auto-deleveraged")])
async def test_what_closed_a_position_while_the_stream_was_away_is_told_once_and_is_no_drift(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, said: list[str], fault: str, word: str
) -> None:
    await _long(connector, log)
    await asyncio.sleep(11)
    venue.faults.arm("lost_user_event", times=10)
    venue.faults.arm(fault, symbol=SYMBOL)
    venue.faults.arm("cut_sockets")
    await log.waits_for(MarketEvent.Liquidation)
    await asyncio.sleep(30)
    (told,) = log.of(MarketEvent.Liquidation)
    assert isinstance(told, LiquidationEvent)
    assert (told.amount, told.auto_deleveraged) == (D("0.010"), fault == "forced_adl")
    assert not log.of(MarketEvent.PositionDrift)
    assert not log.of(MarketEvent.ForeignFill)
    assert [line for line in said if word in line] == [line for line in said if line.startswith(f"{word}: 0.01 {PAIR}")]


async def test_a_margin_call_and_the_liquidation_after_it_are_told(
    connector: PerpetualDerivative, venue: LocalExchange, trader: Trader, log: EventLog, said: list[str]
) -> None:
    await connector.set_leverage(PAIR, 50)
    trader.quote(SELL, "60010", "20")
    await _long(connector, log, "5")
    venue.act(lambda engine, now_ms: engine.fix_mark(SYMBOL, 58300 * 10**8))
    told = await log.waits_for(MarketEvent.MarginCall)
    assert isinstance(told, MarginCallEvent)
    assert told.trading_pairs == (PAIR,)
    venue.act(lambda engine, now_ms: engine.fix_mark(SYMBOL, 57000 * 10**8))
    await log.waits_for(MarketEvent.Liquidation)
    await until(lambda: not connector.account_positions, "flat", within_s=30)
    cleared = await log.waits_for(MarketEvent.InsuranceCleared)
    await asyncio.sleep(75)
    steps = [event for event in log.of(MarketEvent.Liquidation) if isinstance(event, LiquidationEvent)]
    assert isinstance(cleared, InsuranceClearedEvent)
    assert sum(step.amount for step in steps) == D(5)
    lines = [event async for event in connector.venue_api.income_since(0, "INSURANCE_CLEAR")]
    told_of = [event for event in log.of(MarketEvent.InsuranceCleared) if isinstance(event, InsuranceClearedEvent)]
    assert [(event.income_id, event.amount) for event in told_of] == [(line.income_id, line.amount) for line in lines]
    assert [line for line in said if line.startswith(f"liquidation of {PAIR}: ")]
    (called, *_) = [line for line in said if line.startswith("margin call")]
    assert called.startswith(
        f"margin call: {PAIR}: liquidation is near; 5 {PAIR} at 60,010.0, liquidated at a mark price"
    )
    assert not log.of(MarketEvent.PositionDrift)


async def test_a_contract_that_ends_settles_its_position_by_the_exchanges_act(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, said: list[str]
) -> None:
    await _long(connector, log)
    venue.faults.arm("delisting", symbol=SYMBOL, ms=20_000)
    told = await log.waits_for(MarketEvent.PositionSettled)
    assert isinstance(told, PositionSettledEvent)
    assert (told.trading_pair, told.amount) == (PAIR, D("0.010"))
    await asyncio.sleep(25)
    assert not connector.account_positions
    assert not log.of(MarketEvent.Liquidation)
    assert not log.of(MarketEvent.PositionDrift)
    assert [line for line in said if "settled by the exchange" in line] == [
        line for line in said if line.startswith("settled by the exchange, since the contract ends: 0.01 BTC-USDT")
    ]


def _liquidation_frame(connector: PerpetualDerivative, name: str, **figures: object) -> bytes:
    """A frame of the user stream as the venue sends it for an order of its own."""
    now_ms = connector.venue_time_ms()
    row = {
        "s": SYMBOL, "c": name, "S": "SELL", "o": "LIMIT", "f": "IOC", "p": "44100.00", "sp": "0", "x": "CALCULATED",
        "i": 7_001, "T": now_ms, "t": 9_001, "b": "0", "a": "0", "m": False, "R": True, "wt": "CONTRACT_PRICE",
        "ot": "LIMIT", "ps": "BOTH", "cp": False, "AP": "0", "cr": "0", "pP": False, "V": "NONE", **figures,
    }  # fmt: skip
    return json.dumps({"e": "ORDER_TRADE_UPDATE", "T": now_ms, "E": now_ms, "o": row}).encode()


async def test_a_liquidation_of_nothing_is_no_fill_and_no_loss(
    connector: PerpetualDerivative, log: EventLog, said: list[str]
) -> None:
    figures = {"q": "0.000", "ap": "0.00", "X": "FILLED", "l": "0.000", "z": "0.000", "L": "0.00", "rp": "0.00"}
    nothing = {"o": "MARKET", "p": "0", "sp": None, "N": None, "n": None, "AP": None, "cr": None, "V": None, "W": None}
    frame = _liquidation_frame(connector, "autoclose-7001", **figures, **nothing)
    connector.components.user.on_frame(frame, 1)
    await asyncio.sleep(30)
    assert log.tags() == []
    assert said == []
    assert connector.ready


async def test_an_order_that_the_insurance_fund_takes_over_whole_is_told_though_its_status_is_that_of_a_new_one(
    connector: PerpetualDerivative, log: EventLog, said: list[str]
) -> None:
    figures = {"q": "0.030", "ap": "44100.00", "X": "NEW_INSURANCE", "l": "0.030", "z": "0.030", "L": "44100.00"}
    frame = _liquidation_frame(connector, "autoclose-insurance-7001", **figures, N="USDT", n="0.66150000", rp="-11.00")
    for _ in range(2):
        connector.components.user.on_frame(frame, 1)
    (told,) = log.of(MarketEvent.Liquidation)
    assert isinstance(told, LiquidationEvent)
    assert (told.amount, told.price, told.realized_pnl, told.fee) == (D("0.030"), D(44_100), D(-11), D("0.66150000"))
    assert said == [f"liquidated: 0.03 {PAIR} closed at 44,100, result -11, fee 0.6615"]


# Money and trades of others.


async def test_a_transfer_is_told_with_its_amount(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, said: list[str]
) -> None:
    venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, 250 * 10**8, now_ms))
    told = await log.waits_for(MarketEvent.Transfer)
    assert isinstance(told, TransferEvent)
    assert (told.asset, told.amount) == ("USDT", D(250))
    venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, -50 * 10**8, now_ms))
    await log.waits_for(MarketEvent.Transfer, 2)
    assert [line.rsplit(" (", 1)[0] for line in said] == [
        "250 USDT came into the wallet", "50 USDT went out of the wallet",
    ]  # fmt: skip


async def test_a_trade_of_another_hand_is_told_once_and_explains_the_position(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, said: list[str]
) -> None:
    _by_hand(venue, BUY, "0.020", client_order_id="web_17")
    told = await log.waits_for(MarketEvent.ForeignFill)
    assert isinstance(told, ForeignFillEvent)
    assert (told.trading_pair, told.order_id, told.amount, told.price) == (PAIR, "web_17", D("0.020"), D(60_010))
    await asyncio.sleep(30)
    assert len(log.of(MarketEvent.ForeignFill)) == 1
    assert not log.of(MarketEvent.PositionDrift)
    assert _held(connector) == D("0.020")
    assert said == ["not by this bot: 0.02 BTC-USDT bought at 60,010 by order web_17"]


async def test_a_trade_of_another_hand_that_the_stream_did_not_tell_is_found_on_the_list(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    venue.faults.arm("lost_user_event", times=10)
    _by_hand(venue, BUY, "0.020", client_order_id="web_18")
    told = await log.waits_for(MarketEvent.ForeignFill)
    assert isinstance(told, ForeignFillEvent)
    assert (told.order_id, told.amount) == ("web_18", D("0.020"))
    await asyncio.sleep(30)
    assert len(log.of(MarketEvent.ForeignFill)) == 1
    assert not log.of(MarketEvent.PositionDrift)


async def test_the_own_trades_of_a_day_are_no_other_hands(
    connector: PerpetualDerivative, log: EventLog, said: list[str]
) -> None:
    for _ in range(3):
        await _long(connector, log)
        connector.sell(PAIR, D("0.010"), OrderType.MARKET, position_action=PositionAction.CLOSE)
        await until(lambda: not connector.account_positions, "flat")
        log.events.clear()
    await asyncio.sleep(30)
    assert said == []


# Clocks and numbers that go back.


async def test_positions_and_mark_follow_an_exchange_whose_clock_steps_back(
    connector: PerpetualDerivative, venue: LocalExchange, trader: Trader, log: EventLog
) -> None:
    venue.faults.arm("clock_skew", ms=60_000)
    await asyncio.sleep(12)
    await until(lambda: connector.ready, "ready under the other clock", within_s=30)
    await _long(connector, log)
    venue.faults.arm("clock_skew", times=0)
    _by_hand(venue, BUY, "0.020", client_order_id="web_1")
    await _within(4, lambda: _held(connector) == D("0.030"), f"followed; held {_held(connector)}")
    venue.act(lambda engine, now_ms: engine.fix_mark(SYMBOL, 60100 * 10**8))
    await _within(5, lambda: connector.get_mark_price(PAIR) == D("60100"), "the mark, too")
    await until(lambda: connector.ready, "ready", within_s=30)
    assert not log.of(MarketEvent.PositionDrift)


async def test_a_book_whose_numbers_fall_while_the_socket_lives_is_built_anew(
    connector: PerpetualDerivative, venue: LocalExchange, trader: Trader
) -> None:
    resyncs = connector.components.feed.symbols[SYMBOL].resyncs
    venue.faults.arm("ids_fall")
    for step in range(40):
        trader.quote(BUY, str(59_991 + step % 5), "0.1")
        await asyncio.sleep(0.1)
    await _within(3, lambda: connector.get_price(PAIR, False) == D("59995"), "the new touch")
    assert connector.components.feed.symbols[SYMBOL].resyncs > resyncs
    assert connector.ready
