"""Capture records hold the venue's bytes as they came."""

from connector.core.captures import CapturedFrame, CapturedSnapshot


def test_records_of_equal_bytes_are_equal() -> None:
    assert CapturedFrame(1, b"{}") == CapturedFrame(1, b"{}")
    assert CapturedSnapshot(1, "BTCUSDT", b"{}") != CapturedSnapshot(1, "", b"{}")
