"""What the budget costs, beside its bounds: both twins in turn, each run a process of its own (`account_load.py`).

Each bound is of the compiled twin; the plain one may take three times as long. The same question at all four loads must
cost the same within a fifth while prices stand still. What counts is the median of the runs.
"""

import json
import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import asdict, dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

from connector.core.twins import COMPILED

PLAIN_TAKES, MOST_APART = 3, 1.2
#: Microseconds, of the compiled twin.
BOUNDS = {
    "one order": 5.0,
    "one order on its own way": 5.0,
    "a ladder of 20": 40.0,
    "one order after a jump of 0.05 %": 40.0,
    "available balance": 5.0,
    "a ledger event": 10.0,
    "an event of an order": 10.0,
    "all figures anew": 1_000.0,
}
#: Of a table that goes into a file.
WIDTH = 150
#: What must not depend on how much is open.
EVEN = ("one order", "one order on its own way", "a ladder of 20")


@dataclass(frozen=True, slots=True)
class Figure:
    """One question to one twin with so many orders open: microseconds, median, least and most of the runs."""

    twin: str
    name: str
    orders: int
    us: float
    us_min: float
    us_max: float
    bound_us: float

    @property
    def is_within(self) -> bool:
        return self.us <= self.bound_us


def measured(runs: int) -> list[Figure]:
    """Every figure. Without compiled parts the plain twin is alone."""
    twins = ("compiled", "plain") if COMPILED else ("plain",)
    found: dict[tuple[str, str, int], list[float]] = defaultdict(list)
    for _ in range(runs):
        for twin in twins:
            for orders, costs in _run(twin):
                for name, us in costs.items():
                    found[twin, name, orders].append(us)
    return [figure_of(*key, found[key]) for key in sorted(found, key=_place)]


def figure_of(twin: str, name: str, orders: int, us: list[float]) -> Figure:
    bound_us = BOUNDS[name] * (PLAIN_TAKES if twin == "plain" else 1)
    return Figure(twin, name, orders, median(us), min(us), max(us), bound_us)


def _place(key: tuple[str, str, int]) -> tuple[str, int, int]:
    twin, name, orders = key
    return twin, list(BOUNDS).index(name), orders


def _run(twin: str) -> list[tuple[int, dict[str, float]]]:
    """One process's figures, by the orders open."""
    program = [sys.executable, "-m", "tests.bench.account_load"]
    environment = os.environ | {"CONNECTOR_PLAIN": "1" if twin == "plain" else ""}
    done = subprocess.run(program, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return [(row["orders"], row["us"]) for row in rows]


def uneven(figures: list[Figure]) -> list[str]:
    """The questions whose cost depends on how much is open, while prices stand still."""
    found = []
    for twin, name in dict.fromkeys((figure.twin, figure.name) for figure in figures if figure.name in EVEN):
        costs = [figure.us for figure in figures if (figure.twin, figure.name) == (twin, name)]
        if max(costs) > MOST_APART * min(costs):
            found.append(f"{name}, {twin}: {max(costs) / min(costs):.2f} x from the least load to the dearest")
    return found


def verdict(figures: list[Figure]) -> int:
    """1 where a bound fails."""
    return int(bool(uneven(figures)) or not all(figure.is_within for figure in figures))


def run(runs: int, *, is_json: bool) -> int:
    """Prints all figures; 1 where a bound fails."""
    figures = measured(runs)
    if is_json:
        for figure in figures:
            print(json.dumps({**asdict(figure), "is_within": figure.is_within}))
        return verdict(figures)
    console = Console(file=sys.stdout)
    if not console.is_terminal:
        console.width = WIDTH
    console.print(_table(figures, runs))
    for line in uneven(figures):
        print(line)
    return verdict(figures)


def _table(figures: list[Figure], runs: int) -> Table:
    """A row per question and load, the twins beside each other."""
    table = Table(title=f"µs a call, 100 positions, median of {runs} runs (least to most)")
    twins = tuple(dict.fromkeys(figure.twin for figure in figures))
    for column in ("what", "orders", *(column for twin in twins for column in (twin, "", "bound", "of it"))):
        table.add_column(column, justify="left" if column == "what" else "right", no_wrap=True)
    for name, orders in dict.fromkeys((figure.name, figure.orders) for figure in figures):
        of_twins = (figure for figure in figures if (figure.name, figure.orders) == (name, orders))
        table.add_row(name, str(orders), *(cell for figure in of_twins for cell in _cells(figure)))
    return table


def _cells(figure: Figure) -> tuple[str, ...]:
    share = f"{figure.us / figure.bound_us:.2f}{'' if figure.is_within else ' !'}"
    return f"{figure.us:.2f}", f"{figure.us_min:.2f} to {figure.us_max:.2f}", f"{figure.bound_us:g}", share
