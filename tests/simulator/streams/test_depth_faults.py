"""What becomes of depth frames under each of their faults."""

import pytest

from connector.simulator.fault_injection.faults import Faults
from connector.simulator.streams.depth_faults import DepthFaults


@pytest.mark.parametrize(
    ("fault", "sent"),
    [("drop_depth", b"23"), ("duplicate_depth", b"1123"), ("reorder_depth", b"213")],
)
def test_a_frame_is_dropped_doubled_or_overtaken(fault: str, sent: bytes) -> None:
    armed = Faults(lambda fault: None)
    armed.arm(fault)
    faults = DepthFaults(armed, "btcusdt@depth")
    assert b"".join(frame for one in (b"1", b"2", b"3") for frame in faults.frames(one)) == sent


def test_fair_weather_sends_every_frame_once() -> None:
    armed = Faults(lambda fault: None)
    assert DepthFaults(armed, "btcusdt@depth").frames(b"x") == [b"x"]


@pytest.mark.parametrize("fault", ["drop_depth", "duplicate_depth", "reorder_depth"])
def test_a_depth_fault_waits_for_the_stream_that_it_was_armed_for(fault: str) -> None:
    armed = Faults(lambda fault: None)
    armed.arm(fault, stream="btcusdt@depth@100ms")
    assert DepthFaults(armed, "btcusdt@depth@500ms").frames(b"x") == [b"x"]
    assert DepthFaults(armed, "btcusdt@depth@100ms").frames(b"x") != [b"x"]
    assert armed.armed() == []


def test_a_gap_and_a_delay_strike_their_stream_as_often_as_armed() -> None:
    armed = Faults(lambda fault: None)
    armed.arm("depth_gap", stream="btcusdt@depth")
    armed.arm("delay_depth", ms=70, stream="btcusdt@depth")
    other, struck = DepthFaults(armed, "ethusdt@depth"), DepthFaults(armed, "btcusdt@depth")
    assert (other.gap(), other.late_ms()) == (0, 0)
    assert [struck.gap(), struck.gap(), struck.late_ms(), struck.late_ms()] == [1, 0, 70, 0]
