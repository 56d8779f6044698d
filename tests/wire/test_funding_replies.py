"""Answers about funding, as the venue sends them."""

from decimal import Decimal

import pytest

from connector.core.faults import UnreadableFault
from connector.core.funding_info import SettledRate
from connector.wire.funding_replies import (
    FundingAdjustment,
    Settlement,
    funding_adjustments,
    settled_rates,
    settlements,
)


def test_a_contract_that_settles_hourly_says_so() -> None:
    body = (
        b'[{"symbol":"BLZUSDT","adjustedFundingRateCap":"0.02500000","adjustedFundingRateFloor":"-0.02500000",'
        b'"fundingIntervalHours":1,"disclaimer":false,"updateTime":null}]'
    )
    assert funding_adjustments(body) == (FundingAdjustment("BLZUSDT", 3_600_000, Decimal("0.025"), Decimal("-0.025")),)


def test_dividends_between_settlements_are_no_settlements() -> None:
    body = (
        b'[{"symbol":"AAPLUSDT","fundingTime":1,"fundingRate":"0.0001","markPrice":"","rateType":"Regular"},'
        b'{"symbol":"AAPLUSDT","fundingTime":2,"fundingRate":"0.5","markPrice":"1","rateType":"Special"},'
        b'{"symbol":"BTCUSDT","fundingTime":3,"fundingRate":"-0.0002","markPrice":"1"}]'
    )
    assert settled_rates(body) == (
        ("AAPLUSDT", SettledRate(1, Decimal("0.0001"))),
        ("BTCUSDT", SettledRate(3, Decimal("-0.0002"))),
    )


@pytest.mark.parametrize("body", [b"{", b'[{"symbol":"A"}]'])
def test_an_answer_of_another_shape_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableFault):
        funding_adjustments(body)
    with pytest.raises(UnreadableFault):
        settled_rates(body)


def test_settlements_of_every_type_are_told_with_it() -> None:
    body = (
        b'[{"symbol":"AAPLUSDT","fundingTime":1,"fundingRate":"0.0001","markPrice":"","rateType":"Regular"},'
        b'{"symbol":"AAPLUSDT","fundingTime":2,"fundingRate":"0.5","markPrice":"1","rateType":"Special"},'
        b'{"symbol":"BTCUSDT","fundingTime":3,"fundingRate":"-0.0002","markPrice":"1"}]'
    )
    assert settlements(body) == (
        Settlement("AAPLUSDT", SettledRate(1, Decimal("0.0001")), False),
        Settlement("AAPLUSDT", SettledRate(2, Decimal("0.5")), True),
        Settlement("BTCUSDT", SettledRate(3, Decimal("-0.0002")), False),
    )


def test_a_row_without_an_interval_is_left_out_alone() -> None:
    body = (
        b'[{"symbol":"ODDUSDT","fundingIntervalHours":null},{"symbol":"BLZUSDT","fundingIntervalHours":4},7,'
        b'{"fundingIntervalHours":4}]'
    )
    assert funding_adjustments(body) == (FundingAdjustment("BLZUSDT", 4 * 3_600_000, None, None),)
