from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.account.funding_payments import FundingPayments
from connector.core.reports import FundingReport, ReportSource

HOUR_MS = 3_600_000


def payment(income_id: str, time_ms: int = HOUR_MS, *, is_special: bool = False) -> FundingReport:
    return FundingReport(
        ReportSource.QUERY, "BTCUSDT", "USDT", Decimal("-0.5"), time_ms, income_id, is_special=is_special
    )


def test_a_payment_that_is_read_again_counts_once() -> None:
    payments = FundingPayments()
    assert [payments.is_new(payment("7")) for _ in range(3)] == [True, False, False]


def test_payments_alike_in_all_but_their_numbers_all_count() -> None:
    """Both sides of a hedged pair are paid at one moment, and may be paid the same."""
    payments = FundingPayments()
    assert [payments.is_new(payment(number)) for number in ("7", "8")] == [True, True]


def test_a_special_payment_may_have_the_number_of_a_regular_one() -> None:
    payments = FundingPayments()
    assert payments.is_new(payment("7"))
    assert payments.is_new(payment("7", is_special=True))
    assert not payments.is_new(payment("7", is_special=True))


def test_what_was_told_is_known_by_kind_and_number() -> None:
    payments = FundingPayments()
    payments.is_new(payment("7"))
    assert payments.is_known("7", is_special=False)
    assert not payments.is_known("7", is_special=True)
    assert not payments.is_known("8", is_special=False)


def test_the_memory_is_bounded_and_forgets_the_oldest() -> None:
    payments = FundingPayments(keep_count=2)
    for number in range(3):
        payments.is_new(payment(str(number), number * HOUR_MS))
    assert [payments.is_known(number, is_special=False) for number in ("0", "1", "2")] == [False, True, True]


@pytest.mark.parametrize("hours", [5])
@given(data=st.data())
def test_in_any_order_and_however_often_each_payment_counts_once(hours: int, data: st.DataObject) -> None:
    tellings = [payment(str(hour), hour * HOUR_MS) for hour in range(hours)]
    order = data.draw(st.permutations(tellings * 3))
    payments = FundingPayments()
    counted = [one.income_id for one in order if payments.is_new(one)]
    assert sorted(counted) == [str(hour) for hour in range(hours)]
