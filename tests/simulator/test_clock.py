import asyncio
import time

import pytest

from connector.core.clock import ManualClock
from connector.simulator.clock import VirtualClock, WallClock, wait_ms


def test_the_wall_clock_tells_the_time_of_this_machine() -> None:
    clock = WallClock()
    assert abs(clock.now_ms() - time.time() * 1000) < 1_000
    assert clock.monotonic_ms() <= clock.monotonic_ms()


def test_untouched_it_tells_its_sources_time_even_where_that_jumps() -> None:
    source = ManualClock(5_000)
    clock = VirtualClock(source)
    source.ms = 90_000
    assert (clock.now_ms(), clock.monotonic_ms(), clock.rate) == (90_000, 90_000, 1.0)


def test_it_hurries_from_where_it_stood_pauses_and_goes_on() -> None:
    source = ManualClock(1_000)
    clock = VirtualClock(source)
    times = []
    for rate in (10.0, 0.0, 1.0, 0.5):
        clock.set_rate(rate)
        source.advance(100)
        times.append(clock.now_ms())
    assert times == [2_000, 2_000, 2_100, 2_150]
    assert clock.monotonic_ms() == 2_150


def test_a_step_moves_it_whatever_its_rate() -> None:
    source = ManualClock(1_000)
    clock = VirtualClock(source, rate=0.0)
    clock.step(250)
    source.advance(100)
    assert (clock.now_ms(), clock.monotonic_ms()) == (1_250, 1_250)


@pytest.mark.parametrize("rate", [-1.0, 1_001.0, float("nan")])
def test_it_never_goes_back_nor_faster_than_a_machine_can_follow(rate: float) -> None:
    with pytest.raises(ValueError, match="0 to 1000"):
        VirtualClock(ManualClock(), rate)


async def test_who_waits_on_a_hurried_clock_waits_less() -> None:
    clock = VirtualClock(rate=100.0)
    began = time.monotonic()
    await wait_ms(clock, 20_000)
    assert 0.15 < time.monotonic() - began < 10


async def test_who_waits_on_a_paused_clock_waits_until_it_is_moved() -> None:
    clock = VirtualClock(rate=0.0)
    waiting = asyncio.create_task(wait_ms(clock, 60_000))
    done, _ = await asyncio.wait({waiting}, timeout=0.1)
    assert not done
    clock.step(60_000)
    await asyncio.wait_for(waiting, 5)
