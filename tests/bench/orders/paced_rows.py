"""`buy()` to bytes at the socket of the WS-API at three paces, with both twins, beside a bare send of the same bytes.

The runs take turns, each in a process of its own on one core.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.bench.orders.figures import Row, pair_of
from tests.bench.progress import doing
from tests.companions.places import ROOT

#: Microseconds in the middle, and of the slowest in a hundred, by what is slept before (ms); None binds nothing.
BOUNDS: dict[tuple[str, int], tuple[float, float | None]] = {
    ("buy", 0): (15.0, 50.0),
    ("buy", 2): (40.0, 120.0),
    ("buy-plain", 2): (90.0, None),
}
FEW_OPEN, MANY_OPEN = 0, 1_000
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

    @property
    def is_missed(self) -> bool:
        most, most_slow = BOUNDS.get((self.name, self.pace_ms), (None, None))
        return (most is not None and self.p50_us > most) or (most_slow is not None and self.p99_us > most_slow)

    def line(self, *, is_json: bool) -> str:
        """For people, or one JSON object."""
        if is_json:
            row = {"name": self.name, "pace_ms": self.pace_ms, "p50_us": self.p50_us, "p99_us": self.p99_us}
            return json.dumps(row | {"min_us": self.min_us, "max_us": self.max_us, "is_missed": self.is_missed})
        most, most_slow = BOUNDS.get((self.name, self.pace_ms), (None, None))
        meant = "" if most is None else f"  at most {most:g}{'' if most_slow is None else f' and {most_slow:g}'}"
        told = f"{self.p50_us:9.2f} {self.p99_us:9.2f} {self.min_us:9.2f} {self.max_us:9.2f}"
        return f"{self.name:18} {self.pace_ms:3} ms {told}  µs{meant}{'  MISSED' * self.is_missed}"


def paced_of(name: str, pace_ms: int, took: list[tuple[float, float]]) -> Paced:
    """One figure of several runs at one pace."""
    middle = [one for one, _ in took]
    return Paced(name, pace_ms, median(middle), median(slow for _, slow in took), min(middle), max(middle))


def rows(runs: int) -> Iterator[Paced | Row]:
    """Every figure."""
    took: dict[str, list[Any]] = {name: [] for name in ("buy", "buy-plain", "buy-each", "few", "many")}
    for number in range(runs):
        doing("orders over the WS-API at three paces", number, runs)
        took["buy"].append(_run())
        took["buy-plain"].append(_run(CONNECTOR_PLAIN="1"))
        took["buy-each"].append(_run("--log", "each"))
        for name, opened in (("few", FEW_OPEN), ("many", MANY_OPEN)):
            took[name].append(_run("--paces", "0", "--open", str(opened)))
    for pace in took["buy"][0]["buy"]:
        yield paced_of("send", int(pace), [one["send"][pace] for one in took["buy"]])
        for name in ("buy", "buy-plain", "buy-each"):
            yield paced_of(name, int(pace), [one["buy"][pace] for one in took[name]])
    few, many = ([one["buy"]["0"][0] for one in took[name]] for name in ("few", "many"))
    yield from pair_of(f"buy, {MANY_OPEN} open orders (reference: {FEW_OPEN})", many, few, FLAT)


def _run(*arguments: str, **environment: str) -> Any:
    command = [sys.executable, "-m", "tests.bench.orders.paced", *arguments]
    told = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(told.stdout)
