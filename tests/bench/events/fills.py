"""One run of one process: `python -m tests.bench.events.fills` prints what fills cost, by the twins in use.

A fill is timed from its bytes to the listener, when its order has changed, its lines are in the journal (`group`) and
the budget has counted it; and until all that follows is done. A bare parse is timed at the same pace.
"""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

import ujson

from connector.store.durability import Durability
from connector.store.file_journal import FileJournal
from connector.venue.domains import LOCAL
from tests.bench.cores import bind, cores
from tests.bench.events.desk import LOTS, Desk, measure_fills, measure_open
from tests.companions.orders.quiet_connector import TAG, trading

#: How many are timed at each pace, by what is slept before each (ms).
PACES = {0: 2_000, 2: 300, 20: 60}
_OPEN, _WARMED = 100, 500
#: Microseconds in the middle, and of the slowest in a hundred.
Figure = tuple[float, float]


def paced(pause_s: float, samples: int, desk: Desk) -> dict[str, Figure]:
    """Fills with that much sleep before each."""
    heard, done, parsed = list[int](), list[int](), list[int]()
    for turn in range(samples):
        frame = desk.next_frame(turn % _OPEN)
        _sleep(pause_s)
        heard_ns, done_ns = desk.heard_and_done(frame)
        heard.append(heard_ns)
        done.append(done_ns)
        _sleep(pause_s)
        began_ns = time.perf_counter_ns()
        ujson.loads(frame)
        parsed.append(time.perf_counter_ns() - began_ns)
    if desk.heard != desk.told:
        raise RuntimeError("a fill was not heard: the figure means nothing")
    return {"fill": _figure(heard), "fill-done": _figure(done), "parse": _figure(parsed)}


async def _measured(folder: Path) -> dict[str, dict[str, Figure]]:
    async with trading(LOCAL, FileJournal(folder, TAG, Durability.GROUP)) as connector:
        desk = Desk(connector, _OPEN, LOTS)
        for turn in range(_WARMED):
            desk.fill(turn % _OPEN)
        return {str(pace_ms): paced(pace_ms / 1000, samples, desk) for pace_ms, samples in PACES.items()}


def _sleep(seconds: float) -> None:
    if seconds:
        time.sleep(seconds)


def _figure(took_ns: list[int]) -> Figure:
    ordered = sorted(took_ns)
    return ordered[len(ordered) // 2] / 1000, ordered[len(ordered) * 99 // 100] / 1000


def main() -> None:
    bind(cores()[-1])
    with tempfile.TemporaryDirectory() as folder:
        told: dict[str, object] = {"paces": asyncio.run(_measured(Path(folder)))}
    if "--flat" in sys.argv:
        told["open"], told["booked"] = measure_open(), measure_fills()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
