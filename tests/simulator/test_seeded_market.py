from dataclasses import replace

from connector.core.clock import ManualClock
from connector.simulator.floor import TradingFloor
from connector.simulator.instruments import BTCUSDT
from connector.simulator.orders import BUY
from tests.simulator.callers import QUIET, START_MS


def floor_at(pace: float = 1.0) -> tuple[TradingFloor, ManualClock]:
    clock = ManualClock(START_MS)
    return TradingFloor(replace(QUIET, background=True, pace=pace, clock=clock, instruments=(BTCUSDT,))), clock


def live(floor: TradingFloor, clock: ManualClock, ms: int) -> None:
    end_ms = clock.ms + ms
    while clock.ms < end_ms:
        floor.pulse()
        clock.ms = max(clock.ms + 1, int(-(-floor.next_ms() // 1)))


def test_a_command_is_carried_out_when_it_is_due_and_not_before() -> None:
    floor, clock = floor_at()
    live(floor, clock, 2_000)
    times = {trade.time_ms for trade in floor.engine.listings["BTCUSDT"].tape.trades}
    assert len({ms % 50 for ms in times}) > 10, "trades do not keep step with the market's own"


def test_twice_the_pace_does_in_half_the_time_what_one_does_in_all() -> None:
    slow, slow_clock = floor_at()
    fast, fast_clock = floor_at(pace=2.0)
    live(slow, slow_clock, 2_000)
    live(fast, fast_clock, 1_000)
    assert slow.background.steps == fast.background.steps == 40
    assert slow.background.hash == fast.background.hash


def test_nothing_happens_before_the_market_said_it_would_and_something_does_then() -> None:
    floor, clock = floor_at()
    floor.pulse()
    for _ in range(20):
        due_ms = int(-(-floor.next_ms() // 1))
        told, steps = floor.engine.listings["BTCUSDT"].book.update_id, floor.background.steps
        clock.ms = due_ms - 1
        floor.trade()
        assert (floor.engine.listings["BTCUSDT"].book.update_id, floor.background.steps) == (told, steps)
        clock.ms = due_ms
        floor.pulse()
        assert floor.next_ms() > due_ms


def test_a_market_that_was_asleep_for_an_hour_starts_late_and_not_ever_faster() -> None:
    floor, clock = floor_at()
    floor.pulse()
    clock.advance(3_600_000)
    for _ in range(60):
        floor.pulse()
    assert floor.background.steps <= 1_202
    assert floor.engine.listings["BTCUSDT"].book.best(BUY)
