"""How long a key store takes to open at today's cost, and how much memory a guess at its password needs."""

import json
import resource
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from connector.core.secrets import Secret
from connector.keys.key_store import KeyStore
from connector.keys.open_store import OpenStore, created
from connector.keys.slots import Unlocking
from tests.companions.keys.stores import LIVE, PASSWORD, key_for

RUNS = 5
MOST_S, LEAST_MIB = 1.5, 64.0


@dataclass(frozen=True, slots=True)
class Figures:
    """The slowest of some unlocks counts: a user waits for each."""

    median_s: float
    slowest_s: float
    most_s: float
    #: By which the process grew at its highest.
    memory_mib: float
    least_mib: float

    @property
    def is_within(self) -> bool:
        return self.slowest_s <= self.most_s and self.memory_mib >= self.least_mib


def measured() -> Figures:
    """Opens a store of the ordinary cost some times."""
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times = []
    with tempfile.TemporaryDirectory() as folder:
        store = KeyStore(Path(folder) / "connectors")
        created(store, key_for(LIVE), Secret(PASSWORD))
        for _ in range(RUNS):
            began = time.perf_counter()
            OpenStore.at(store, LIVE, Unlocking.by_password(PASSWORD)).credentials()
            times.append(time.perf_counter() - began)
    grown_mib = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib) / 1024
    return Figures(round(statistics.median(times), 3), round(max(times), 3), MOST_S, round(grown_mib, 1), LEAST_MIB)


def run(*, is_json: bool) -> int:
    """Prints the figures; 1 where one is out of its bound."""
    figures = measured()
    if is_json:
        print(json.dumps(asdict(figures)), flush=True)
    else:
        table = Table("what", "figure", "bound", title=f"unlocking a key store, {RUNS} times")
        table.add_row("median", f"{figures.median_s:.3f} s", "")
        table.add_row("slowest", f"{figures.slowest_s:.3f} s", f"at most {MOST_S} s")
        table.add_row("memory", f"{figures.memory_mib:.1f} MiB", f"at least {LEAST_MIB:.0f} MiB")
        Console().print(table)
    return 0 if figures.is_within else 1
