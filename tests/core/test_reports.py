"""Reports are facts: frozen, and silent where the source was."""

import dataclasses

import pytest

from connector.core.reports import AccountReport, OrderReport, OrderStatus, ReportSource


def test_a_report_says_nothing_that_its_source_did_not() -> None:
    report = OrderReport(ReportSource.ACK, OrderStatus.NEW, "BTCUSDT", "a-1")
    assert (report.executed_amount, report.amount, report.average_price, report.fills) == (None, None, None, ())


def test_a_report_cannot_be_changed() -> None:
    report = AccountReport(ReportSource.STREAM, "ORDER", 1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.reason = "DEPOSIT"  # type: ignore[misc]
