"""The venue's clock, measured once for all."""

import asyncio

import pytest

from connector.core.clock import ManualClock
from connector.core.faults import UnavailableFault, UnreadableFault
from connector.net.clock_meter import SAMPLES, ClockMeter, TimeAnswer
from connector.net.clock_sync import BIAS_MS


class Venue:
    """Answers for the time when it is let; `ahead_ms` is how far its clock is."""

    def __init__(self) -> None:
        self.clock = ManualClock(1_000)
        self.ahead_ms, self.asked = 500_000, 0
        self.answers = asyncio.Event()
        self.answers.set()
        self.fault: UnavailableFault | None = None

    async def ask(self) -> TimeAnswer:
        self.asked += 1
        await self.answers.wait()
        if self.fault is not None:
            raise self.fault
        return TimeAnswer(self.clock.ms, self.clock.ms, self.clock.ms + self.ahead_ms)


async def test_until_the_first_measurement_it_is_this_machines_clock() -> None:
    venue = Venue()
    meter = ClockMeter(venue.clock, venue.ask)
    assert meter.venue_ms() == 1_000
    await meter.measure()
    assert meter.venue_ms() == 501_000 - BIAS_MS
    assert venue.asked == SAMPLES


async def test_the_old_offset_holds_until_the_new_one_is_there() -> None:
    venue = Venue()
    meter = ClockMeter(venue.clock, venue.ask)
    await meter.measure()
    venue.ahead_ms = 900_000
    venue.answers.clear()
    renewing = asyncio.create_task(meter.measure_anew(meter.measured))
    await asyncio.sleep(0)
    assert meter.venue_ms() == 501_000 - BIAS_MS
    venue.answers.set()
    await renewing
    assert meter.venue_ms() == 901_000 - BIAS_MS, "no earlier sample counts"


async def test_one_measurement_serves_all_whose_timestamps_were_refused() -> None:
    venue = Venue()
    meter = ClockMeter(venue.clock, venue.ask)
    await meter.measure()
    seen = meter.measured
    await asyncio.gather(*(meter.measure_anew(seen) for _ in range(40)))
    assert venue.asked == 2 * SAMPLES
    await meter.measure_anew(meter.measured)
    assert venue.asked == 3 * SAMPLES, "a later refusal is another one"


async def test_a_measurement_that_fails_or_is_given_up_changes_nothing_and_the_next_one_measures() -> None:
    venue = Venue()
    meter = ClockMeter(venue.clock, venue.ask)
    await meter.measure()
    seen, venue.fault = meter.measured, UnavailableFault("no answer")
    with pytest.raises(UnavailableFault):
        await meter.measure_anew(seen)
    assert meter.venue_ms() == 501_000 - BIAS_MS
    venue.fault, venue.ahead_ms = None, 900_000
    venue.answers.clear()
    given_up, waits = (asyncio.create_task(meter.measure_anew(seen)) for _ in range(2))
    await asyncio.sleep(0)
    given_up.cancel()
    venue.answers.set()
    await waits
    assert meter.venue_ms() == 901_000 - BIAS_MS


async def test_a_push_that_is_dated_long_ago_makes_doubt_and_one_that_came_a_little_late_does_not() -> None:
    venue = Venue()
    meter = ClockMeter(venue.clock, venue.ask)
    meter.judge_pushed(0, "user event")
    assert not meter.is_in_doubt, "nothing is known before the first measurement"
    await meter.measure()
    meter.judge_pushed(meter.venue_ms() - 1_500, "user event")
    assert not meter.is_in_doubt
    meter.judge_pushed(meter.venue_ms() - 3_000, "user event")
    assert meter.is_in_doubt
    await meter.measure_anew(meter.measured)
    assert not meter.is_in_doubt


async def test_a_clock_that_steps_back_is_told_and_what_it_dated_before_is_believed_all_the_same() -> None:
    venue = Venue()
    meter = ClockMeter(venue.clock, venue.ask)
    told: list[int] = []
    meter.step_back_watchers.append(told.append)
    await meter.measure()
    before_ms = meter.venue_ms()
    venue.ahead_ms -= 500
    await meter.measure_anew(meter.measured)
    assert told == []
    venue.ahead_ms -= 60_000
    await meter.measure_anew(meter.measured)
    assert told == [meter.venue_ms()]
    assert before_ms - meter.venue_ms() == 60_500
    meter.require_not_ahead(before_ms - 500, "answer")
    with pytest.raises(UnreadableFault, match=r"dated 6\.\d s ahead"):
        meter.require_not_ahead(before_ms + 6_000, "answer")


async def test_a_clock_that_steps_ahead_is_no_step_back() -> None:
    venue = Venue()
    meter = ClockMeter(venue.clock, venue.ask)
    told: list[int] = []
    meter.step_back_watchers.append(told.append)
    await meter.measure()
    venue.ahead_ms += 60_000
    await meter.measure_anew(meter.measured)
    assert told == []


async def test_what_is_dated_within_the_usual_is_neither_late_nor_ahead() -> None:
    venue = Venue()
    meter = ClockMeter(venue.clock, venue.ask)
    await meter.measure()
    least_ms, most_ms = meter.usual_ms()
    assert least_ms < most_ms
    for apart_ms in (least_ms, most_ms):
        meter.judge_pushed(venue.clock.now_ms() + apart_ms, "user event")
    assert not meter.is_in_doubt
    with pytest.raises(UnreadableFault):
        meter.judge_pushed(venue.clock.now_ms() + most_ms + 200, "user event")
