"""A position."""

from decimal import Decimal

from connector.core.enums import MarginType, PositionSide
from connector.core.position import Position


def test_a_position_is_crossed_unless_it_says_otherwise() -> None:
    position = Position("BTC-USDT", PositionSide.BOTH, Decimal(0), Decimal(60000), Decimal("-0.1"), 10)
    assert position.margin_type is MarginType.CROSSED
    assert (position.isolated_wallet, position.adl_rank) == (0, None)
