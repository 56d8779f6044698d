"""Reports are facts, and silent where the source was."""

from connector.core.reports import OrderReport, OrderStatus, ReportSource


def test_a_report_says_nothing_that_its_source_did_not() -> None:
    report = OrderReport(ReportSource.ACK, OrderStatus.NEW, "BTCUSDT", "a-1")
    assert (report.executed_amount, report.amount, report.average_price, report.fills) == (None, None, None, ())
