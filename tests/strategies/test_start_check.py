from dataclasses import replace

import pytest

from connector.strategies.ladder import planned
from connector.strategies.start_check import largest_side, start_refusals
from tests.companions.strategies.scene import RULE, D, settings

AT = D(60000)


def test_a_ladder_that_the_rules_take_is_not_refused() -> None:
    assert start_refusals(settings(order_levels="3"), RULE, AT) == ()


def test_an_amount_that_rounds_to_zero_is_refused_by_the_rule() -> None:
    faults = start_refusals(settings(order_amount="0.0009"), RULE, AT)
    assert str(faults[0]) == (
        "order_amount: 0.0009: the buy at 59400: amount 0 breaks LOT_SIZE (minimum 0.001); use at least 0.001"
    )
    assert [fault.key for fault in faults] == ["order_amount", "order_amount"]


def test_a_notional_below_the_minimum_is_refused_with_the_amount_that_would_do() -> None:
    (fault, *_) = start_refusals(settings(), replace(RULE, min_notional=D(1000)), AT)
    assert fault.rule == ("the buy at 59400: amount 0.01 x price 59400 = 594 breaks MIN_NOTIONAL (minimum 1000 USDT)")
    assert fault.remedy == "use an amount of at least 0.017"


def test_a_further_level_that_breaks_a_rule_names_its_own_setting() -> None:
    shrinking = settings(order_amount="0.002", order_levels="2", order_level_amount="-0.0015")
    assert {fault.key for fault in start_refusals(shrinking, RULE, AT)} == {"order_level_amount"}


def test_an_explicit_order_that_breaks_a_rule_is_refused() -> None:
    override = settings(order_override={"a": ["buy", "1", "0.0001"]})
    assert [fault.key for fault in start_refusals(override, RULE, AT)] == ["order_override"]


def test_a_pair_that_does_not_trade_is_refused() -> None:
    halted = replace(RULE, is_trading=False, status="SETTLING")
    assert "SETTLING breaks symbol status" in start_refusals(settings(), halted, AT)[0].rule


@pytest.mark.parametrize(("levels", "refused"), [("99", False), ("100", True)])
def test_more_orders_than_the_pair_allows_are_refused_with_room_for_the_exits(levels: str, refused: bool) -> None:
    many = settings(order_levels=levels, order_level_spread="0.1")
    assert [fault.key for fault in start_refusals(many, RULE, AT)] == (["order_levels"] if refused else [])


def test_too_many_explicit_orders_are_refused_by_their_own_key() -> None:
    rows = {f"o{index}": ["buy", "1", "1"] for index in range(9)}
    (fault,) = start_refusals(settings(order_override=rows), replace(RULE, max_orders=10), AT)
    assert (fault.key, fault.value) == ("order_override", 9)


def test_a_pair_without_a_limit_of_orders_takes_any_number() -> None:
    many = settings(order_levels="900", order_level_spread="0.01")
    assert start_refusals(many, replace(RULE, max_orders=0), AT) == ()


@pytest.mark.parametrize(
    ("held", "largest"),
    [((), "1218"), (("0.1",), "7182"), (("-0.1",), "7218"), (("0.1", "-0.2"), "13218")],
)
def test_the_larger_side_of_the_ladder_is_counted_beside_what_is_held_there(
    held: tuple[str, ...], largest: str
) -> None:
    """Two levels a side of 0.01, at 59,400 and 58,800 below, at 60,600 and 61,200 above."""
    quotes = tuple(planned(settings(order_levels="2"), AT))
    assert largest_side(quotes, [D(amount) for amount in held], AT) == D(largest)
