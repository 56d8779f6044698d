"""`scripts/bench gathering`: what reading a market together saves, and what it costs in time (`read_every_ms`).

A sender on another core tells frames at an even pace, a stream reads them as the product does. Processor time is this
process's from the first counted frame to the last; a frame's age is from its send until a listener of its pair heard
of it. Where uvloop is at hand its loop takes turns with asyncio's. 1 where a figure misses its bound.
"""

import asyncio
import contextlib
import importlib
import json
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

from connector.exchange.market_data.read_pace import ReadPace
from connector.market.symbol_feed import SymbolFeed
from connector.net.stream import Stream
from connector.net.system_clock import SystemClock
from tests.bench import sources, workloads
from tests.bench.cores import bind, cores
from tests.bench.progress import doing
from tests.companions.places import ROOT

NewLoop = Callable[[], asyncio.AbstractEventLoop]
#: Frames a second, how long, and the milliseconds in which they are gathered.
USUAL, MANY, EVERY_MS = 800, 6_000, (0, 5, 20)
_LASTS_S = {USUAL: 2.0, MANY: 1.0}
#: Frames before the first that counts.
_WARM_UP = 100
#: Of the processor time of reading at once, by the milliseconds.
MOST_COST = {5: 0.75, 20: 0.4}
#: Milliseconds that a frame may be older than by reading at once, beyond those in which it is gathered.
MOST_LATER_MS = 1.0


@dataclass(frozen=True, slots=True)
class Reading:
    """One run."""

    #: Of a core.
    cpu: float
    p50_ms: float
    p99_ms: float
    #: The age of the last tenth of the frames: it grows where reading does not keep up.
    last_ms: float


@dataclass(frozen=True, slots=True)
class Row:
    """Medians of the runs; `times_at_once` is the processor's time beside that of reading at once."""

    name: str
    every_ms: int
    cpu_percent: float
    times_at_once: float
    p50_ms: float
    p99_ms: float
    added_p99_ms: float
    last_ms: float
    is_missed: bool

    def line(self) -> str:
        told = (
            f"{self.name:12} {self.every_ms:3} ms  {self.cpu_percent:6.2f} %  x {self.times_at_once:4.2f}  "
            f"{self.p50_ms:7.2f} {self.p99_ms:7.2f} {self.added_p99_ms:7.2f} {self.last_ms:7.2f} ms"
        )
        return told + "  MISSED" * self.is_missed


class _Sink:
    """Hears of the stream's end; the feed reads the frames."""

    def __init__(self) -> None:
        self.over = asyncio.Event()

    def on_up(self) -> None: ...
    def on_frame(self, frame: bytes, received_ms: int) -> None: ...

    def on_down(self, reason: str) -> None:
        self.over.set()


class _Listener:
    """Notes when it heard of each frame, and the processor's time at the first that counts and at the last."""

    def __init__(self, count: int) -> None:
        self.heard_ns = array("q")
        self.cpu_s: list[float] = []
        self._count = count

    def on_change(self, followed: SymbolFeed) -> None:
        self.heard_ns.append(time.perf_counter_ns())
        if len(self.heard_ns) in (_WARM_UP, self._count):
            self.cpu_s.append(time.process_time())


def run(runs: int, *, is_json: bool) -> int:
    """Prints each figure; 1 where one misses what it is meant to be."""
    if not is_json:
        print("frames/s     gathered  processor  at once      p50     p99  added  at end")
    missed = False
    for row in rows(runs):
        print(json.dumps(asdict(row)) if is_json else row.line(), flush=True)
        missed |= row.is_missed
    return int(missed)


def rows(runs: int) -> Iterator[Row]:
    """Each way at each pace; the ways take turns."""
    own, other_loop = cores(), _uvloop()
    bind(own[-1])
    try:
        for a_second in (USUAL, MANY):
            count = round(a_second * _LASTS_S[a_second])
            taken: dict[int, list[Reading]] = {every_ms: [] for every_ms in EVERY_MS}
            by_uvloop: list[Reading] = []
            for number in range(runs):
                doing(f"{a_second} frames a second", number, runs)
                for every_ms, readings in taken.items():
                    readings.append(measure(a_second, count, every_ms, own[0]))
                if other_loop is not None:
                    by_uvloop.append(measure(a_second, count, 0, own[0], other_loop))
            for every_ms, readings in taken.items():
                yield row_of(a_second, every_ms, readings, taken[0])
            if by_uvloop:
                yield replace(row_of(a_second, 0, by_uvloop, taken[0]), name=f"uvloop-{a_second}")
    finally:
        bind(*own)


def row_of(a_second: int, every_ms: int, readings: list[Reading], at_once: list[Reading]) -> Row:
    """What several runs tell, beside those that read at once."""
    ratio = median(one.cpu / base.cpu for one, base in zip(readings, at_once, strict=True))
    p50, p99 = (median(one.p50_ms for one in readings), median(one.p99_ms for one in readings))
    added = median(one.p99_ms - base.p99_ms for one, base in zip(readings, at_once, strict=True))
    last = median(one.last_ms for one in readings)
    is_slow = bool(every_ms) and (added if a_second == USUAL else last) > every_ms + MOST_LATER_MS
    is_dear = a_second == USUAL and ratio > MOST_COST.get(every_ms, ratio)
    cpu = median(one.cpu for one in readings) * 100
    return Row(f"gather-{a_second}", every_ms, cpu, ratio, p50, p99, added, last, is_slow or is_dear)


def _uvloop() -> NewLoop | None:
    try:
        found: NewLoop = importlib.import_module("uvloop").new_event_loop
    except ImportError:
        sys.stderr.write("bench: uvloop is not installed: its loop is left out\n")
        return None
    return found


def measure(a_second: int, count: int, every_ms: int, core: int, new_loop: NewLoop | None = None) -> Reading:
    """One run; the sender works on `core`. `new_loop`: None is asyncio's."""
    capture = sources.four_pairs().path
    with tempfile.TemporaryDirectory() as folder:
        times = Path(folder) / "times"
        arguments = (capture, a_second, count, core, times)
        command = [sys.executable, "-m", "tests.bench.paced_sender", *map(str, arguments)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as sender:
            assert sender.stdout is not None
            port = int(sender.stdout.readline())
            try:
                with asyncio.Runner(loop_factory=new_loop) as runner:
                    heard = runner.run(_read(capture, port, count, every_ms))
            finally:
                sender.terminate()
        sent_ns = array("q", times.read_bytes())
    if len(heard.heard_ns) != count:
        raise RuntimeError(f"{len(heard.heard_ns)} of {count} frames were heard of: the figure means nothing")
    ages = [(heard - sent) / 1e6 for heard, sent in zip(heard.heard_ns[_WARM_UP:], sent_ns[_WARM_UP:], strict=True)]
    ranked = sorted(ages)
    spent_s = (heard.heard_ns[-1] - heard.heard_ns[_WARM_UP - 1]) / 1e9
    cpu = (heard.cpu_s[1] - heard.cpu_s[0]) / spent_s
    return Reading(cpu, median(ranked), ranked[int(len(ranked) * 0.99)], median(ages[-len(ages) // 10 :]))


async def _read(capture: Path, port: int, count: int, every_ms: int) -> _Listener:
    feed, listener = workloads.rounds(capture, 0).feed(), _Listener(count)
    for followed in feed.symbols.values():
        followed.add_listener(listener.on_change)

    async def address() -> str:
        return f"ws://127.0.0.1:{port}/stream"

    sink = _Sink()
    stream = Stream("paced", address, sink, SystemClock())
    stream.on_read = ReadPace(every_ms).after_read if every_ms else None
    stream.read_by(feed)
    running = asyncio.create_task(stream.run())
    await asyncio.wait_for(sink.over.wait(), 60)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    return listener
