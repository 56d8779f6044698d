from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.enums import OrderType, PositionAction, PositionMode
from connector.core.faults import ArgumentFault
from connector.core.interface import BudgetCheckerView
from tests.companions.account.scenes import (
    BUY,
    LONG,
    SELL,
    Desk,
    balance,
    candidate,
    desk_with,
    position,
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
    assert amounts(desk, market, all_or_none=False) == [D("9.5")]


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
    desk.orders = [working(BUY, "8", "100")]
    assert desk.budget.available_balance("USDT") == D(20)
    assert amounts(desk, candidate(BUY, "8")) == [D(0)]
    desk.orders = []
    assert desk.budget.available_balance("USDT") == D(100)
    assert amounts(desk, candidate(BUY, "8")) == [D(8)]


def test_an_amount_is_cut_to_what_the_leverage_bracket_allows() -> None:
    desk = desk_with("1000", position("3"), max_notional="500")
    assert amounts(desk, candidate(BUY, "5"), all_or_none=False) == [D(2)]


def test_a_refusal_names_the_numbers() -> None:
    desk = desk_with("100")
    desk.fee_rate = D("0.0005")
    assert desk.budget.explain(candidate(BUY, "20", "100")) == (
        "BTC-USDT buy 20 needs 201 USDT (margin 200 at leverage 10, fees 1); available 100 USDT"
    )
    assert desk.budget.explain(candidate(BUY, "1", "100")) == ""


def test_a_refusal_by_the_bracket_names_the_bracket() -> None:
    desk = desk_with("1000", position("3"), max_notional="500")
    assert desk.budget.explain(candidate(BUY, "5", "100")) == (
        "BTC-USDT buy 5 would reach a notional of 800; leverage 10 allows 500"
    )


def test_what_others_have_taken_of_a_shared_account_is_withheld_until_the_next_snapshot() -> None:
    desk = desk_with("1000")
    budget = desk.budget
    desk.ledger.apply(snapshot(2_000, [balance("1000", available="700")]), 2_000)
    budget.apply_snapshot()
    assert budget.available_balance("USDT") == D(700)
    desk.orders = [working(BUY, "2", "100")]
    assert budget.available_balance("USDT") == D(680)
    desk.ledger.apply(snapshot(3_000, [balance("1000", available="980")]), 3_000)
    budget.apply_snapshot()
    assert budget.available_balance("USDT") == D(980)


def test_an_order_still_on_its_way_does_not_make_the_venue_look_generous() -> None:
    desk = desk_with("1000")
    desk.orders = [working(BUY, "2", "100")]
    budget = desk.budget
    desk.ledger.apply(snapshot(2_000, [balance("1000", available="1000")]), 2_000)
    budget.apply_snapshot()
    assert budget.available_balance("USDT") == D(980)


def test_a_pair_without_a_lot_grid_is_paid_as_a_whole_or_not_at_all() -> None:
    desk = desk_with("100")
    rules = {pair: replace(one, step_size=D(0)) for pair, one in desk.sources.rules.items()}
    budget = type(desk.budget)(desk.ledger, replace(desk.sources, rules=rules))
    assert budget.adjust_candidate(candidate(BUY, "20"), all_or_none=False).amount == 0


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
    desk.orders = [working(resting[0], str(resting[1]), str(resting[2]), PositionAction.OPEN)]
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
    desk.orders.append(working(BUY, "1", "100", trading_pair="ETH-USDT"))
    assert amounts(desk, candidate(BUY, "1")) == [D(0)], "what an order there takes cannot be reckoned"


def test_an_inexact_amount_is_told_by_its_name() -> None:
    asked = replace(candidate(BUY, "1", "100"), amount=0.5)  # type: ignore[arg-type]
    with pytest.raises(ArgumentFault, match=r"amount: 0\.5: is a float, not a Decimal; write Decimal\('0.5'\)"):
        desk_with("100").budget.adjust_candidate(asked)
