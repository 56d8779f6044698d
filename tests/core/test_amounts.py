"""Rounding: each function in the direction that its name says, and on the grid."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.amounts import ceil_to, floor_to, is_multiple, plain

STEPS = st.sampled_from([Decimal("0.1"), Decimal("0.001"), Decimal("5"), Decimal("0.00000001")])
AMOUNTS = st.decimals(min_value=-10_000_000, max_value=10_000_000, places=9)


@given(STEPS, AMOUNTS)
def test_floor_and_ceiling_enclose_the_amount_within_one_step(step: Decimal, amount: Decimal) -> None:
    low, high = floor_to(step, amount), ceil_to(step, amount)
    assert low <= amount <= high
    assert high - low in (0, step)
    assert is_multiple(step, low)
    assert is_multiple(step, high)


@pytest.mark.parametrize("rounding", [floor_to, ceil_to])
def test_a_step_of_zero_is_no_grid(rounding: object) -> None:
    assert callable(rounding)
    assert rounding(Decimal(0), Decimal("1.2345")) == Decimal("1.2345")


@pytest.mark.parametrize(
    ("amount", "text"),
    [("1E-5", "0.00001"), ("2.500", "2.5"), ("-0", "0"), ("0E-8", "0"), ("1E+3", "1000"), ("-1.10", "-1.1")],
)
def test_amounts_go_out_in_plain_notation(amount: str, text: str) -> None:
    assert plain(Decimal(amount)) == text
