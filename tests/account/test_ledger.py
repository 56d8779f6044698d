from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest

from connector.account.ledger import Ledger
from connector.core.enums import MarginType, OrderType, PositionAction, PositionMode, PositionSide, TradeType
from connector.core.events import (
    FundingPaymentCompletedEvent,
    LeverageConfirmedEvent,
    MarginCallEvent,
    OrderFilledEvent,
    PositionDriftEvent,
)
from connector.core.position import Position
from connector.core.reports import (
    BracketRow,
    BracketsReport,
    CollateralRate,
    CollateralReport,
    FundingReport,
    LeverageReport,
    MarginCallReport,
    PositionModeReport,
    ReportSource,
)
from connector.core.trade_fee import TradeFee
from tests.companions.account.scenes import (
    BOTH,
    LONG,
    SHORT,
    account,
    balance,
    isolated,
    names,
    new_ledger,
    position,
    snapshot,
)
from tests.companions.orders.scenes import fill

D = Decimal


@pytest.fixture
def ledger() -> Ledger:
    return new_ledger()


def wallet(ledger: Ledger, asset: str = "USDT") -> Decimal | None:
    balance = ledger.balance(asset)
    return balance.wallet if balance else None


def held(ledger: Ledger) -> dict[tuple[str, PositionSide], Decimal]:
    return {(row.symbol, row.position_side): row.amount for row in ledger.positions}


def filled(
    side: TradeType, amount: str, time_ms: int, action: PositionAction = PositionAction.OPEN
) -> OrderFilledEvent:
    return OrderFilledEvent(
        timestamp=time_ms / 1000,
        order_id="desk-1",
        trading_pair="BTC-USDT",
        trade_type=side,
        order_type=OrderType.LIMIT,
        price=D(100),
        amount=D(amount),
        trade_fee=TradeFee(),
        position=action,
    )


def test_an_asset_that_is_not_named_in_a_push_stands(ledger: Ledger) -> None:
    ledger.apply(account(1_000, [balance("100"), balance("5", "BNB")]), 1_000)
    ledger.apply(account(2_000, [balance("90")]), 2_000)
    assert (wallet(ledger), wallet(ledger, "BNB")) == (D(90), D(5))


def test_what_a_complete_snapshot_leaves_out_is_gone(ledger: Ledger) -> None:
    ledger.apply(account(1_000, [balance("100"), balance("5", "BNB")], [position("2")]), 1_000)
    ledger.apply(snapshot(9_000, [balance("100")]), 9_000)
    assert (wallet(ledger, "BNB"), held(ledger)) == (None, {})


def test_what_a_replica_leaves_out_that_lags_behind_the_stream_stays(ledger: Ledger) -> None:
    ledger.apply(account(1_000, [balance("100")], [position("2")]), 1_000)
    ledger.apply(snapshot(1_400), 1_400)
    assert (wallet(ledger), held(ledger)) == (D(100), {("BTCUSDT", PositionSide.BOTH): D(2)})


def test_rows_of_a_snapshot_are_dated_by_their_own_time(ledger: Ledger) -> None:
    ledger.apply(account(5_000, [balance("100")], [position("2")]), 5_000)
    old = replace(balance("90"), time_ms=4_900), replace(position("1"), time_ms=4_900)
    ledger.apply(snapshot(5_300, [old[0]], [old[1]]), 5_300)
    assert (wallet(ledger), held(ledger)) == (D(100), {("BTCUSDT", PositionSide.BOTH): D(2)})
    ledger.apply(account(5_100, [balance("110")]), 5_400)
    assert wallet(ledger) == 110


@pytest.mark.parametrize("dated_ms", [3_600_000, 7_000])
def test_a_word_that_is_dated_ahead_of_the_clock_keeps_no_snapshot_out(ledger: Ledger, dated_ms: int) -> None:
    ledger.apply(account(dated_ms, [balance("1")], [position("9")]), 5_000)
    ledger.apply(snapshot(5_300, [replace(balance("100"), time_ms=4_000)]), 5_300)
    assert (wallet(ledger), held(ledger)) == (D(100), {})


def test_a_position_of_zero_is_none(ledger: Ledger) -> None:
    ledger.apply(account(1_000, positions=[position("2")]), 1_000)
    ledger.apply(account(2_000, positions=[position("0")]), 2_000)
    assert (ledger.positions, ledger.positions_of("BTCUSDT"), ledger.account_positions()) == ((), (), {})


NEWS = [
    account(1_000, [balance("100")], [position("1")]),
    account(2_000, [balance("200")], [position("0")]),
    account(3_000, [balance("300")], [position("3")]),
]


@pytest.mark.parametrize("order", list(permutations(NEWS)))
def test_older_news_never_overwrites_newer(ledger: Ledger, order: tuple[object, ...]) -> None:
    for report in order:
        ledger.apply(report, 9_000)
    assert (wallet(ledger), held(ledger)) == (D(300), {("BTCUSDT", BOTH): D(3)})


def test_an_older_word_does_not_bring_back_a_closed_position(ledger: Ledger) -> None:
    ledger.apply(account(2_000, positions=[position("0")]), 2_000)
    ledger.apply(account(1_000, positions=[position("1")]), 2_100)
    assert held(ledger) == {}


def test_an_old_snapshot_neither_overwrites_nor_removes_what_is_newer(ledger: Ledger) -> None:
    ledger.apply(account(2_000, [balance("200"), balance("5", "BNB")], [position("2")]), 2_000)
    ledger.apply(snapshot(1_000, [balance("100")]), 2_100)
    assert (wallet(ledger), wallet(ledger, "BNB"), held(ledger)) == (D(200), D(5), {("BTCUSDT", BOTH): D(2)})


def test_hedge_positions_stand_beside_each_other_and_the_empty_net_row_is_none(ledger: Ledger) -> None:
    rows = [position("2", side=LONG), position("-1", side=SHORT), position("0")]
    ledger.apply(account(1_000, positions=rows), 1_000)
    assert set(held(ledger)) == {("BTCUSDT", LONG), ("BTCUSDT", SHORT)}
    assert set(ledger.account_positions()) == {"BTC-USDTLONG", "BTC-USDTSHORT"}


def test_positions_are_shown_by_pair_with_the_leverage_in_force(ledger: Ledger) -> None:
    ledger.apply(LeverageReport("BTCUSDT", 20), 1_000)
    ledger.apply(account(1_000, positions=[isolated(position("-2")), position("9", "SOLUSDT")]), 1_000)
    shown = Position("BTC-USDT", BOTH, D(0), D(100), D(-2), 20, MarginType.ISOLATED)
    assert ledger.account_positions() == {"BTC-USDT": shown}


def test_a_payment_is_told_with_what_was_settled(ledger: Ledger) -> None:
    paid = FundingReport(
        ReportSource.QUERY, "BTCUSDT", "USDT", D("-0.5"), 3_605_000, "77", rate=D("0.0001"), interval_ms=3_600_000
    )
    assert ledger.apply(paid, 3_700_000) == (
        FundingPaymentCompletedEvent(3_605.0, "local", "BTC-USDT", D("-0.5"), D("0.0001"), "USDT", "77", 3_600.0),
    )
    assert ledger.apply(paid, 3_800_000) == ()


def test_a_rate_that_nobody_told_is_none_and_not_nought(ledger: Ledger) -> None:
    (event,) = ledger.apply(FundingReport(ReportSource.QUERY, "BTCUSDT", "USDT", D(1), 5_000, "77"), 6_000)
    assert isinstance(event, FundingPaymentCompletedEvent)
    assert event.funding_rate.is_nan()


def test_a_push_of_funding_moves_the_wallet_and_is_no_payment_yet(ledger: Ledger) -> None:
    """It has no number, by which alone a payment counts once."""
    push = account(3_600_000, [balance("99.5", change="-0.5")], reason="FUNDING_FEE", funding_symbol="BTCUSDT")
    assert ledger.apply(push, 3_600_100) == ()
    assert wallet(ledger) == D("99.5")


def test_funding_of_a_symbol_that_is_not_ours_is_no_event_and_its_money_counts(ledger: Ledger) -> None:
    push = account(1_000, [balance("98", change="-2")], reason="FUNDING_FEE", funding_symbol="SOLUSDT")
    assert (ledger.apply(push, 1_000), wallet(ledger)) == ((), D(98))
    assert ledger.apply(FundingReport(ReportSource.QUERY, "SOLUSDT", "USDT", D(-2), 1_000, "77"), 2_000) == ()


def test_leverage_is_unknown_until_confirmed_and_an_event_when_it_changes(ledger: Ledger) -> None:
    assert (ledger.leverage("BTCUSDT"), ledger.max_notional("BTCUSDT")) == (None, None)
    assert ledger.apply(LeverageReport("BTCUSDT", 5, D(1000)), 1_000) == (LeverageConfirmedEvent(1.0, "BTC-USDT", 5),)
    assert ledger.apply(LeverageReport("BTCUSDT", 5), 2_000) == ()
    assert (ledger.leverage("BTCUSDT"), ledger.max_notional("BTCUSDT")) == (5, D(1000))
    assert names(ledger.apply(LeverageReport("BTCUSDT", 20), 3_000)) == ["LeverageConfirmed"]
    assert ledger.max_notional("BTCUSDT") is None


def test_leverage_of_a_symbol_that_is_not_ours_is_known_and_no_event(ledger: Ledger) -> None:
    assert ledger.apply(LeverageReport("SOLUSDT", 5), 1_000) == ()
    assert ledger.leverage("SOLUSDT") == 5


def test_a_margin_call_names_foreign_symbols_too(ledger: Ledger) -> None:
    call = MarginCallReport(("BTCUSDT", "SOLUSDT"), 5_000)
    assert ledger.apply(call, 9_000) == (MarginCallEvent(5.0, ("BTC-USDT", "SOLUSDT")),)


def test_a_snapshot_that_our_fills_explain_is_no_drift(ledger: Ledger) -> None:
    ledger.apply(snapshot(100_000), 100_000)
    ledger.explain(filled(TradeType.BUY, "2", 150_000))
    ledger.apply(account(150_000, positions=[position("2")]), 150_000)
    assert ledger.apply(snapshot(200_000, positions=[position("2")]), 200_000) == ()


def test_what_the_venue_closed_by_itself_explains_a_snapshot(ledger: Ledger) -> None:
    ledger.apply(snapshot(100_000, positions=[position("3")]), 100_000)
    for number in ("1", "2"):
        ledger.explain_of_another("BTCUSDT", TradeType.SELL, fill(number, "1.5", time_ms=150_000))
    assert ledger.apply(snapshot(200_000), 200_000) == ()
    assert not ledger.suspects_drift


def test_a_foreign_trade_is_a_drift_though_the_push_reported_it_before(ledger: Ledger) -> None:
    ledger.apply(snapshot(100_000), 100_000)
    ledger.apply(account(150_000, positions=[position("2")]), 150_000)
    assert ledger.apply(snapshot(190_000, positions=[position("2")]), 190_000) == ()
    assert ledger.suspects_drift
    assert ledger.apply(snapshot(200_000, positions=[position("2")]), 200_000) == (
        PositionDriftEvent(200.0, "BTC-USDT", ours=D(0), venue=D(2)),
    )


def test_positions_of_symbols_that_are_not_ours_never_drift(ledger: Ledger) -> None:
    ledger.apply(snapshot(100_000), 100_000)
    assert ledger.apply(snapshot(200_000, positions=[position("2", "SOLUSDT")]), 200_000) == ()


def test_in_hedge_mode_a_closing_sell_explains_the_long_and_an_opening_one_the_short(ledger: Ledger) -> None:
    ledger.apply(PositionModeReport(PositionMode.HEDGE), 0)
    ledger.apply(snapshot(100_000, positions=[position("3", side=LONG)]), 100_000)
    ledger.explain(filled(TradeType.SELL, "1", 150_000, PositionAction.CLOSE))
    ledger.explain(filled(TradeType.SELL, "5", 150_000, PositionAction.OPEN))
    rows = [position("2", side=LONG), position("-5", side=SHORT), position("0")]
    assert ledger.apply(snapshot(200_000, positions=rows), 200_000) == ()


def test_a_source_without_a_margin_type_changes_none_and_what_is_posted_shows_one() -> None:
    """positionRisk tells none: an isolated position that has lost all that was posted is isolated still."""
    ledger = new_ledger()
    ledger.apply(snapshot(1_000, positions=[position("3")]), 1_000)
    assert ledger.positions[0].margin_type is MarginType.CROSSED
    ledger.apply(account(2_000, positions=[isolated(position("3"))]), 2_000)
    ledger.apply(snapshot(20_000, positions=[position("3")]), 20_000)
    assert ledger.positions[0].margin_type is MarginType.ISOLATED
    assert ledger.margin_type("BTCUSDT") is MarginType.ISOLATED


def test_the_margin_type_of_a_flat_symbol_is_told_by_its_configuration_and_by_its_change() -> None:
    ledger = new_ledger()
    assert ledger.margin_type("BTCUSDT") is None
    ledger.apply(LeverageReport("BTCUSDT", 5, None, MarginType.ISOLATED), 1_000)
    assert ledger.margin_type("BTCUSDT") is MarginType.ISOLATED
    ledger.apply(LeverageReport("BTCUSDT", 5), 2_000)
    assert ledger.margin_type("BTCUSDT") is MarginType.ISOLATED, "the push of a leverage tells none"
    ledger.apply(account(3_000, positions=[position("0")], reason="MARGIN_TYPE_CHANGE"), 3_000)
    assert ledger.margin_type("BTCUSDT") is MarginType.CROSSED


def test_brackets_join_and_the_last_ones_told_hold() -> None:
    ledger = new_ledger()
    assert ledger.brackets("BTCUSDT") == ()
    for cap in (100, 50):
        rows = (BracketRow(20, Decimal(cap), Decimal("0.01")), BracketRow(5, Decimal(1_000), Decimal("0.05")))
        ledger.apply(BracketsReport("BTCUSDT", rows), 1_000)
    low, high = ledger.brackets("BTCUSDT")
    assert (low.cap_e8, high.floor_e8, high.cum_e8) == (50 * 10**8, 50 * 10**8, 2 * 10**8)


def test_rates_are_kept_by_asset_and_an_answer_that_leaves_one_out_says_nothing_of_it() -> None:
    ledger = new_ledger()
    assert not ledger.has_rates
    for asset in ("BTC", "ETH"):
        ledger.apply(CollateralReport((CollateralRate(asset, Decimal(9), Decimal(11)),)), 1_000)
    rates = ledger.rates("BTC")
    assert rates is not None
    assert (rates.bid_e8, rates.ask_e8) == (9 * 10**8, 11 * 10**8)
    assert ledger.rates("USDT") is None


def test_a_position_tells_what_is_posted_for_it_and_its_place_in_the_queue() -> None:
    ledger = new_ledger()
    row = replace(isolated(position("3")), isolated_wallet=Decimal(30), adl_rank=2)
    ledger.apply(snapshot(1_000, positions=[row]), 1_000)
    told = ledger.account_positions()["BTC-USDT"]
    assert (told.isolated_wallet, told.adl_rank, told.margin_type) == (Decimal(30), 2, MarginType.ISOLATED)


def test_once_the_venues_clock_stepped_back_what_it_told_before_keeps_nothing_out(ledger: Ledger) -> None:
    ledger.apply(snapshot(100_000), 100_000)
    ledger.apply(account(160_000, positions=[position("1")]), 100_000)
    ledger.apply(account(101_000, positions=[position("3")]), 101_000)
    assert ledger.held("BTCUSDT", BOTH) == D(1)
    ledger.step_back(101_000)
    ledger.apply(account(102_000, positions=[position("3")]), 102_000)
    assert ledger.held("BTCUSDT", BOTH) == D(3)
    assert ledger.apply(snapshot(103_000, positions=[position("3")]), 103_000) == ()
    assert not ledger.suspects_drift


def test_a_row_that_is_dated_long_after_its_question_counts_as_of_the_question(ledger: Ledger) -> None:
    ledger.apply(snapshot(100_000, positions=[replace(position("1"), time_ms=160_000)]), 100_000)
    ledger.apply(account(101_000, positions=[position("3")]), 101_000)
    assert ledger.held("BTCUSDT", BOTH) == D(3)
