"""A manual clock stands until it is moved."""

from connector.core.clock import Clock, ManualClock


def test_a_manual_clock_moves_only_by_hand() -> None:
    clock = ManualClock(1_000)
    as_protocol: Clock = clock
    assert (as_protocol.now_ms(), as_protocol.monotonic_ms()) == (1_000, 1_000)
    clock.advance(250)
    assert as_protocol.now_ms() == 1_250
