"""The machine's clocks."""

from connector.core.clock import Clock
from connector.net.system_clock import SystemClock


def test_the_wall_clock_is_of_this_age_and_the_other_never_goes_back() -> None:
    clock: Clock = SystemClock()
    assert clock.now_ms() > 1_700_000_000_000
    readings = [clock.monotonic_ms() for _ in range(1_000)]
    assert readings == sorted(readings)
