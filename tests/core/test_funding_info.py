"""Funding, as a bot sees it."""

from decimal import Decimal

from connector.core.funding_info import FundingInfo


def test_the_countdown_never_goes_below_zero() -> None:
    info = FundingInfo("BTC-USDT", Decimal(60000), Decimal(60001), 1_000.0, Decimal("0.0001"))
    assert info.seconds_to_funding(940.0) == 60.0
    assert info.seconds_to_funding(1_001.0) == 0.0
