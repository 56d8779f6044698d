"""What a second factor bars says what it is, and the command that lets it go."""

from connector.exchange.account.factor_permit import EVERYTHING, Permit

PERMIT = Permit("binance_perpetual", 50, lambda leverage: leverage <= 75, approves_modes=lambda: False)


def test_without_a_second_factor_nothing_is_barred() -> None:
    assert EVERYTHING.bars_leverage(125) == EVERYTHING.bars_modes() == ""


def test_a_leverage_above_the_threshold_needs_an_approval() -> None:
    assert PERMIT.bars_leverage(50) == PERMIT.bars_leverage(75) == ""
    assert "connector approve leverage 76 --domain binance_perpetual --for 8h" in PERMIT.bars_leverage(76)


def test_a_change_of_modes_needs_one_too() -> None:
    assert "connector approve modes --domain binance_perpetual" in PERMIT.bars_modes()
