"""What is free follows orders, the account and mark prices by their events alone."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from connector.core.enums import PositionAction, PositionMode, PositionSide, TradeType
from connector.core.reports import LeverageReport, PositionModeReport
from connector.orders.changes import Change
from tests.companions.account.scenes import (
    BUY,
    LONG,
    SELL,
    SHORT,
    Desk,
    account,
    balance,
    candidate,
    desk_with,
    isolated,
    position,
    snapshot,
    working,
)
from tests.companions.orders.scenes import fill

D = Decimal


def free(desk: Desk) -> Decimal:
    return desk.budget.available_balance("USDT")


def test_all_of_an_idle_wallet_is_free_and_an_asset_that_the_account_lacks_is_not_there() -> None:
    assert free(desk_with("1000")) == D(1000)
    assert desk_with("1000").budget.available_balance("USDC") == 0


def test_working_orders_and_positions_of_all_pairs_hold_margin() -> None:
    """1000 - 3 x 100 / 10 - 2 x 90 / 10."""
    desk = desk_with("1000", position("3"))
    desk.order(working(BUY, "2", "90", trading_pair="ETH-USDT"))
    assert free(desk) == D(952)


@pytest.mark.parametrize("order", [working(SELL, "3", "90", PositionAction.CLOSE), working(BUY, "0", "90")])
def test_a_closing_order_and_a_filled_up_one_hold_nothing(order: object) -> None:
    desk = desk_with("1000")
    desk.order(order)
    assert free(desk) == D(1000)


def test_an_order_that_is_filled_in_part_or_amended_holds_what_is_left_at_its_price() -> None:
    desk = desk_with("1000")
    resting = desk.order(working(BUY, "2", "90"))
    resting.claimed_amount = D(1)
    desk.budget.take_order(resting)
    assert free(desk) == D(991)
    resting.price = D(80)
    desk.budget.take_order(resting)
    assert free(desk) == D(992)


@pytest.mark.parametrize(
    ("side", "price", "wanted", "takes"),
    [
        (BUY, "90", "80", 90),
        (BUY, "80", "90", 90),
        (SELL, "120", "110", 120),
        # A sell is assumed at the mark of 100 at least, and loses what it is below.
        (SELL, "95", "98", 100 + 10 * 5),
        (SELL, "98", "95", 100 + 10 * 5),
    ],
)
def test_until_a_change_is_answered_the_dearer_of_both_prices_is_held(
    side: TradeType, price: str, wanted: str, takes: int
) -> None:
    """At leverage 10, by tenths."""
    desk = desk_with("1000")
    order = desk.order(working(side, "1", price))
    order.change = Change(D(wanted), D(1))
    desk.budget.take_order(order)
    assert free(desk) == D(1000) - D(takes) / 10
    order.change, order.price = None, D(wanted)
    desk.budget.take_order(order)
    assert free(desk) >= D(1000) - D(takes) / 10


def test_a_conditional_order_holds_nothing_until_it_is_triggered_and_then_once() -> None:
    desk = Desk()
    desk.ledger.apply(snapshot(1_000, [balance("1000")]), 1_000)
    order = working(BUY, "2", "90")
    order.waits_for_trigger = True
    desk.order(order)
    assert free(desk) == D(1000)
    order.waits_for_trigger = False
    desk.order(order)
    assert free(desk) == D(820)
    desk.end(order)
    assert free(desk) == D(1000)


def test_an_order_that_was_given_up_and_lives_at_the_exchange_holds_its_margin() -> None:
    desk = desk_with("1000")
    resting = desk.order(working(BUY, "2", "90"))
    resting.is_open, resting.ghost = False, True
    desk.budget.take_order(resting)
    assert free(desk) == D(982)
    resting.ghost = False
    desk.budget.take_order(resting)
    assert free(desk) == D(1000)


def test_what_is_free_follows_the_mark_price_at_once() -> None:
    """At 110 a long of 3 from 100 has gained 30 and takes 33."""
    desk = desk_with("1000", position("3"))
    desk.mark("110")
    assert free(desk) == D(997)


def test_an_isolated_position_is_backed_by_its_own_wallet_and_its_orders_by_the_cross_wallet() -> None:
    desk = desk_with("1000", isolated(position("3")))
    desk.mark("50")
    assert free(desk) == D(1000)
    desk.order(working(BUY, "2", "40"))
    assert free(desk) == D(992)


def test_a_leverage_that_is_not_confirmed_counts_as_the_dearest_and_a_confirmed_one_at_once() -> None:
    desk = Desk()
    desk.ledger.apply(snapshot(1_000, [balance("1000")]), 1_000)
    desk.order(working(BUY, "2", "90"))
    assert free(desk) == D(820)
    desk.ledger.apply(LeverageReport("BTCUSDT", 5), 2_000)
    assert free(desk) == D(964)


def test_the_account_is_followed_by_every_word_of_the_venue() -> None:
    desk = desk_with("1000")
    assert free(desk) == D(1000)
    desk.ledger.apply(account(2_000, [balance("900")], [position("3")]), 2_000)
    assert free(desk) == D(870)
    desk.ledger.apply(account(3_000, [], [position("0")]), 3_000)
    assert free(desk) == D(900)
    desk.ledger.apply(snapshot(20_000, []), 20_000)
    assert free(desk) == 0, "a complete word leaves out what is not there"


def test_another_position_mode_makes_the_same_orders_orders_of_other_positions() -> None:
    """Quotes on both sides share their margin in one-way mode alone; a close is of the other side's position."""
    desk = desk_with("1000")
    for order in (working(BUY, "2", "90"), working(SELL, "2", "100")):
        desk.order(order)
    assert free(desk) == D(980)
    desk.ledger.apply(PositionModeReport(PositionMode.HEDGE), 2_000)
    assert free(desk) == D(962)


def test_hedged_sides_are_charged_both() -> None:
    desk = desk_with("1000", position("3", side=LONG), position("-2", side=SHORT), mode=PositionMode.HEDGE)
    assert free(desk) == D(950)


def test_a_pair_that_is_held_without_a_price_leaves_the_venues_own_figure() -> None:
    desk = Desk()
    desk.prices["BTC-USDT"] = type(desk.prices["BTC-USDT"])(*(D("NaN") for _ in range(4)))
    desk.ledger.apply(snapshot(1_000, [balance("1000", available="640")], [position("3")]), 1_000)
    assert free(desk) == D(640)
    desk.prices["BTC-USDT"] = desk.prices["ETH-USDT"]
    desk.mark("100")
    assert free(desk) == D(700)


def test_a_market_order_on_its_way_holds_margin_at_its_assumed_price() -> None:
    """101 x 1.0005 = 101.0505: 2 take 20.2101 and lose 2.101."""
    desk = desk_with("1000")
    desk.order(working(BUY, "2", None))
    assert free(desk) == D(1000) - D("20.2101") - D("2.101")
    assert desk.budget.adjust_candidate(candidate(BUY, "1")).amount == 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda desk: desk.budget.available_balance("USDT"),
        lambda desk: desk.budget.figures.backing("USDT"),
        lambda desk: desk.budget.explain(candidate(BUY, "900", "90")),
        lambda desk: desk.budget.adjust_candidates([candidate(BUY, "9", "1000")], all_or_none=False),
        lambda desk: desk.budget.apply_snapshot(),
        lambda desk: desk.mark("120"),
        lambda desk: desk.budget.take_order(working(SELL, "1", "110")),
        lambda desk: desk.budget.forget("BTC-USDT"),
        lambda desk: desk.ledger.apply(PositionModeReport(PositionMode.HEDGE), 1),
    ],
)
def test_a_trade_that_was_told_late_is_counted_before_anything_is_asked(
    ask: Callable[[Desk], object],
) -> None:
    at_once, late = desk_with("1000", position("1")), desk_with("1000", position("1"))
    trade = fill("7", "1", "90")
    for desk in (at_once, late):
        order = desk.order(working(BUY, "2", "90"))
        order.claimed_amount = D(1)
        if desk is at_once:
            desk.budget.take_order(order)
            desk.budget.take_trade(order.trading_pair, PositionSide.BOTH, order.trade_type, trade)
        else:
            desk.sources.late_fills.append((order, trade))
    assert repr(ask(late)) == repr(ask(at_once))
    assert late.sources.late_fills == []
    assert free(late) == free(at_once)
