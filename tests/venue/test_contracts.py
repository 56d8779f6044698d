"""Contract arithmetic, linear and inverse."""

from decimal import Decimal

from connector.venue.contracts import INVERSE, LINEAR

D = Decimal


def test_a_linear_position_gains_in_the_quote_asset() -> None:
    assert LINEAR.notional(D(60_000), D("0.5"), D(1)) == 30_000
    assert LINEAR.pnl(D(60_000), D(61_000), D("-0.5"), D(1)) == -500


def test_an_inverse_position_gains_in_the_base_asset() -> None:
    assert INVERSE.notional(D(50_000), D(10), D(100)) == D("0.02")
    assert INVERSE.pnl(D(40_000), D(50_000), D(10), D(100)) == D("0.005")
    assert INVERSE.pnl(D(50_000), D(40_000), D(-10), D(100)) == D("0.005")
