"""Fields of a row: what stands for one that is missing, and what is said of one that is wrong."""

from decimal import Decimal

import pytest

from connector.simulator.market.row_fields import (
    Unusable,
    amount_in,
    choice_in,
    precision_in,
    share_in,
    shown,
    text_in,
    whole_in,
    words_in,
)

HALF = Decimal("0.5")


def test_what_is_missing_has_its_default() -> None:
    assert (amount_in({}, "maxQty", HALF), share_in({}, "fee", HALF), whole_in({}, "limit", 7)) == (HALF, HALF, 7)
    assert (words_in({}, "permissionSets"), precision_in({}, "pricePrecision", Decimal("0.01"))) == ((), 2)


def test_what_is_missing_and_needed_is_named() -> None:
    with pytest.raises(Unusable, match="it has no status") as flaw:
        text_in({}, "status")
    assert flaw.value.kind == "status"
    with pytest.raises(Unusable, match="maxQty is None and should be a number above 0"):
        amount_in({}, "maxQty")


def test_a_share_of_nothing_is_one_where_it_may_be() -> None:
    assert share_in({"fee": "0.000"}, "fee", HALF, may_be_none=True) == 0
    with pytest.raises(Unusable, match="fee is '0' and should be a number above 0"):
        share_in({"fee": "0"}, "fee", HALF)


def test_a_word_that_is_none_of_those_known_is_named_with_them() -> None:
    assert choice_in("side", "BUY", ("BUY", "SELL")) == "BUY"
    with pytest.raises(Unusable, match=r"side is \['BUY'\] and should be one of BUY, SELL"):
        choice_in("side", ["BUY"], ("BUY", "SELL"))


def test_a_value_is_shown_shortly_and_in_one_line() -> None:
    assert shown("a\nb") == r"'a\nb'"
    assert len(shown("9" * 10_000)) == 61
