"""Recorded traffic of the venue, read for being played again: what changed in the book, and what traded.

    a folder     `frames.jsonl`, lines {"received": s, "frame": text}, and `depth_snapshots.jsonl`, lines
                 {"received": s, "symbol": text, "body": text}
    a .gz file   lines `<received ns> <JSON>`; a depth snapshot stands unwrapped at its place

Single trades are taken where a recording has them, aggregated ones where not. All else is passed over. Streams overtake
each other on their way; what happened at the venue is put back into the order in which it happened there.
"""

import gzip
import heapq
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Any

from connector.simulator.errors import BadInput

FRAMES, SNAPSHOTS = "frames.jsonl", "depth_snapshots.jsonl"
_MS_PER_S, _NS_PER_MS = 1_000, 10**6
#: By so much, at most, one stream is ahead of another.
_OVERTAKEN_MS = 1_000
#: Single trades count as absent when none is among so many frames of the beginning.
_LOOKED_AT = 5_000

PriceLevel = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class BookChange:
    """New amounts at some prices."""

    #: The venue's time of the transaction, that of the arrival where it tells none.
    at_ms: int
    #: Empty where the recording does not say.
    symbol: str
    last_id: int
    bids: tuple[PriceLevel, ...]
    asks: tuple[PriceLevel, ...]
    #: Whether it names every price that there is.
    snapshot: bool


@dataclass(frozen=True, slots=True)
class Print:
    """A trade of the recording."""

    at_ms: int
    symbol: str
    price: Decimal
    amount: Decimal
    #: Whether the seller took.
    buyer_is_maker: bool
    aggregate: bool


Fact = BookChange | Print


def read_recording(path: Path) -> Iterator[Fact]:
    """The facts of a recording, oldest first. Raises `BadInput`, for a file that is none at once."""
    has_trades = any(isinstance(fact, Print) and not fact.aggregate for fact in islice(_facts(path), _LOOKED_AT))
    return _ordered(fact for fact in _facts(path) if not (has_trades and isinstance(fact, Print) and fact.aggregate))


def first_snapshots(path: Path) -> dict[str, BookChange]:
    """The first snapshot of every symbol. Raises `BadInput` where there is none."""
    found: dict[str, BookChange] = {}
    nameless: BookChange | None = None
    named = ""
    for fact in _facts(path):
        if isinstance(fact, BookChange) and fact.snapshot and fact.symbol:
            found.setdefault(fact.symbol, fact)
        elif isinstance(fact, BookChange) and fact.snapshot:
            nameless = nameless or fact
        named = fact.symbol or named
        if nameless and named:
            return {named: nameless}
    if not found:
        raise BadInput(f"{path}: a recording without a depth snapshot can't be played")
    return found


def _ordered(facts: Iterable[Fact]) -> Iterator[Fact]:
    """By time, and trades before the change of the book that they made."""
    waiting: list[tuple[int, bool, int, Fact]] = []
    newest_ms = 0
    for number, fact in enumerate(facts):
        newest_ms = max(newest_ms, fact.at_ms)
        heapq.heappush(waiting, (fact.at_ms, isinstance(fact, BookChange), number, fact))
        while waiting[0][0] < newest_ms - _OVERTAKEN_MS:
            yield heapq.heappop(waiting)[-1]
    while waiting:
        yield heapq.heappop(waiting)[-1]


def _facts(path: Path) -> Iterator[Fact]:
    if (path / FRAMES).is_file() and (path / SNAPSHOTS).is_file():
        return heapq.merge(*(_parsed(path / name) for name in (FRAMES, SNAPSHOTS)), key=attrgetter("at_ms"))
    if path.is_file():
        return _parsed(path)
    raise BadInput(f"{path} is no recording: name a folder with {FRAMES} and {SNAPSHOTS}, or a .gz file")


def _parsed(path: Path) -> Iterator[Fact]:
    opener = gzip.open if path.suffix == ".gz" else open
    line = 1
    try:
        with opener(path, "rb") as lines:
            for text in lines:
                yield from _fact(text)
                line += 1
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, InvalidOperation) as flaw:
        raise BadInput(f"{path}, line {line}: can't be read ({type(flaw).__name__}: {flaw})") from flaw


def _fact(line: bytes) -> Iterable[Fact]:
    if line.startswith(b"{"):
        row = json.loads(line, parse_float=Decimal)
        at_ms = int(row["received"] * _MS_PER_S)
        if "body" in row:
            return (_change(at_ms, row["symbol"], json.loads(row["body"])),)
        return _framed(at_ms, json.loads(row["frame"]))
    stamp, _, body = line.partition(b" ")
    return _framed(int(stamp) // _NS_PER_MS, json.loads(body))


def _framed(at_ms: int, frame: dict[str, Any]) -> Iterable[Fact]:
    event = frame.get("data", frame)
    kind = event.get("e")
    if "lastUpdateId" in event:
        return (_change(at_ms, "", event),)
    if kind == "depthUpdate":
        return (_change(at_ms, event["s"], event),)
    if kind in ("trade", "aggTrade"):
        amounts = Decimal(event["p"]), Decimal(event["q"])
        return (Print(int(event.get("T", at_ms)), event["s"], *amounts, bool(event["m"]), kind == "aggTrade"),)
    return ()


def _change(at_ms: int, symbol: str, row: dict[str, Any]) -> BookChange:
    is_snapshot = "lastUpdateId" in row
    bids, asks = (row["bids"], row["asks"]) if is_snapshot else (row["b"], row["a"])
    last_id = int(row["lastUpdateId"] if is_snapshot else row["u"])
    return BookChange(int(row.get("T", at_ms)), symbol, last_id, _levels(bids), _levels(asks), is_snapshot)


def _levels(rows: list[list[str]]) -> tuple[PriceLevel, ...]:
    return tuple((Decimal(row[0]), Decimal(row[1])) for row in rows)
