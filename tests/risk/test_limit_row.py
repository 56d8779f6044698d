"""A limit as it is shown."""

from decimal import Decimal

from connector.risk.limit_row import LimitRow, figure

D = Decimal


def test_a_limit_that_is_passed_tells_by_how_much() -> None:
    row = LimitRow("max_loss_of_day", D("512.3"), D(500), "USDT")
    assert row.overrun == D("12.3")
    assert row.struck_text() == "max_loss_of_day struck: 512.3 USDT, at most 500, passed by 12.3"
    assert LimitRow("max_loss_of_day", D(10), D(500), "USDT").overrun == 0


def test_a_least_one_is_passed_from_above() -> None:
    row = LimitRow("min_liquidation_distance", D("3.5"), D(5), "% of mark", is_least=True)
    assert row.text() == "3.5 % of mark, at least 5"
    assert row.overrun == D("1.5")


def test_small_amounts_keep_the_digits_that_tell_something() -> None:
    assert (figure(D("0.00012345678")), figure(D("1234.5678")), figure(D("NaN"))) == ("0.00012346", "1234.57", "NaN")


def test_its_share_is_a_percentage_of_the_bound() -> None:
    assert LimitRow("max_position", D("0.25"), D("0.5"), "BTC").share == 50
    assert LimitRow("max_position", D(1), D(0), "BTC").share == 0
