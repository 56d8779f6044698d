from dataclasses import replace

from connector.core.clock import ManualClock
from connector.simulator.market.default_instruments import BTCUSDT
from connector.simulator.market.orders import BUY
from connector.simulator.runtime import Runtime
from tests.companions.simulator.callers import QUIET, START_MS


def runtime_at(pace: float = 1.0) -> tuple[Runtime, ManualClock]:
    clock = ManualClock(START_MS)
    return Runtime(replace(QUIET, background=True, pace=pace, clock=clock, instruments=(BTCUSDT,))), clock


def live(runtime: Runtime, clock: ManualClock, ms: int) -> None:
    end_ms = clock.ms + ms
    while clock.ms < end_ms:
        runtime.pulse()
        clock.ms = max(clock.ms + 1, int(-(-runtime.next_ms() // 1)))


def test_a_command_is_carried_out_when_it_is_due_and_not_before() -> None:
    runtime, clock = runtime_at()
    live(runtime, clock, 2_000)
    times = {trade.time_ms for trade in runtime.engine.listings["BTCUSDT"].tape.trades}
    assert len({ms % 50 for ms in times}) > 10, "trades do not keep step with the market's own"


def test_twice_the_pace_does_in_half_the_time_what_one_does_in_all() -> None:
    slow, slow_clock = runtime_at()
    fast, fast_clock = runtime_at(pace=2.0)
    live(slow, slow_clock, 2_000)
    live(fast, fast_clock, 1_000)
    assert slow.background.steps == fast.background.steps == 40
    assert slow.background.hash == fast.background.hash


def test_nothing_happens_before_the_market_said_it_would_and_something_does_then() -> None:
    runtime, clock = runtime_at()
    runtime.pulse()
    for _ in range(20):
        due_ms = int(-(-runtime.next_ms() // 1))
        update_id, steps = runtime.engine.listings["BTCUSDT"].book.update_id, runtime.background.steps
        clock.ms = due_ms - 1
        runtime.trade()
        assert (runtime.engine.listings["BTCUSDT"].book.update_id, runtime.background.steps) == (update_id, steps)
        clock.ms = due_ms
        runtime.pulse()
        assert runtime.next_ms() > due_ms


def test_a_market_that_was_asleep_for_an_hour_starts_late_and_not_ever_faster() -> None:
    runtime, clock = runtime_at()
    runtime.pulse()
    clock.advance(3_600_000)
    for _ in range(60):
        runtime.pulse()
    assert runtime.background.steps <= 1_202
    assert runtime.engine.listings["BTCUSDT"].book.best(BUY)
