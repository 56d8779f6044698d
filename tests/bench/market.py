"""Frame bytes to best bid and ask: the plain twin, the compiled one and the C++ floor, side by side on one core.

What is measured is the depth frames of a capture in sequence, after its snapshots; see `sources` and `workloads`. Each
run takes every path in turn, so that a ratio is of figures that were taken within moments of each other.
"""

import sys
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from statistics import median
from types import ModuleType

from connector.market.plain.frames import FrameDecoder as PlainDecoder
from tests.bench import compiled, end_to_end, floor, sources, workloads
from tests.bench.cores import bind, cores
from tests.bench.figures import Figures, Packed, figures_of
from tests.bench.workloads import Workload

#: Passes of either kind in a run: enough for a best one on a machine that does other things too.
SHORT_FRAMES, LONG_FRAMES, COLD_FRAMES, OTHER_FRAMES = 100, 8, 3, 5
#: Where the floor is slower than this, the machine is busy with something else.
FASTEST_FLOOR_US = {"2021": 0.16, "2024": 0.85}

Measure = Callable[[], Figures]


@dataclass(frozen=True, slots=True)
class Row:
    """The median of the runs, and their least and most; ratios are the median of each run's own. None: no floor."""

    name: str
    us_per_frame: float
    ratio_to_floor: float | None
    p99_ratio: float | None
    us_min: float
    us_max: float
    worst_us: float | None


def rows(runs: int) -> Iterator[Row]:
    """Every path that this machine can take, on the last of its cores; a sender works on the first."""
    own = cores()
    bind(own[-1])
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield from _rows(_paths(Path(folder), own[0]), runs)
    finally:
        bind(*own)


def _rows(paths: dict[str, Measure], runs: int) -> Iterator[Row]:
    seen: dict[str, list[Figures]] = {name: [] for name in paths}
    for _ in range(runs):
        for name, path in paths.items():
            seen[name].append(path())
    for name, figures in seen.items():
        yield _row(name, figures, seen.get(_floor_of(name)))
    for year, fastest in FASTEST_FLOOR_US.items():
        told = seen.get(f"floor-{year}")
        if told and min(one.us_per_frame for one in told) > fastest:
            _say(f"floor-{year} is over {fastest} µs on this machine at this moment: its ratios don't count")


def _floor_of(name: str) -> str:
    return "floor-cold" if name == "cold-500" else f"floor-{name.partition('-')[2]}"


def _row(name: str, figures: list[Figures], floors: list[Figures] | None) -> Row:
    costs = [one.us_per_frame for one in figures]
    pairs = list(zip(figures, floors or [], strict=False))
    ratio = median(one.us_per_frame / base.us_per_frame for one, base in pairs) if pairs else None
    tail = median(one.p99_us / base.p99_us for one, base in pairs) if pairs else None
    worst = max(one.worst_us for one in figures)
    return Row(name, median(costs), ratio, _known(tail), min(costs), max(costs), _known(worst))


def _known(figure: float | None) -> float | None:
    return None if figure is None or isnan(figure) else figure


def _paths(folder: Path, other_core: int) -> dict[str, Measure]:
    library, driver = floor.build(folder), compiled.build(folder)
    if library is None:
        _say("there is no C++ compiler: the floor is left out")
    if driver is None:
        _say("the compiled twin was not built, or there is no compiler: it is left out")
    paths: dict[str, Measure] = {}

    def add(name: str, capture: str, load: Workload, passes: int) -> None:
        if library is not None:
            base = floor.Floor(library, load)
            base.check()
            paths[f"floor-{capture}"] = lambda: base.measure(passes, passes)
        if driver is not None:
            paths[name] = _driven(driver, load, passes)

    for source, passes in ((sources.four_pairs(), SHORT_FRAMES), (sources.one_pair(), LONG_FRAMES)):
        load = workloads.captured(source.path)
        add(f"compiled-{source.name}", source.name, load, passes)
        if driver is not None:
            paths[f"call-{source.name}"] = _driven(driver, load, passes, is_call=True)
        paths[f"plain-{source.name}"] = _plainly(load)
    add("cold-500", "cold", workloads.cold(sources.four_pairs().path), COLD_FRAMES)
    return paths | _others(driver, other_core)


def _others(driver: ModuleType | None, other_core: int) -> dict[str, Measure]:
    if driver is None:
        return {}
    loads = {"mark_price": workloads.mark_prices(), "book_ticker": workloads.tickers(sources.one_pair().path)}
    paths = {name: _driven(driver, load, OTHER_FRAMES) for name, load in loads.items()}
    paths["end_to_end"] = lambda: end_to_end.measure(sources.four_pairs().path, other_core)
    return paths


def _driven(driver: ModuleType, load: Workload, passes: int, *, is_call: bool = False) -> Measure:
    drive, packed = (
        driver.Drive(load.feed, load.frames, [workloads.symbol_of(frame) for frame in load.frames], is_call),
        Packed(load.frames),
    )
    return lambda: packed.measured(drive.measure, passes, passes)


def _plainly(load: Workload) -> Measure:
    """The plain twin, called from Python; the clock of each frame is Python's."""

    def measure() -> Figures:
        feed = load.feed(PlainDecoder)
        spent = array("d")
        for frame in load.frames:
            began = time.perf_counter_ns()
            changed = feed.on_frame(frame, 1)
            if changed is not None:
                changed.book.top  # noqa: B018
            spent.append(time.perf_counter_ns() - began)
        return figures_of(array("d", [sum(spent) / len(spent)]), spent)

    return measure


def _say(text: str) -> None:
    sys.stderr.write(f"bench: {text}\n")
