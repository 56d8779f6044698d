"""Funding settlements, each counted once, whichever of its two reports comes first.

A settlement is pushed (ACCOUNT_UPDATE, reason FUNDING_FEE) and stands in the income history, which alone gives it an
id. The two are paired one to one by symbol, asset and amount within a tolerance of time: settlements are booked up
to about a minute late ("Funding") and never come closer than an hour to each other.
"""

from collections import deque
from dataclasses import dataclass

from connector.core.reports import FundingReport


@dataclass(slots=True)
class _Payment:
    first: FundingReport
    income_id: str
    pushed_ms: int | None


class FundingPayments:
    """The payments reported, the latest `keep_count` of them."""

    def __init__(self, tolerance_ms: int = 300_000, keep_count: int = 4_096) -> None:
        self._tolerance_ms = tolerance_ms
        self._payments: deque[_Payment] = deque(maxlen=keep_count)

    def is_new(self, report: FundingReport) -> bool:
        """Take one report in; whether it is the first of its payment."""
        pushed_ms = None if report.income_id else report.time_ms
        if any(self._repeats(payment, report) for payment in self._payments):
            return False
        for payment in self._payments:
            if self._completes(payment, report):
                payment.income_id = payment.income_id or report.income_id
                payment.pushed_ms = payment.pushed_ms or pushed_ms
                return False
        self._payments.append(_Payment(report, report.income_id, pushed_ms))
        return True

    def _repeats(self, payment: _Payment, report: FundingReport) -> bool:
        if report.income_id:
            return payment.income_id == report.income_id and payment.first.symbol == report.symbol
        return payment.pushed_ms == report.time_ms and _is_alike(payment.first, report)

    def _completes(self, payment: _Payment, report: FundingReport) -> bool:
        other_way = not payment.income_id if report.income_id else payment.pushed_ms is None
        apart_ms = abs(payment.first.time_ms - report.time_ms)
        return other_way and apart_ms <= self._tolerance_ms and _is_alike(payment.first, report)


def _is_alike(one: FundingReport, other: FundingReport) -> bool:
    return (one.symbol, one.asset, one.amount) == (other.symbol, other.asset, other.amount)
