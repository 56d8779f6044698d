from dataclasses import replace

from connector.core.funding_info import FundingInfo
from connector.market.facts import MarkPrice
from connector.market.funding_rate import FundingRate
from tests.market.scenes import D

ROW = MarkPrice("BTCUSDT", 1, 1_000, D("61700.5"), D("61699.1"), D("-0.00001"), 1_723_190_400_000)


def test_nothing_is_told_before_the_first_frame() -> None:
    assert FundingRate().info("BTC-USDT") is None


def test_the_forecast_is_told_for_the_next_settlement() -> None:
    funding = FundingRate()
    funding.apply(ROW)
    assert funding.info("BTC-USDT") == FundingInfo(
        "BTC-USDT", D("61699.1"), D("61700.5"), 1_723_190_400.0, D("-0.00001")
    )


def test_a_later_frame_replaces_all_of_the_former() -> None:
    funding = FundingRate()
    funding.apply(ROW)
    funding.apply(replace(ROW, time_ms=2_000, mark_price=D(1), index_price=D(2), rate=D(3), next_funding_ms=9_000))
    assert funding.info("BTC-USDT") == FundingInfo("BTC-USDT", D(2), D(1), 9.0, D(3))
    assert funding.time_ms == 2_000


def test_a_contract_without_funding_has_a_mark_price_and_no_funding_info() -> None:
    funding = FundingRate()
    funding.apply(replace(ROW, rate=None, next_funding_ms=0))
    assert funding.mark_price == D("61700.5")
    assert funding.info("BTC-USDT") is None
