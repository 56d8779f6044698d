from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.account.funding_payments import FundingPayments
from connector.core.reports import FundingReport, ReportSource

HOUR_MS = 3_600_000


def pushed(time_ms: int = HOUR_MS, amount: str = "-0.5", symbol: str = "BTCUSDT", asset: str = "USDT") -> FundingReport:
    return FundingReport(ReportSource.STREAM, symbol, asset, Decimal(amount), time_ms)


def income(
    income_id: str, time_ms: int = HOUR_MS, amount: str = "-0.5", symbol: str = "BTCUSDT", asset: str = "USDT"
) -> FundingReport:
    return FundingReport(ReportSource.QUERY, symbol, asset, Decimal(amount), time_ms, income_id)


def test_a_settlement_counts_once_when_the_push_comes_first() -> None:
    payments = FundingPayments()
    assert [payments.is_new(one) for one in (pushed(HOUR_MS + 15_000), income("7"))] == [True, False]


def test_a_settlement_counts_once_when_the_income_comes_first() -> None:
    payments = FundingPayments()
    assert [payments.is_new(one) for one in (income("7"), pushed(HOUR_MS + 15_000))] == [True, False]


@pytest.mark.parametrize("report", [pushed(), income("7")])
def test_a_report_that_is_repeated_counts_once(report: FundingReport) -> None:
    payments = FundingPayments()
    assert [payments.is_new(report) for _ in range(3)] == [True, False, False]


def test_the_history_read_anew_counts_nothing_twice() -> None:
    payments = FundingPayments()
    history = [income(str(hour), hour * HOUR_MS) for hour in range(1, 50)]
    assert [payments.is_new(one) for one in history] == [True] * 49
    assert [payments.is_new(one) for one in history] == [False] * 49


@pytest.mark.parametrize(
    "other",
    [
        pushed(2 * HOUR_MS),
        pushed(amount="-0.6"),
        pushed(symbol="ETHUSDT"),
        pushed(asset="USDC"),
        income("8", 2 * HOUR_MS),
    ],
)
def test_another_hour_amount_symbol_or_asset_is_another_settlement(other: FundingReport) -> None:
    payments = FundingPayments()
    payments.is_new(pushed())
    assert payments.is_new(other)


def test_two_alike_settlements_at_one_moment_are_both_counted() -> None:
    """A regular and a special one of the same amount: each push is paired with one income only."""
    payments = FundingPayments()
    assert [payments.is_new(one) for one in (pushed(), income("7"), income("8"))] == [True, False, True]


def test_the_memory_is_bounded() -> None:
    payments = FundingPayments(keep_count=2)
    for number in range(3):
        payments.is_new(income(str(number), number * HOUR_MS))
    assert not payments.is_new(income("2", 2 * HOUR_MS))
    assert payments.is_new(income("0", 0))


HOURS = range(1, 6)
TELLINGS = [pushed(hour * HOUR_MS + 20_000) for hour in HOURS] + [income(str(h), h * HOUR_MS) for h in HOURS]


@given(order=st.permutations(TELLINGS * 2))
def test_in_any_order_each_hour_counts_once(order: list[FundingReport]) -> None:
    payments = FundingPayments()
    counted = [one.time_ms // HOUR_MS for one in order if payments.is_new(one)]
    assert sorted(counted) == list(HOURS)
