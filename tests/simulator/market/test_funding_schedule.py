from decimal import Decimal

import pytest

from connector.simulator.fixed_point import to_e8
from connector.simulator.market.funding_schedule import CALM_RATES, CAP_E8, FundingSchedule
from tests.companions.simulator.riskdesk import RiskDesk

HOUR_MS = 3_600_000


def schedule(hours: int = 8) -> FundingSchedule:
    return FundingSchedule(8 * HOUR_MS, hours)


@pytest.mark.parametrize(
    ("premium", "rate"),
    [
        ("0", "0.0001"),
        ("0.0005", "0.0001"),
        ("0.001", "0.0005"),
        ("-0.001", "-0.0005"),
        ("0.05", "0.02"),
        ("-0.05", "-0.02"),
    ],
)
def test_the_rate_is_the_premium_pulled_towards_interest_within_cap_and_floor(premium: str, rate: str) -> None:
    assert schedule().rate_e8(to_e8(Decimal(premium))) == to_e8(Decimal(rate))


@pytest.mark.parametrize(("hours", "rate"), [(8, "0.0008"), (4, "0.0004"), (1, "0.0001")])
def test_a_shorter_interval_has_its_share_of_the_rate(hours: int, rate: str) -> None:
    assert schedule(hours).rate_e8(to_e8(Decimal("0.0013"))) == to_e8(Decimal(rate))
    assert schedule(hours).interval_ms == hours * HOUR_MS


def test_a_rate_at_its_cap_makes_the_contract_settle_every_hour() -> None:
    funding = schedule()
    funding.follow(CAP_E8 - 1, 1)
    assert (funding.hours, funding.adjusted_ms) == (8, None)
    funding.follow(CAP_E8, 2)
    assert (funding.hours, funding.adjusted_ms) == (1, 2)


def test_sixteen_calm_hours_in_a_row_bring_it_back_to_four() -> None:
    funding = schedule(1)
    for _ in range(CALM_RATES - 1):
        funding.follow(25_000, 1)
    funding.follow(25_001, 2)
    for _ in range(CALM_RATES):
        assert funding.hours == 1
        funding.follow(-25_000, 3)
    assert (funding.hours, funding.adjusted_ms) == (4, 3)


def test_a_changed_interval_begins_with_the_next_settlement() -> None:
    desk = RiskDesk()
    mark_price = desk.listing.mark_price
    due_ms = mark_price.next_funding_ms
    mark_price.funding.adjust(desk.now_ms, hours=1)
    assert mark_price.next_funding_ms == due_ms
    desk.engine.advance(due_ms)
    assert mark_price.next_funding_ms == due_ms + HOUR_MS
    desk.engine.advance(due_ms + HOUR_MS)
    assert [row.funding_ms for row in desk.engine.settlements if row.symbol == "BTCUSDT"] == [due_ms, due_ms + HOUR_MS]


def test_a_nailed_rate_stays_until_it_is_let_go() -> None:
    desk = RiskDesk()
    mark_price = desk.listing.mark_price
    mark_price.fix_rate(123_456)
    desk.engine.move_prices({}, desk.now_ms)
    assert mark_price.rate_e8 == 123_456
    mark_price.fix_rate(None)
    desk.engine.move_prices({}, desk.now_ms + 1_000)
    assert mark_price.rate_e8 == 10_000
