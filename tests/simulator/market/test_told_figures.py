"""Figures as JSON has them: what is one, and what is none."""

from decimal import Decimal

import pytest

from connector.simulator.market.told_figures import figure_of


@pytest.mark.parametrize(
    ("told", "figure"),
    [("0.0100", "0.0100"), ("1e-3", "0.001"), (7, "7"), (0.05, "0.05"), ("-2", "-2"), (" 3 ", "3"), ("0", "0")],
)
def test_a_figure_is_what_was_spelt(told: object, figure: str) -> None:
    assert figure_of(told) == Decimal(figure)


@pytest.mark.parametrize(
    "told",
    [None, True, False, "", "x", "NaN", "-Infinity", float("nan"), "1e400", 10**15, -(10**15), [], ["1"], {}, b"1"],
)
def test_what_is_no_figure_is_none(told: object) -> None:
    assert figure_of(told) is None
