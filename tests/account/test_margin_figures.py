"""What margin comes to, by hand-worked values. The random days of `test_account_equality` hold it to the exchange."""

from dataclasses import replace
from decimal import Decimal

from connector.core.amounts import from_e8
from connector.core.enums import MarginType, PositionSide
from connector.core.reports import BracketRow, BracketsReport, CollateralRate, CollateralReport, MultiAssetsReport
from tests.companions.account.scenes import (
    BOTH,
    Desk,
    balance,
    candidate,
    desk_with,
    isolated,
    position,
    snapshot,
    working,
)
from tests.companions.account.scenes import BUY as BUYS

D = Decimal
#: 1 % up to 1,000, 5 % beyond.
ROWS = (BracketRow(20, D(1_000), D("0.01")), BracketRow(5, D(1_000_000), D("0.05")))


def with_brackets(desk: Desk) -> Desk:
    assert desk.budget
    for symbol in ("BTCUSDT", "ETHUSDT"):
        desk.ledger.apply(BracketsReport(symbol, ROWS), 0)
    return desk


def test_a_cross_position_is_backed_by_the_whole_wallet() -> None:
    """3 at 100 from 90: notional 300, initial margin 30, maintenance 3, and 30 gained beside a wallet of 270. It is
    liquidated where 270 + 3 (p - 90) = 0.03 p, at 0: the wallet bears any fall."""
    desk = with_brackets(desk_with("270", position("3", entry="90")))
    margin = desk.budget.figures.position("BTC-USDT", BOTH)
    assert margin is not None
    assert (margin.notional, margin.initial_margin, margin.maintenance_margin) == (D(300), D(30), D(3))
    assert (margin.unrealized_pnl, margin.margin_ratio) == (D(30), D("0.01"))
    assert margin.liquidation_price == 0
    assert margin.margin_type is MarginType.CROSSED


def test_the_liquidation_price_of_a_long_that_its_wallet_does_not_bear() -> None:
    """100 + 3 (p - 100) = 0.03 p: p = 200 / 2.97."""
    desk = with_brackets(desk_with("100", position("3")))
    margin = desk.budget.figures.position("BTC-USDT", BOTH)
    assert margin is not None
    assert margin.liquidation_price == D("67.34006734")


def test_an_isolated_position_stands_and_falls_with_what_is_posted_for_it() -> None:
    """30 + 3 (p - 100) = 0.03 p: p = 270 / 2.97. Of its 30, 3 are needed."""
    row = replace(isolated(position("3")), isolated_wallet=D(30))
    desk = with_brackets(desk_with("1000", row))
    margin = desk.budget.figures.position("BTC-USDT", BOTH)
    assert margin is not None
    assert (margin.isolated_wallet, margin.margin_ratio) == (D(30), D("0.1"))
    assert margin.liquidation_price == D("90.90909091")


def test_orders_beside_a_position_are_told_apart_from_it() -> None:
    desk = with_brackets(desk_with("1000", position("3")))
    desk.order(working(BUYS, "2", "90"))
    margin = desk.budget.figures.position("BTC-USDT", BOTH)
    assert margin is not None
    assert (margin.initial_margin, margin.order_margin) == (D(30), D(18))


def test_what_may_leave_leaves_gains_behind_and_pays_for_margin() -> None:
    """At 110 a long of 3 from 100 has gained 30 and takes 33: 997 are free of a wallet of 1,000."""
    desk = with_brackets(desk_with("1000", position("3")))
    desk.mark("110")
    assert from_e8(desk.budget.figures.withdrawable_e8("USDT") or 0) == D(997)
    desk.mark("200")
    assert from_e8(desk.budget.figures.withdrawable_e8("USDT") or 0) == D(1000), "the gain of 300 is not withdrawn"


def test_what_others_took_of_the_account_does_not_leave() -> None:
    """Of 1,000 the exchange says that 640 are free, and nothing of ours takes the rest."""
    desk = with_brackets(desk_with("1000"))
    desk.ledger.apply(snapshot(20_000, [balance("1000", available="640")]), 20_000)
    desk.budget.apply_snapshot()
    assert from_e8(desk.budget.figures.withdrawable_e8("USDT") or 0) == D(640)


def test_without_brackets_maintenance_and_what_hangs_on_it_are_not_known() -> None:
    desk = desk_with("1000", position("3"))
    margin = desk.budget.figures.position("BTC-USDT", BOTH)
    assert margin is not None
    assert margin.initial_margin == D(30)
    assert margin.maintenance_margin.is_nan()
    assert margin.margin_ratio.is_nan()
    assert margin.liquidation_price.is_nan()
    assert desk.budget.figures.backing("USDT") is None


def test_a_flat_position_has_no_figures() -> None:
    desk = desk_with("1000", position("3"))
    assert desk.budget.figures.position("BTC-USDT", PositionSide.LONG) is None


def joint_desk() -> Desk:
    """The published account ("How to Calculate Margin in Multi-Assets Mode", c983a9268c, 2022-07-06): 200 USDT and
    220 USDC, USDT at an index of 0.99 with bid 0.9801 and ask 0.99495."""
    desk = desk_with("200")
    assert desk.budget
    desk.ledger.apply(snapshot(2_000, [balance("200"), balance("220", "USDC")]), 2_000)
    desk.ledger.apply(MultiAssetsReport(True), 2_000)
    return desk


RATES = CollateralReport((CollateralRate("USDT", D("0.9801"), D("0.99495")), CollateralRate("USDC", D(1), D(1))))


def test_in_multi_assets_mode_each_asset_backs_all_at_its_bid_and_is_told_at_its_ask() -> None:
    """200 x 0.9801 + 220 = 416.02 USD."""
    desk = joint_desk()
    assert desk.budget.figures.backing("USDT") is None, "nobody told what assets count for"
    assert desk.budget.lacks_rates
    desk.ledger.apply(RATES, 3_000)
    backing = desk.budget.figures.backing("USDT")
    assert backing is not None
    assert from_e8(backing.margin_balance_e8) == D("416.02")
    assert desk.budget.available_balance("USDT") == D("418.13156440")
    assert desk.budget.available_balance("USDC") == D("416.02")


def test_in_multi_assets_mode_an_order_is_paid_with_what_all_assets_leave_free() -> None:
    """A buy of 40 at 100 and 10 x takes 400 USDT, more than the USDT wallet: 398 USD of 416.02."""
    desk = joint_desk()
    desk.ledger.apply(RATES, 3_000)
    assert desk.budget.adjust_candidate(candidate(BUYS, "41")).amount == 41
    assert desk.budget.adjust_candidate(candidate(BUYS, "42")).amount == 0
    both = [candidate(BUYS, "30"), candidate(BUYS, "30", trading_pair="ETH-USDT")]
    assert [one.amount for one in desk.budget.adjust_candidates(both)] == [30, 0], "each beside those before it"
    assert desk.budget.adjust_candidate(candidate(BUYS, "41")).amount == 41, "and nothing is left of a question"
    desk.order(working(BUYS, "40", "100"))
    assert desk.budget.available_balance("USDC") == D("416.02") - D("397.98")


def test_back_in_single_asset_mode_each_asset_stands_for_itself() -> None:
    desk = joint_desk()
    desk.ledger.apply(RATES, 3_000)
    assert desk.budget.available_balance("USDC") == D("416.02")
    desk.ledger.apply(MultiAssetsReport(False), 4_000)
    assert desk.budget.available_balance("USDC") == D(220)
    assert desk.budget.available_balance("USDT") == D(200)


def test_all_positions_are_told_at_once_as_each_alone() -> None:
    """Two cross positions share one ratio, an isolated one has its own; a flat pair is not among them."""
    own = replace(isolated(position("-2", "ETHUSDT")), isolated_wallet=D(40))
    desk = with_brackets(desk_with("1000", position("3"), own))
    desk.mark("103")
    told = desk.budget.figures.positions()
    assert [margin.trading_pair for margin in told] == ["BTC-USDT", "ETH-USDT"]
    assert told == [desk.budget.figures.position(margin.trading_pair, BOTH) for margin in told]
    assert [margin.margin_ratio for margin in told] == [D("0.00306244"), D("0.05")]


def test_brackets_that_change_under_a_position_change_what_it_needs() -> None:
    desk = with_brackets(desk_with("1000", position("3")))
    desk.ledger.apply(BracketsReport("BTCUSDT", (BracketRow(20, D(1_000_000), D("0.02")),)), 1)
    backing = desk.budget.figures.backing("USDT")
    assert backing is not None
    assert from_e8(backing.maintenance_e8) == 6


def test_maintenance_is_not_known_while_brackets_of_one_cross_position_are_missing() -> None:
    desk = desk_with("1000", position("3"), position("1", "ETHUSDT"))
    assert desk.budget
    desk.ledger.apply(BracketsReport("BTCUSDT", ROWS), 0)
    assert desk.budget.figures.backing("USDT") is None
    margin = desk.budget.figures.position("BTC-USDT", BOTH)
    assert margin is not None
    assert (margin.maintenance_margin, margin.liquidation_price.is_nan()) == (3, True)
    desk.ledger.apply(BracketsReport("ETHUSDT", ROWS), 0)
    assert desk.budget.figures.backing("USDT") is not None
