from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.account.order_cost import MarketPrices
from connector.core.enums import OrderType, PositionAction, PositionMode
from connector.core.faults import ArgumentFault
from connector.core.intents import OrderIntent
from connector.core.interface import BudgetCheckerView
from connector.core.order_candidate import TokenAmount
from connector.core.order_options import OrderOptions
from tests.companions.account.scenes import (
    BUY,
    FLAT_PRICES,
    LONG,
    SELL,
    Desk,
    balance,
    candidate,
    desk_with,
    position,
    rule,
    snapshot,
    working,
)

D = Decimal


def amounts(desk: Desk, *asked: object, all_or_none: bool = True) -> list[Decimal]:
    checker: BudgetCheckerView = desk.budget
    return [one.amount for one in checker.adjust_candidates(asked, all_or_none)]


def test_what_can_be_paid_for_is_left_as_it_is() -> None:
    asked = candidate(BUY, "10", "100")
    assert desk_with("100").budget.adjust_candidate(asked) is asked


def test_leverage_is_considered() -> None:
    """10 x 100 at leverage 10 takes 100, at leverage 5 it takes 200."""
    assert amounts(desk_with("100", leverage=10), candidate(BUY, "10")) == [D(10)]
    assert amounts(desk_with("100", leverage=5), candidate(BUY, "10")) == [D(0)]


def test_the_fee_is_paid_beside_the_margin() -> None:
    desk = desk_with("100")
    desk.fee_rate = D("0.0005")
    assert amounts(desk, candidate(BUY, "10")) == [D(0)]
    assert amounts(desk, candidate(BUY, "10"), all_or_none=False) == [D("9.9")]


def test_a_cut_amount_lies_on_the_lot_grid_of_its_order_type() -> None:
    desk = desk_with("97.3")
    assert amounts(desk, candidate(BUY, "20"), all_or_none=False) == [D("9.7")]
    market = candidate(BUY, "20", order_type=OrderType.MARKET)
    assert amounts(desk, market, all_or_none=False) == [D("8.5")], "best ask 101 x 1.0005, and what it loses at once"


def test_a_short_needs_no_base_asset() -> None:
    assert amounts(desk_with("100"), candidate(SELL, "10", "100")) == [D(10)]


def test_quotes_on_both_sides_of_a_one_way_pair_are_not_charged_twice() -> None:
    asked = [candidate(BUY, "10", "100"), candidate(SELL, "10", "100")]
    assert amounts(desk_with("100"), *asked) == [D(10), D(10)]
    assert amounts(desk_with("100", mode=PositionMode.HEDGE), *asked) == [D(10), D(0)]


def test_levels_of_one_side_are_charged_one_beside_the_other() -> None:
    asked = [candidate(BUY, "6", "100"), candidate(BUY, "6", "100"), candidate(BUY, "4", "100")]
    assert amounts(desk_with("100"), *asked) == [D(6), D(0), D(4)]
    assert amounts(desk_with("100"), *asked, all_or_none=False) == [D(6), D(4), D(0)]


def test_pairs_share_one_wallet() -> None:
    asked = [candidate(BUY, "6", "100"), candidate(BUY, "6", "100", trading_pair="ETH-USDT")]
    assert amounts(desk_with("100"), *asked) == [D(6), D(0)]


def test_a_closing_order_needs_no_collateral_and_no_balance() -> None:
    desk = desk_with("0", position("3", side=LONG), mode=PositionMode.HEDGE)
    asked = candidate(SELL, "3", closes=True)
    assert desk.budget.adjust_candidate(asked) is asked
    assert desk.budget.explain(asked) == ""


def test_an_order_of_ours_holds_its_margin_from_the_moment_it_is_tracked_until_it_is_gone() -> None:
    """The venue says nothing when an order reserves or releases margin; the account report stays as it was."""
    desk = desk_with("100")
    resting = desk.order(working(BUY, "8", "100"))
    assert desk.budget.available_balance("USDT") == D(20)
    assert amounts(desk, candidate(BUY, "8")) == [D(0)]
    desk.end(resting)
    assert desk.budget.available_balance("USDT") == D(100)
    assert amounts(desk, candidate(BUY, "8")) == [D(8)]


def test_an_amount_is_cut_to_what_the_leverage_bracket_allows() -> None:
    desk = desk_with("1000", position("3"), max_notional="500")
    assert amounts(desk, candidate(BUY, "5"), all_or_none=False) == [D(2)]


def test_a_refusal_names_the_numbers() -> None:
    desk = desk_with("100")
    desk.fee_rate = D("0.0005")
    assert desk.budget.explain(candidate(BUY, "20", "100")) == (
        "BTC-USDT buy 20 needs 201 USDT (margin 200 at leverage 10, fees 1); available 100 USDT; 9.9 would pass"
    )
    assert desk.budget.explain(candidate(BUY, "1", "100")) == ""


def test_a_refusal_by_the_bracket_names_the_bracket() -> None:
    desk = desk_with("1000", position("3"), max_notional="500")
    assert desk.budget.explain(candidate(BUY, "5", "100")) == (
        "BTC-USDT buy 5 would reach a notional of 800; leverage 10 allows 500; 2 would pass"
    )


def test_what_others_have_taken_of_a_shared_account_is_withheld_until_the_next_snapshot() -> None:
    desk = desk_with("1000")
    budget = desk.budget
    desk.ledger.apply(snapshot(2_000, [balance("1000", available="700")]), 2_000)
    budget.apply_snapshot()
    assert budget.available_balance("USDT") == D(700)
    desk.order(working(BUY, "2", "100"))
    assert budget.available_balance("USDT") == D(680)
    desk.ledger.apply(snapshot(3_000, [balance("1000", available="980")]), 3_000)
    budget.apply_snapshot()
    assert budget.available_balance("USDT") == D(980)


@pytest.mark.parametrize(
    ("told", "available", "free"), [("90", "943", "970"), ("110", "997", "970"), ("90", "900", "927")]
)
def test_what_a_mark_that_moved_since_the_snapshot_explains_is_not_withheld(
    told: str, available: str, free: str
) -> None:
    """A long of 3 from 100 at leverage 10: at 90 it has lost 30 and takes 27, at 110 gained 30 and takes 33."""
    desk = desk_with("1000")
    budget = desk.budget
    row = replace(position("3"), mark_price=D(told))
    desk.ledger.apply(snapshot(2_000, [balance("1000", available=available)], [row]), 2_000)
    budget.apply_snapshot()
    assert budget.available_balance("USDT") == D(free), "at the mark of now, which is 100"


def test_what_is_missing_at_one_look_alone_is_a_mark_between_two_answers_and_is_not_withheld() -> None:
    desk = desk_with("1000")
    budget, free = desk.budget, []
    for time_ms, told in enumerate(("1000", "700", "1000", "700", "690", "1000"), 2):
        desk.ledger.apply(snapshot(time_ms * 1_000, [balance("1000", available=told)]), time_ms * 1_000)
        budget.apply_snapshot()
        free.append(budget.available_balance("USDT"))
    assert free == [1_000, 1_000, 1_000, 1_000, 700, 1_000]


def test_an_order_still_on_its_way_does_not_make_the_venue_look_generous() -> None:
    desk = desk_with("1000")
    desk.order(working(BUY, "2", "100"))
    budget = desk.budget
    desk.ledger.apply(snapshot(2_000, [balance("1000", available="1000")]), 2_000)
    budget.apply_snapshot()
    assert budget.available_balance("USDT") == D(980)


def test_a_pair_without_a_lot_grid_is_paid_as_a_whole_or_not_at_all() -> None:
    desk = desk_with("100")
    desk.rule_of = lambda trading_pair: replace(rule(trading_pair), step_size=D(0))
    assert desk.budget.adjust_candidate(candidate(BUY, "20"), all_or_none=False).amount == 0


SIDES = st.sampled_from([BUY, SELL])
LOTS = st.integers(0, 200).map(lambda lots: D(lots) / 10)
PRICES = st.integers(80, 120).map(D)


@given(
    wallet=st.integers(0, 300),
    held=st.integers(-5, 5),
    resting=st.tuples(SIDES, LOTS, PRICES),
    side=SIDES,
    wanted=LOTS,
    price=PRICES,
)
def test_a_cut_amount_is_payable_and_one_lot_more_is_not(
    wallet: int, held: int, resting: tuple[object, Decimal, Decimal], side: object, wanted: Decimal, price: Decimal
) -> None:
    desk = desk_with(str(wallet), position(str(held)))
    desk.order(working(resting[0], str(resting[1]), str(resting[2]), PositionAction.OPEN))
    asked = candidate(side, str(wanted), str(price))
    payable = desk.budget.adjust_candidate(asked, all_or_none=False)
    assert desk.budget.explain(payable) == ""
    if payable.amount < wanted:
        assert desk.budget.explain(replace(asked, amount=payable.amount + D("0.1"))) != ""


@pytest.mark.parametrize("all_or_none", [True, False])
def test_nothing_to_adjust_is_nothing(all_or_none: bool) -> None:
    assert amounts(desk_with("0"), all_or_none=all_or_none) == []


def test_a_pair_without_prices_keeps_no_other_pair_from_being_quoted() -> None:
    desk = desk_with("100")
    desk.mark("NaN", "ETH-USDT")
    assert amounts(desk, candidate(BUY, "1")) == [D(1)]
    assert amounts(desk, candidate(BUY, "1", trading_pair="ETH-USDT")) == [D(0)]
    assert "no prices yet" in desk.budget.explain(candidate(BUY, "1", trading_pair="ETH-USDT"))
    desk.order(working(BUY, "1", "100", trading_pair="ETH-USDT"))
    assert amounts(desk, candidate(BUY, "1")) == [D(0)], "what an order there takes cannot be reckoned"


def test_an_inexact_amount_is_told_by_its_name() -> None:
    asked = replace(candidate(BUY, "1", "100"), amount=0.5)  # type: ignore[arg-type]
    with pytest.raises(ArgumentFault, match=r"amount: 0\.5: is a float, not a Decimal; write Decimal\('0.5'\)"):
        desk_with("100").budget.adjust_candidate(asked)


def test_a_market_buy_is_granted_what_the_exchange_takes_however_far_the_ask_is_from_mark() -> None:
    """Mark 60,000, best ask 60,300, leverage 50, 10,000 USDT: margin at 60,330.15 and its distance from mark."""
    desk = desk_with("10000", leverage=50)
    far = MarketPrices(mark=D(60_000), last=D(60_000), best_bid=D(59_900), best_ask=D(60_300))
    desk.prices["BTC-USDT"] = far
    desk.rule_of = lambda trading_pair: replace(rule(trading_pair), market_step_size=D("0.001"))
    asked = candidate(BUY, "20", order_type=OrderType.MARKET)
    assert amounts(desk, asked, all_or_none=False) == [D("6.507")]
    assert "6.507 would pass" in desk.budget.explain(asked)
    desk.fee_rate = D("0.0005")
    assert amounts(desk, asked, all_or_none=False) == [D("6.381")]


@pytest.mark.parametrize("sells", [["2"], ["3"], ["2", "9"]])
def test_closing_sells_of_a_long_leave_buys_what_the_exchange_leaves_them(sells: list[str]) -> None:
    """Long 3 at 100 of 100 USDT at leverage 10: 70 are free, whatever sells up to 3 beyond the position rest."""
    desk = desk_with("100", position("3"))
    for amount in sells[:1]:
        desk.order(working(SELL, amount, "110"))
    assert amounts(desk, candidate(BUY, "20"), all_or_none=False) == [D(7)]


def test_a_closing_order_takes_no_more_than_waiting_closers_leave() -> None:
    desk = desk_with("1000", position("3"))
    desk.order(working(SELL, "1", "110", PositionAction.CLOSE))
    first, second = (candidate(SELL, amount, closes=True) for amount in ("1.5", "5"))
    assert amounts(desk, first, second) == [D("1.5"), D("0.5")]
    assert desk.budget.explain(second) == "BTC-USDT sell 5 is more than is left to close: 2 would pass"
    assert amounts(desk, candidate(BUY, "1", closes=True)) == [D(0)]
    assert "has nothing to close" in desk.budget.explain(candidate(BUY, "1", closes=True))


def test_a_closer_whose_cancel_is_asked_for_keeps_no_exit_back() -> None:
    desk = desk_with("1000", position("3"))
    waiting = desk.order(working(SELL, "3", "110", PositionAction.CLOSE))
    assert amounts(desk, candidate(SELL, "3", closes=True)) == [D(0)]
    waiting.cancel_requested_ms = 1
    desk.budget.take_order(waiting)
    assert amounts(desk, candidate(SELL, "3", closes=True)) == [D(3)]


def test_what_is_cut_below_the_minimum_becomes_nothing_and_says_what_would_pass() -> None:
    """0.4 USDT pay 0.04 at 100 and leverage 10: below the lot of 0.1 and the notional of 5."""
    desk = desk_with("0.4")
    asked = candidate(BUY, "1", "100")
    assert amounts(desk, asked, all_or_none=False) == [D(0)]
    assert desk.budget.explain(asked).endswith("available 0.4 USDT; no amount would pass")
    rich = desk_with("1000")
    small = candidate(BUY, "0.1", "30")
    assert amounts(rich, small) == [D(0)]
    assert rich.budget.explain(small) == "BTC-USDT buy 0.1: MIN_NOTIONAL (minimum 5 USDT); 0.2 would pass"


def test_a_candidate_is_told_what_it_takes() -> None:
    desk = desk_with("100")
    desk.fee_rate = D("0.0005")
    told = desk.budget.populate_collateral_entries(candidate(BUY, "10", "100"))
    assert told.order_collateral == TokenAmount("USDT", D(100))
    assert told.percent_fee_collateral == TokenAmount("USDT", D("0.5"))


def test_without_reserved_fees_the_verdict_is_the_exchanges() -> None:
    desk = desk_with("100")
    desk.fee_rate = D("0.0005")
    desk.sources = replace(desk.sources, reserve_fees=False)
    assert amounts(desk, candidate(BUY, "10")) == [D(10)]


def test_a_refusal_in_a_ladder_counts_what_was_asked_for_before() -> None:
    desk = desk_with("100")
    first, second = candidate(BUY, "6"), candidate(BUY, "6")
    assert desk.budget.explain(second) == ""
    assert "available 40 USDT; 4 would pass" in desk.budget.explain(second, before=[first])


def order(amount: str, price: str | None = "100", **terms: object) -> OrderIntent:
    kind = OrderType.MARKET if price is None else OrderType.LIMIT
    given = {"order_type": kind, "position_action": PositionAction.OPEN, **terms}
    return OrderIntent("BTC-USDT", BUY, amount=D(amount), price=None if price is None else D(price), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("intent", "is_paid"),
    [
        (order("10"), True),
        (order("10.1"), False),
        # Assumed at 101 x 1.0005, where it loses 1.0505 at once.
        (order("8.5", None), True),
        (order("9", None), False),
        (order("500", position_action=PositionAction.CLOSE), True),
        (order("500", order_type=OrderType.STOP, options=OrderOptions(trigger_price=D(110))), True),
    ],
)
def test_an_order_on_its_way_is_paid_as_the_exchange_would_have_it(intent: OrderIntent, is_paid: bool) -> None:
    budget = desk_with("100").budget
    told = budget.unpaid(intent)
    assert (told == "") is is_paid
    assert is_paid or "would pass" in told
    assert budget.available_balance("USDT") == D(100)


def test_an_order_on_its_way_is_judged_by_the_exchange_where_prices_are_missing() -> None:
    desk = desk_with("100")
    desk.prices["BTC-USDT"] = replace(FLAT_PRICES, mark=D("NaN"))
    assert desk.budget.unpaid(order("500")) == ""
