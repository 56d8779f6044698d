"""How figures are shown."""

from decimal import Decimal

import pytest

from connector.bot.report.decimals import duration, money, percent, price_text, signed
from connector.core.amounts import NAN

D = Decimal


@pytest.mark.parametrize(
    ("price", "tick", "text"),
    [
        ("60010", "0.10", "60,010.0"),
        ("0.20123", "0.00001", "0.20123"),
        ("0.0000083", "0.0000001", "0.0000083"),
        ("1234567.4", "1", "1,234,567"),
        ("5", "0", "5"),
    ],
)
def test_a_price_has_the_decimals_of_its_pair(price: str, tick: str, text: str) -> None:
    assert price_text(D(price), D(tick)) == text


def test_what_is_not_known_is_a_dash() -> None:
    assert price_text(NAN, D(1)) == price_text(None, D(1)) == money(NAN) == percent(NAN) == "-"


def test_money_has_four_decimals_and_as_many_more_as_it_needs_to_be_seen() -> None:
    assert money(D("1234.5")) == "1,234.5000"
    assert money(D("0.0000083")) == "0.0000083"
    assert money(D(0)) == money(D("5.7e-9")) == signed(D("5.7e-9")) == "0.0000"


def test_what_was_received_has_a_plus_and_what_was_paid_a_minus() -> None:
    assert (signed(D("0.042")), signed(D("-0.042")), signed(D(0))) == ("+0.0420", "-0.0420", "0.0000")


def test_a_fraction_is_shown_in_percent_and_a_time_in_hours() -> None:
    assert percent(D("0.01234")) == "1.23 %"
    assert duration(3 * 3600 + 62.9) == "3:01:02"
