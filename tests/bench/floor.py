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
    pointer, number = ctypes.c_void_p, ctypes.c_int64
    library.floor_new.restype = pointer
    library.floor_add.restype = number
    library.floor_add.argtypes = (pointer, ctypes.c_char_p, number, number, number)
    library.floor_load.argtypes = (pointer, number, number, pointer, number)
    library.floor_measure.argtypes = (pointer, pointer, pointer, number, number, number, pointer, pointer)
    library.floor_bests.argtypes = (pointer, pointer, pointer, number, pointer, pointer)
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
        self._library, self._workload = library, workload
        self._floor = library.floor_new()
        self._grids = _grids(workload)
        self._packed = Packed(workload.frames)
        self._symbols = [ujson.loads(frame)["data"]["s"] for frame in workload.frames]
        for symbol, body in workload.snapshots.items():
            self._add(symbol, ujson.loads(body))

    def _add(self, symbol: str, snapshot: dict[str, Any]) -> None:
        grid = self._grids[symbol]
        name = symbol.lower().encode()
        index = self._library.floor_add(self._floor, name, grid.prices, grid.amounts, grid.ticks)
        if index < 0:
            raise ValueError(f"the floor has no place for {symbol}")
        rows = array("q")
        for is_bid, side in ((1, "bids"), (0, "asks")):
            for price, amount in snapshot[side]:
                rows.extend((is_bid, _scaled(price, grid.prices), _scaled(amount, grid.amounts)))
        self._library.floor_load(self._floor, index, snapshot["lastUpdateId"], address(rows), len(rows) // 3)

    def measure(self, whole: int, each: int) -> Figures:
        """What a frame costs the floor; `whole` and `each` passes over all frames (see stopwatch.hpp)."""
        return self._packed.measured(lambda *place: self._library.floor_measure(self._floor, *place), whole, each)

    def check(self) -> None:
        """Raises ValueError where the floor did other work than the product: the best prices after each frame, and
        that every frame was applied.
        """
        told, counters = self.bests()
        if counters != {**dict.fromkeys(_COUNTERS, 0), "applied": len(told)}:
            raise ValueError(f"the floor read the frames otherwise: {counters}")
        feed = self._workload.feed()
        for number, (frame, best) in enumerate(zip(self._workload.frames, told, strict=True)):
            followed = feed.on_frame(frame, 1)
            book = followed.book if followed is not None else None
            if book is None or (book.best_bid, book.best_ask) == (None, None):
                raise ValueError(f"frame {number} left the product without best prices")
            if tuple(side and side[0] for side in (book.best_bid, book.best_ask)) != best:
                raise ValueError(f"after frame {number} the floor's best prices are {best}, the product's others")

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
