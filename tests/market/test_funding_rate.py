import importlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from connector.core.funding_info import FundingChange, FundingInfo, SettledRate
from connector.market.facts import MarkPrice
from connector.market.plain import funding_rate
from tests.companions.market.scenes import D

NewFunding = Callable[[], Any]
RATE, INTERVAL, NEXT_TIME = FundingChange.RATE, FundingChange.INTERVAL, FundingChange.NEXT_TIME
HOUR_MS = 3_600_000

ROW = MarkPrice("BTCUSDT", 1, 1_000, D("61700.5"), D("61699.1"), D("-0.00001"), 1_723_190_400_000)


@pytest.fixture(params=["plain", "compiled"])
def new_funding(request: pytest.FixtureRequest) -> NewFunding:
    if request.param == "plain":
        return funding_rate.FundingRate
    try:
        made: NewFunding = importlib.import_module("connector.market.compiled.funding_rate").FundingRate
    except ImportError:
        pytest.skip("the compiled twin was not built")
    return made


def test_nothing_is_known_before_the_first_frame(new_funding: NewFunding) -> None:
    assert new_funding().info("BTC-USDT") is None


def test_the_forecast_is_for_the_next_settlement(new_funding: NewFunding) -> None:
    funding = new_funding()
    funding.apply(ROW)
    assert funding.info("BTC-USDT") == FundingInfo(
        "BTC-USDT", D("61699.1"), D("61700.5"), 1_723_190_400.0, D("-0.00001")
    )


def test_a_later_frame_replaces_all_of_the_former(new_funding: NewFunding) -> None:
    funding = new_funding()
    funding.apply(ROW)
    funding.apply(replace(ROW, time_ms=2_000, mark_price=D(1), index_price=D(2), rate=D(3), next_funding_ms=9_000))
    assert funding.info("BTC-USDT") == FundingInfo("BTC-USDT", D(2), D(1), 9.0, D(3))
    assert funding.time_ms == 2_000


def test_a_contract_without_funding_has_a_mark_price_and_no_funding_info(new_funding: NewFunding) -> None:
    funding = new_funding()
    funding.apply(replace(ROW, rate=None, next_funding_ms=0))
    assert funding.mark_price == D("61700.5")
    assert funding.info("BTC-USDT") is None


def test_a_frame_reports_what_is_new_in_it(new_funding: NewFunding) -> None:
    funding = new_funding()
    assert funding.apply(ROW) == RATE | NEXT_TIME
    assert funding.apply(replace(ROW, time_ms=2_000, mark_price=D(7))) == FundingChange.NONE
    assert funding.apply(replace(ROW, rate=D("0.0001"))) == RATE
    assert funding.apply(replace(ROW, rate=D("0.000100"))) == FundingChange.NONE
    assert funding.apply(replace(ROW, rate=D("0.0001"), next_funding_ms=ROW.next_funding_ms + 1)) == NEXT_TIME
    assert funding.apply(replace(ROW, rate=None, next_funding_ms=0)) == RATE | NEXT_TIME


def test_a_contract_without_funding_has_nothing_new_to_tell(new_funding: NewFunding) -> None:
    assert new_funding().apply(replace(ROW, rate=None, next_funding_ms=0)) == FundingChange.NONE


def test_the_interval_that_the_exchange_names_is_believed(new_funding: NewFunding) -> None:
    funding = new_funding()
    assert funding.interval_ms == 0
    assert funding.set_interval(4 * HOUR_MS) == INTERVAL
    assert funding.set_interval(4 * HOUR_MS) == FundingChange.NONE
    assert funding.add_settled(8 * HOUR_MS, D(0)) | funding.add_settled(16 * HOUR_MS, D(0)) == FundingChange.NONE
    assert funding.interval_ms == 4 * HOUR_MS
    assert funding.set_interval(HOUR_MS) == INTERVAL
    assert funding.set_interval(0) == INTERVAL
    assert funding.interval_ms == 8 * HOUR_MS


def test_neighbouring_settlements_show_the_interval_though_their_times_are_milliseconds_off(
    new_funding: NewFunding,
) -> None:
    funding = new_funding()
    assert funding.add_settled(8 * HOUR_MS + 7, D("0.0001")) == FundingChange.NONE
    assert funding.add_settled(12 * HOUR_MS, D("0.0002")) == INTERVAL
    assert funding.interval_ms == 4 * HOUR_MS
    assert funding.add_settled(13 * HOUR_MS + 3, D("0.0003")) == INTERVAL
    assert funding.interval_ms == HOUR_MS


def test_the_next_settlement_that_moves_on_shows_the_interval(new_funding: NewFunding) -> None:
    funding = new_funding()
    funding.apply(replace(ROW, time_ms=8 * HOUR_MS - 1_000, next_funding_ms=8 * HOUR_MS))
    assert funding.apply(replace(ROW, time_ms=8 * HOUR_MS, next_funding_ms=9 * HOUR_MS)) == NEXT_TIME | INTERVAL
    assert funding.interval_ms == HOUR_MS


def test_what_speaks_of_the_later_time_is_believed(new_funding: NewFunding) -> None:
    """At 16 h the venue went from 8 h to 1 h: the settlement at 16 h arrives after the news of the one at 17 h."""
    funding = new_funding()
    funding.add_settled(8 * HOUR_MS, D(0))
    funding.apply(replace(ROW, time_ms=16 * HOUR_MS - 1_000, next_funding_ms=16 * HOUR_MS))
    funding.apply(replace(ROW, time_ms=16 * HOUR_MS + 1_000, next_funding_ms=17 * HOUR_MS))
    assert funding.add_settled(16 * HOUR_MS, D(0)) == FundingChange.NONE
    assert funding.interval_ms == HOUR_MS


@pytest.mark.parametrize("hours", [7, 24], ids=["brought forward", "a day was missed"])
def test_a_next_settlement_that_does_not_follow_the_last_shows_no_interval(new_funding: NewFunding, hours: int) -> None:
    funding = new_funding()
    funding.apply(replace(ROW, time_ms=2 * HOUR_MS, next_funding_ms=8 * HOUR_MS))
    change = funding.apply(replace(ROW, time_ms=(hours - 1) * HOUR_MS, next_funding_ms=hours * HOUR_MS))
    assert (change, funding.interval_ms) == (NEXT_TIME, 0)


def test_settlements_are_kept_in_order_once_and_up_to_a_bound(new_funding: NewFunding) -> None:
    funding = new_funding()
    for hour in (3, 1, 2, 3):
        funding.add_settled(hour * HOUR_MS, D(hour))
    assert funding.settled == tuple(SettledRate(hour * HOUR_MS, D(hour)) for hour in (1, 2, 3))
    for hour in range(4, 200):
        funding.add_settled(hour * HOUR_MS, D(hour))
    assert len(funding.settled) == 100
    assert funding.settled[-1] == SettledRate(199 * HOUR_MS, D(199))


def test_the_countdown_ends_at_zero(new_funding: NewFunding) -> None:
    funding = new_funding()
    assert funding.countdown_ms(5) == 0
    funding.apply(replace(ROW, next_funding_ms=10_000))
    assert (funding.countdown_ms(4_000), funding.countdown_ms(10_001)) == (6_000, 0)
