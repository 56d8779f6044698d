from decimal import Decimal

import pytest

from connector.simulator.fixed_point import E8
from connector.simulator.market.candles import Bar
from connector.simulator.market.default_instruments import BTCUSDT
from connector.simulator.market.positioning_history import Positioning
from connector.simulator.payloads.statistics_payloads import basis_row, open_interest_row, ratio_row, taker_row

ROW = Positioning(1_700_006_400_000, 1_500, 60_000 * E8, 59_990 * E8, 6_000_250_000_000, 3, 1, 1, 0, 900, 0)


def test_open_interest_is_told_in_base_units_and_in_money() -> None:
    assert list(open_interest_row(ROW, BTCUSDT).items()) == [
        ("symbol", "BTCUSDT"),
        ("sumOpenInterest", "1.50000000"),
        ("sumOpenInterestValue", "90000.00000000"),
        ("CMCCirculatingSupply", "0.00000000"),
        ("timestamp", 1_700_006_400_000),
    ]


def row_of(longs: int, shorts: int) -> tuple[str, str, str]:
    """Share of the longs, of the shorts, and the ratio."""
    row = ratio_row("BTCUSDT", longs, shorts, 7)
    assert row is not None
    return str(row["longAccount"]), str(row["shortAccount"]), str(row["longShortRatio"])


def test_shares_add_up_and_stand_to_each_other_as_the_ratio_says() -> None:
    row = ratio_row("BTCUSDT", 3, 1, 7)
    assert row is not None
    assert list(row.items()) == [
        ("symbol", "BTCUSDT"),
        ("longAccount", "0.7500"),
        ("longShortRatio", "3.0000"),
        ("shortAccount", "0.2500"),
        ("timestamp", 7),
    ]


@pytest.mark.parametrize(("longs", "shorts"), [(2, 1), (1, 2), (18105, 10000), (9999, 1), (1, 9999), (7, 3), (1, 1)])
def test_shares_and_ratio_tell_the_same_to_their_last_decimal(longs: int, shorts: int) -> None:
    long_share, short_share, ratio = map(Decimal, row_of(longs, shorts))
    assert long_share + short_share == 1
    assert abs(ratio / (1 + ratio) - long_share) <= Decimal("0.0001")
    assert abs(ratio - Decimal(longs) / shorts) <= Decimal("0.00005")


def test_the_figures_of_the_venues_page_stand_beside_each_other() -> None:
    assert row_of(18105, 10000) == ("0.6442", "0.3558", "1.8105")


@pytest.mark.parametrize(("longs", "shorts"), [(0, 0), (2, 0), (0, 2), (1, 30_000), (30_000, 1)])
def test_there_is_no_ratio_to_a_side_that_is_empty_or_told_as_nothing(longs: int, shorts: int) -> None:
    assert ratio_row("BTCUSDT", longs, shorts, 7) is None


def test_what_takers_bought_and_sold_is_told_in_base_units() -> None:
    bar = Bar(9, 1, 1, 1, 1, count=3, lots=5_000, value=5_000, taken_lots=2_000, taken_value=2_000)
    row = taker_row(bar, BTCUSDT)
    assert row is not None
    assert list(row.items()) == [
        ("buySellRatio", "0.6667"),
        ("sellVol", "3.0000"),
        ("buyVol", "2.0000"),
        ("timestamp", 9),
    ]


@pytest.mark.parametrize("taken_lots", [0, 10])
def test_takers_of_one_side_alone_have_no_ratio(taken_lots: int) -> None:
    assert taker_row(Bar(9, 1, 1, 1, 1, count=1, lots=10, value=10, taken_lots=taken_lots), BTCUSDT) is None


def test_the_basis_is_last_less_index() -> None:
    assert list(basis_row(ROW, BTCUSDT).items()) == [
        ("indexPrice", "59990.00000000"),
        ("contractType", "PERPETUAL"),
        ("basisRate", "0.0002"),
        ("futuresPrice", "60002.5"),
        ("annualizedBasisRate", ""),
        ("basis", "12.5"),
        ("pair", "BTCUSDT"),
        ("timestamp", 1_700_006_400_000),
    ]
