"""What a second factor bars says what it is, and the command that lets it go."""

from connector.bot.session.run_permit import EVERYTHING, RunPermit

PERMIT = RunPermit("binance_perpetual", 50, lambda leverage: 1_000.0 if leverage <= 75 else 0.0, may_change_modes=False)


def test_without_a_second_factor_nothing_is_barred() -> None:
    assert EVERYTHING.bars_leverage(125, 0) == EVERYTHING.bars_modes() == ""


def test_a_leverage_above_the_threshold_needs_an_approval_that_lasts() -> None:
    assert PERMIT.bars_leverage(50, 10**12) == ""
    assert PERMIT.bars_leverage(75, 999) == ""
    for leverage, now_s in ((75, 1_000), (76, 0)):
        barred = PERMIT.bars_leverage(leverage, now_s)
        assert f"connector approve leverage {leverage} --domain binance_perpetual --for 8h" in barred


def test_a_change_of_modes_needs_one_too() -> None:
    assert "connector approve modes --domain binance_perpetual" in PERMIT.bars_modes()
