"""The C++ floor, built on the spot and handed the same bytes as the product."""

import ctypes
import shutil
import subprocess
from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import ujson

from tests.bench.figures import Figures, Packed, address
from tests.bench.workloads import Workload

SOURCE = Path(__file__).with_name("floor.cpp")
FLAGS = ("-std=c++17", "-O3", "-shared", "-fPIC")
_COUNTERS = ("applied", "skipped", "gaps", "crossed", "strange")


def build(folder: Path) -> ctypes.CDLL | None:
    """The floor's library, made in `folder`; None where the machine has no C++ compiler."""
    compiler = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        return None
    target = folder / "floor.so"
    subprocess.run([compiler, *FLAGS, str(SOURCE), "-o", str(target)], check=True)
    library = ctypes.CDLL(str(target))
    library.floor_new.restype = ctypes.c_void_p
    library.floor_add.restype = ctypes.c_int64
    return library


@dataclass(frozen=True, slots=True)
class _Grid:
    """What the floor is told of a symbol: decimal places without trailing zeros, and ticks up to the highest price."""

    prices: int
    amounts: int
    ticks: int


class Floor:
    """The floor with the books of a workload."""

    def __init__(self, library: ctypes.CDLL, workload: Workload) -> None:
        self._library = library
        self._floor = ctypes.c_void_p(library.floor_new())
        self._grids = _grids(workload)
        self._packed = Packed(workload.frames)
        self._symbols = [ujson.loads(frame)["data"]["s"] for frame in workload.frames]
        for symbol, body in workload.snapshots.items():
            self._add(symbol, ujson.loads(body))

    def _add(self, symbol: str, snapshot: dict[str, Any]) -> None:
        grid = self._grids[symbol]
        told = map(ctypes.c_int64, (grid.prices, grid.amounts, grid.ticks))
        index = ctypes.c_int64(self._library.floor_add(self._floor, symbol.lower().encode(), *told))
        if index.value < 0:
            raise ValueError(f"the floor has no place for {symbol}")
        rows = array("q")
        for is_bid, side in ((1, "bids"), (0, "asks")):
            for price, amount in snapshot[side]:
                rows.extend((is_bid, _scaled(price, grid.prices), _scaled(amount, grid.amounts)))
        last_id, count = ctypes.c_int64(snapshot["lastUpdateId"]), ctypes.c_int64(len(rows) // 3)
        self._library.floor_load(self._floor, index, last_id, address(rows), count)

    def measure(self, whole: int, each: int) -> Figures:
        """What a frame costs the floor; `whole` and `each` passes over all frames (see stopwatch.hpp)."""
        return self._packed.measured(lambda *place: self._library.floor_measure(self._floor, *place), whole, each)

    def bests(self) -> tuple[list[tuple[Decimal, Decimal]], dict[str, int]]:
        """Best bid and ask of the frame's book after each frame, and what was counted."""
        bests, counters = array("q", bytes(16 * len(self._symbols))), array("q", bytes(8 * len(_COUNTERS)))
        self._library.floor_bests(self._floor, *self._packed.place, address(bests), address(counters))
        told = []
        for place, symbol in enumerate(self._symbols):
            decimals = self._grids[symbol].prices
            told.append((Decimal(bests[2 * place]).scaleb(-decimals), Decimal(bests[2 * place + 1]).scaleb(-decimals)))
        return told, dict(zip(_COUNTERS, counters, strict=True))


def _grids(workload: Workload) -> dict[str, _Grid]:
    rows: dict[str, list[list[str]]] = defaultdict(list)
    for symbol, body in workload.snapshots.items():
        snapshot = ujson.loads(body)
        rows[symbol] += snapshot["bids"] + snapshot["asks"]
    for frame in workload.frames:
        diff = ujson.loads(frame)["data"]
        rows[diff["s"]] += diff["b"] + diff["a"]
    return {symbol: _grid(seen) for symbol, seen in rows.items()}


def _grid(rows: list[list[str]]) -> _Grid:
    prices, amounts = ({row[column] for row in rows} for column in (0, 1))
    decimals = _decimals(prices)
    return _Grid(decimals, _decimals(amounts), max(_scaled(price, decimals) for price in prices) + 1)


def _decimals(texts: Iterable[str]) -> int:
    return max(len(text.partition(".")[2].rstrip("0")) for text in texts)


def _scaled(text: str, decimals: int) -> int:
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.rstrip("0").ljust(decimals, "0"))
