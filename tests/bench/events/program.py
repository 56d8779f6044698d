"""`scripts/bench events`: what a fill costs at three paces, with both twins; 1 where one misses its bound.

The runs of the twins take turns, each in a process of its own on one core.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.bench.events.desk import FEW_FILLS, FEW_OPEN, MANY_FILLS, MANY_OPEN
from tests.bench.orders.figures import Row, pair_of
from tests.bench.progress import doing
from tests.companions.places import ROOT

#: Microseconds in the middle that a fill may take until it is heard, by what is slept before it (ms).
BOUNDS = {("fill", 0): 12.0, ("fill", 2): 30.0, ("fill-plain", 0): 25.0}
#: What may lie between two medians of the same thing.
FLAT = 1.25


@dataclass(frozen=True, slots=True)
class Paced:
    """Medians of the runs; least and most are of the figure in the middle."""

    name: str
    pace_ms: int
    p50_us: float
    p99_us: float
    min_us: float
    max_us: float
    times_parse: float

    @property
    def most_us(self) -> float | None:
        return BOUNDS.get((self.name, self.pace_ms))

    @property
    def is_missed(self) -> bool:
        return self.most_us is not None and self.p50_us > self.most_us

    def line(self, *, is_json: bool) -> str:
        """For people, or one JSON object."""
        if is_json:
            row = {"name": self.name, "pace_ms": self.pace_ms, "p50_us": self.p50_us, "p99_us": self.p99_us}
            row |= {"min_us": self.min_us, "max_us": self.max_us, "times_parse": self.times_parse}
            return json.dumps(row | {"most_us": self.most_us, "is_missed": self.is_missed})
        meant = "" if self.most_us is None else f"  at most {self.most_us:g}{'  MISSED' if self.is_missed else ''}"
        told = f"{self.p50_us:9.2f} {self.p99_us:9.2f} {self.min_us:9.2f} {self.max_us:9.2f} {self.times_parse:9.1f}"
        return f"{self.name:18} {self.pace_ms:3} ms {told}{meant}"


def paced_of(name: str, pace_ms: int, took: list[dict[str, tuple[float, float]]], measure: str) -> Paced:
    """One measure of several runs at one pace."""
    middle = [one[measure][0] for one in took]
    ratios = [one[measure][0] / one["parse"][0] for one in took]
    slow = median(one[measure][1] for one in took)
    return Paced(name, pace_ms, median(middle), slow, min(middle), max(middle), median(ratios))


def rows(runs: int) -> Iterator[Paced | Row]:
    """Every figure."""
    compiled, plain = list[Any](), list[Any]()
    for number in range(runs):
        doing("fills", number, runs)
        compiled.append(_run("--flat"))
        plain.append(_run(CONNECTOR_PLAIN="1"))
    for pace in compiled[0]["paces"]:
        mine, plainly = ([one["paces"][pace] for one in took] for took in (compiled, plain))
        yield paced_of("parse", int(pace), mine, "parse")
        for measure in ("fill", "fill-done"):
            yield paced_of(measure, int(pace), mine, measure)
            yield paced_of(f"{measure}-plain", int(pace), plainly, measure)
    open_, going_on = [one["open"] for one in compiled], [one["booked"][0] for one in compiled]
    yield from _flat(f"fill, {MANY_OPEN} open orders (reference: {FEW_OPEN})", open_)
    yield from _flat(f"fill, {MANY_FILLS} fills of the order (reference: {FEW_FILLS})", going_on)
    yield from _flat(
        f"completing fill, {MANY_FILLS} fills (reference: {FEW_FILLS})", [one["booked"][1] for one in compiled]
    )


def run(runs: int, *, is_json: bool) -> int:
    """Prints each figure; 1 where one misses what it is meant to be."""
    missed = False
    if not is_json:
        print(f"{'µs':18}   pace       p50       p99   least p50  most p50   x parse")
    for row in rows(runs):
        print(row.line(is_json=is_json), flush=True)
        missed |= row.is_missed
    return int(missed)


def _flat(name: str, took: list[list[float]]) -> tuple[Row, Row]:
    return pair_of(name, [many for many, _ in took], [few for _, few in took], FLAT)


def _run(*arguments: str, **environment: str) -> Any:
    command = [sys.executable, "-m", "tests.bench.events.fills", *arguments]
    told = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(told.stdout)
