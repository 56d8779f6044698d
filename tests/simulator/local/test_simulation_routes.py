from dataclasses import replace

import pytest

from connector.core.clock import ManualClock
from connector.simulator.clock import VirtualClock
from connector.simulator.runtime import Runtime
from tests.companions.simulator.callers import QUIET, START_MS, Caller


@pytest.fixture
def drill() -> Caller:
    """A lively exchange whose clock is paused."""
    source = ManualClock(START_MS)
    clock = VirtualClock(source, rate=0.0)
    runtime = Runtime(replace(QUIET, background=True, clock=clock, funding_first_s=8, funding_interval_s=8))
    runtime.pulse()
    return Caller(runtime, source, runtime.default_key)


def test_a_paused_clock_is_stepped_and_everything_happens_at_its_moment(drill: Caller) -> None:
    row = drill.local("POST", "/local/v1/clock", step_ms=20_000)
    assert row == {"now_ms": START_MS + 20_000, "rate": 0.0, "running_rate": 1.0, "paused": True}
    times = {trade.time_ms for trade in drill.runtime.engine.listings["BTCUSDT"].tape.trades}
    assert len(times) > 100, "trades keep their own times within a step"
    settled = [row.funding_ms for row in drill.runtime.engine.settlements if row.symbol == "BTCUSDT"]
    assert settled == [START_MS + 8_000, START_MS + 16_000]


def test_a_long_step_and_many_short_ones_come_to_the_same(drill: Caller) -> None:
    other = Runtime(replace(drill.runtime.settings, clock=VirtualClock(ManualClock(START_MS), rate=0.0)))
    other.pulse()
    short = Caller(other, drill.clock, other.default_key)
    drill.local("POST", "/local/v1/clock", step_ms=3_000)
    for _ in range(30):
        short.local("POST", "/local/v1/clock", step_ms=100)
    assert drill.runtime.background.hash == other.background.hash
    mine, theirs = (runtime.engine.listings["BTCUSDT"].tape.trades for runtime in (drill.runtime, other))
    assert [(row.time_ms, row.ticks, row.lots) for row in mine] == [
        (row.time_ms, row.ticks, row.lots) for row in theirs
    ]


def test_a_clock_that_goes_on_is_hurried(drill: Caller) -> None:
    drill.local("POST", "/local/v1/clock", rate="20")
    drill.clock.advance(100)
    assert drill.local("GET", "/local/v1/clock") == {
        "now_ms": START_MS + 2_000,
        "rate": 20.0,
        "running_rate": 20.0,
        "paused": False,
    }


def test_a_paused_clock_knows_how_fast_it_went(drill: Caller) -> None:
    for rate, told in (("10", 10.0), ("0", 10.0), ("0", 10.0), ("2.5", 2.5), ("0", 2.5)):
        assert drill.local("POST", "/local/v1/clock", rate=rate)["running_rate"] == told


@pytest.mark.parametrize("asked", [{"rate": "-1"}, {"rate": "5000"}, {"step_ms": 3_600_000}])
def test_what_the_clock_cannot_do_is_refused(drill: Caller, asked: dict[str, object]) -> None:
    assert drill.local("POST", "/local/v1/clock", **asked)["code"] == -1130
    assert drill.local("GET", "/local/v1/clock")["now_ms"] == START_MS


def test_a_clock_that_is_not_ours_is_not_moved(call: Caller) -> None:
    assert call.local("POST", "/local/v1/clock", rate="2")["code"] == -1130
    assert call.local("GET", "/local/v1/clock") == {"now_ms": START_MS, "rate": 1, "running_rate": 1, "paused": False}


def test_a_crash_takes_one_symbol_down_and_the_other_stays(drill: Caller) -> None:
    before = {row["symbol"]: float(row["markPrice"]) for row in drill("GET", "/fapi/v1/premiumIndex")}
    assert drill.local("POST", "/local/v1/prices", name="crash", symbol="BTCUSDT")["running"] == {"BTCUSDT": "crash"}
    drill.local("POST", "/local/v1/clock", step_ms=13_000)
    after = {row["symbol"]: float(row["markPrice"]) for row in drill("GET", "/fapi/v1/premiumIndex")}
    assert after["BTCUSDT"] / before["BTCUSDT"] < 0.92
    assert 0.98 < after["ETHUSDT"] / before["ETHUSDT"] < 1.02


def test_a_script_nobody_knows_is_refused(drill: Caller) -> None:
    assert drill.local("POST", "/local/v1/prices", name="boom")["code"] == -1130
    assert "crash" in drill.local("GET", "/local/v1/prices")["known"]
    assert drill.local("POST", "/local/v1/prices", name="gap")["running"] == {}
