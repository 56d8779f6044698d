import time
from decimal import Decimal

from connector.simulator.settings import SimulatorSettings, WallClock


def test_the_shipped_run_funds_soon_and_often() -> None:
    settings = SimulatorSettings()
    assert (settings.funding_first_s, settings.funding_interval_s) == (8.0, 8.0)
    assert (settings.deposit, settings.limits, settings.background) == (Decimal(10_000), True, True)


def test_the_wall_clock_tells_the_time_of_this_machine() -> None:
    clock = WallClock()
    assert abs(clock.now_ms() - time.time() * 1000) < 1_000
    assert clock.monotonic_ms() <= clock.monotonic_ms()
