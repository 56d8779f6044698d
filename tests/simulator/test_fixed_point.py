from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.simulator.fixed_point import decimals_of, e8_text, half_up, text_of, to_e8


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(1, 2, 1), (-1, 2, -1), (3, 2, 2), (1, 3, 0), (-5, 3, -2), (5, -3, -2), (-5, -3, 2), (0, 7, 0)],
)
def test_halves_go_away_from_zero_on_both_sides(numerator: int, denominator: int, rounded: int) -> None:
    assert half_up(numerator, denominator) == rounded


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_booking_rounds_as_decimal_half_up_does(numerator: int, denominator: int) -> None:
    exact = Decimal(numerator) / Decimal(denominator)
    assert half_up(numerator, denominator) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@given(st.integers(-(10**15), 10**15))
def test_shown_money_reads_back_as_the_same_money(amount_e8: int) -> None:
    assert to_e8(Decimal(e8_text(amount_e8))) == amount_e8


def test_texts_keep_their_decimals_and_their_sign() -> None:
    assert (text_of(-5, 2), text_of(123, 0), text_of(60_000_00, 2)) == ("-0.05", "123", "60000.00")


def test_trailing_zeros_are_no_decimals() -> None:
    assert [decimals_of(Decimal(text)) for text in ("0.10", "5", "100", "0.001")] == [1, 0, 0, 3]
