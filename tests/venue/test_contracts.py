"""Contract arithmetic."""

from decimal import Decimal

from connector.venue.contracts import LINEAR

D = Decimal


def test_a_linear_position_gains_in_the_quote_asset() -> None:
    assert LINEAR.notional(D(60_000), D("0.5"), D(1)) == 30_000
    assert LINEAR.pnl(D(60_000), D(61_000), D("-0.5"), D(1)) == -500
