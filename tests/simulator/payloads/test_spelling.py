import pytest

from connector.simulator.fixed_point import E8
from connector.simulator.market.default_instruments import BTCUSDT
from connector.simulator.payloads.spelling import (
    average_text,
    bare_e8,
    bare_price,
    bare_quantity,
    bare_value,
    one_decimal_e8,
    short_e8,
)


def test_nothing_is_a_bare_zero_and_all_else_keeps_its_decimals() -> None:
    assert (bare_e8(0), bare_e8(E8 // 4)) == ("0", "0.25000000")
    assert (bare_price(0, BTCUSDT), bare_price(600_001, BTCUSDT)) == ("0", "60000.10")
    assert (bare_quantity(0, BTCUSDT), bare_quantity(-10, BTCUSDT)) == ("0", "-0.010")
    assert (bare_value(0, BTCUSDT), bare_value(600 * E8, BTCUSDT)) == ("0", "600.00000")


@pytest.mark.parametrize(
    ("amount_e8", "event", "rest"),
    [
        (60_000 * E8, "60000", "60000.0"),
        (6_000_010_000_000, "60000.1", "60000.1"),
        (1, "0.00000001", "0.00000001"),
        (0, "0", "0.0"),
    ],
)
def test_a_short_figure_has_no_zeros_at_its_end(amount_e8: int, event: str, rest: str) -> None:
    assert (short_e8(amount_e8), one_decimal_e8(amount_e8)) == (event, rest)


def test_an_average_has_the_decimals_of_price_and_quantity_together() -> None:
    thrice = 600_000 + 2 * 600_001
    assert average_text(thrice, 3, BTCUSDT, "0") == "60000.06667"
    assert average_text(0, 0, BTCUSDT, "0") == "0"
