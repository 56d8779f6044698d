"""How stalls are told apart: the loop's own, and the machine's."""

import asyncio
import time
from pathlib import Path

from tests.bench.pauses.program import LADDER, rows
from tests.bench.pauses.trading import Run, traded
from tests.bench.pauses.watched_loop import Seen, Stall, WatchedPolicy

MS = 1_000_000


def run_of(*stalls: Stall, machine: tuple[tuple[int, int], ...] = ()) -> Run:
    return Run(Seen(stalls=list(stalls), collections=[(5 * MS, 8 * MS, 2)], ended_ns=1_000 * MS), list(machine))


def missed(run: Run) -> dict[str, bool]:
    return {row.name: row.is_missed for row in rows(run)}


def test_a_turn_is_noted_with_who_took_it_and_a_short_one_is_not() -> None:
    seen = Seen()

    def slow() -> None:
        ends_ns = time.perf_counter_ns() + 5 * MS
        while time.perf_counter_ns() < ends_ns:
            pass

    async def turns() -> None:
        asyncio.get_running_loop().call_soon(slow)
        for _ in range(5):
            await asyncio.sleep(0)

    policy, run = WatchedPolicy(seen), asyncio.Handle._run
    try:
        with asyncio.Runner(loop_factory=policy.new_event_loop) as runner:
            runner.run(turns())
    finally:
        asyncio.Handle._run = run  # type: ignore[method-assign]
    longest = max((stall for stall in seen.stalls if stall.kind == "turn"), key=lambda stall: stall.cpu_ns)
    assert longest.ended_ns - longest.began_ns >= 5 * MS
    assert "slow" in longest.who


def test_a_stall_is_the_machines_where_a_bare_clock_stood_still_too() -> None:
    turn = Stall("turn", 100 * MS, 112 * MS, 2 * MS, "a look")
    assert missed(run_of(turn))["turn, less the machine's"]
    assert not missed(run_of(turn, machine=((101 * MS, 110 * MS),)))["turn, less the machine's"]


def test_own_work_is_never_the_machines() -> None:
    turn = Stall("turn", 100 * MS, 112 * MS, 7 * MS, "a look")
    told = missed(run_of(turn, machine=((100 * MS, 112 * MS),)))
    assert told["turn, less the machine's"] and not told["collector, less the machine's"]


def test_what_was_before_it_quoted_does_not_count() -> None:
    run = run_of(Stall("turn", 100 * MS, 200 * MS, 90 * MS))
    run.seen.began_ns = 150 * MS
    assert not any(missed(run).values())


def test_the_bot_trades_a_ladder_of_many_orders_on_the_watched_loop(tmp_path: Path) -> None:
    seen = traded(tmp_path, 6, LADDER).seen
    assert seen.turns > 0 < seen.frames
    assert 0 < seen.cpu_s < (seen.ended_ns - seen.began_ns) / 1e9 < 6
