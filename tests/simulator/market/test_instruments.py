from decimal import Decimal
from itertools import pairwise

from connector.simulator.fixed_point import E8
from connector.simulator.market.default_instruments import BTCUSDT, ETHUSDT
from connector.simulator.market.instruments import scaled


def test_prices_and_quantities_are_shown_with_the_contracts_precision() -> None:
    assert BTCUSDT.price_text(BTCUSDT.ticks_of(Decimal("60000.1"))) == "60000.10"
    assert BTCUSDT.quantity_text(BTCUSDT.lots_of(Decimal("0.01"))) == "0.010"
    assert ETHUSDT.price_text(ETHUSDT.ticks_of(Decimal("3000.01"))) == "3000.01"


def test_price_times_quantity_is_exact() -> None:
    ticks, lots = BTCUSDT.ticks_of(Decimal("60000.1")), BTCUSDT.lots_of(Decimal("0.007"))
    assert Decimal(BTCUSDT.value_e16(ticks, lots)).scaleb(-16) == Decimal("420.0007")


def test_maintenance_is_continuous_where_brackets_meet() -> None:
    for below, above in zip(BTCUSDT.brackets, BTCUSDT.brackets[1:], strict=False):
        border_e8 = below.cap * E8
        assert border_e8 * below.rate_e8 // E8 - below.cum_e8 == border_e8 * above.rate_e8 // E8 - above.cum_e8


def test_a_notional_on_the_cap_belongs_to_the_lower_bracket() -> None:
    assert BTCUSDT.bracket_of(300_000 * E8).number == 1
    assert BTCUSDT.bracket_of(300_000 * E8 + 1).number == 2


def test_leverage_decides_the_largest_notional() -> None:
    assert [BTCUSDT.cap_at(leverage) for leverage in (125, 110, 100, 20, 1)] == [
        300_000,
        300_000,
        800_000,
        100_000_000,
        1_800_000_000,
    ]


def test_scaled_brackets_keep_their_rates_and_stay_continuous() -> None:
    rows = scaled(BTCUSDT.brackets, Decimal("0.5"))
    assert [(row.leverage, row.rate_e8, row.cap * 2) for row in rows] == [
        (row.leverage, row.rate_e8, row.cap) for row in BTCUSDT.brackets
    ]
    for low, high in pairwise(rows):
        assert low.cap * low.rate_e8 - low.cum_e8 == high.floor * high.rate_e8 - high.cum_e8


def test_a_leverage_above_the_most_is_bound_as_the_most_is() -> None:
    assert BTCUSDT.cap_at(126) == BTCUSDT.cap_at(125) == 300_000
