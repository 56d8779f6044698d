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


def test_shares_add_up_and_stand_to_each_other_as_the_ratio_says() -> None:
    assert list(ratio_row("BTCUSDT", 3, 1, 7).items()) == [
        ("symbol", "BTCUSDT"),
        ("longAccount", "0.7500"),
        ("longShortRatio", "3.0000"),
        ("shortAccount", "0.2500"),
        ("timestamp", 7),
    ]


def test_a_ratio_has_a_bound_where_one_side_is_empty() -> None:
    assert ratio_row("BTCUSDT", 2, 0, 7)["longShortRatio"] == "10000.0000"
    assert ratio_row("BTCUSDT", 0, 2, 7)["longShortRatio"] == "0.0001"


def test_what_takers_bought_and_sold_is_told_in_base_units() -> None:
    bar = Bar(9, 1, 1, 1, 1, count=3, lots=5_000, value=5_000, taken_lots=2_000, taken_value=2_000)
    assert list(taker_row(bar, BTCUSDT).items()) == [
        ("buySellRatio", "0.6667"),
        ("sellVol", "3.0000"),
        ("buyVol", "2.0000"),
        ("timestamp", 9),
    ]
    only_bought = Bar(9, 1, 1, 1, 1, count=1, lots=10, value=10, taken_lots=10, taken_value=10)
    assert taker_row(only_bought, BTCUSDT)["buySellRatio"] == "10.0000"


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
