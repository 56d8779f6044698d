"""Recorded traffic of the venue, read for being played again: what changed in the book, what traded, what it was marked
at, and when whoever recorded had lost sight of it.

    a folder     `frames.jsonl`, lines {"received": s, "frame": text}, and `depth_snapshots.jsonl`, lines
                 {"received": s, "symbol": text, "body": text}
    a .gz file   lines `<received ns> <JSON>`; a depth snapshot stands at its place, unwrapped or as the data of a
                 stream <symbol>@snapshot; a row of fundingInfo as those of <symbol>@fundingInfo, and that the symbol
                 is out of sight, or is seen again, as those of <symbol>@outage

Single trades are taken where a recording has them, aggregated ones where not. All else is passed over. Streams overtake
each other on their way; what happened at the venue is put back into the order in which it happened there.
"""

import gzip
import heapq
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Any

from connector.core.faults import failure_text
from connector.simulator.errors import BadInput

FRAMES, SNAPSHOTS = "frames.jsonl", "depth_snapshots.jsonl"
_MS_PER_S, _NS_PER_MS = 1_000, 10**6
#: By so much, at most, one stream is ahead of another.
_OVERTAKEN_MS = 1_000
#: What reading strange data runs into.
FLAWS = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError)
#: No price or amount has so many digits before the point, and no time so many at all.
_MOST_DIGITS = 18
#: Below it nothing is reckoned here.
_LEAST_PRICE = Decimal("1e-8")
#: A week is no interval of funding.
_MOST_HOURS = 168
_SNAPSHOT, _FUNDING, _OUTAGE = "@snapshot", "@fundingInfo", "@outage"
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
    #: The venue's, by which one that came twice is known; 0 where it tells none.
    number: int = 0


@dataclass(frozen=True, slots=True)
class Priced:
    """What a contract was marked at, and what is said of its next funding."""

    at_ms: int
    symbol: str
    mark: Decimal
    index: Decimal
    #: The forecast; None for a contract without funding.
    rate: Decimal | None
    #: By the venue's clock then.
    next_funding_ms: int


@dataclass(frozen=True, slots=True)
class FundingBounds:
    """How a contract settles where it does not as all do; None: as it did."""

    at_ms: int
    symbol: str
    hours: int
    cap: Decimal | None
    floor: Decimal | None


@dataclass(frozen=True, slots=True)
class Outage:
    """Whoever records sees a symbol no more (`reason`), or again (no reason). Without a symbol it is all of them."""

    at_ms: int
    symbol: str
    reason: str


Fact = BookChange | Print | Priced | FundingBounds | Outage


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
                yield from facts_of(text)
                line += 1
    except (OSError, EOFError, zlib.error, *FLAWS) as flaw:
        raise BadInput(f"{path}, line {line}: can't be read ({failure_text(flaw)})") from flaw


def facts_of(line: bytes) -> Iterable[Fact]:
    """What a line tells. Raises one of `FLAWS` for what is no line of a recording."""
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
    stream = str(frame.get("stream", ""))
    symbol = stream.partition("@")[0].upper()
    if "lastUpdateId" in event:
        return (_change(at_ms, symbol if stream.endswith(_SNAPSHOT) else "", event),)
    if stream.endswith(_OUTAGE):
        return (Outage(at_ms, symbol, str(event["reason"])),)
    if stream.endswith(_FUNDING):
        return (_bounds(at_ms, symbol, event),)
    match event.get("e"):
        case "depthUpdate":
            return (_change(at_ms, event["s"], event),)
        case "trade" | "aggTrade" as kind:
            return (_print(at_ms, event, aggregate=kind == "aggTrade"),)
        case "markPriceUpdate":
            return (_priced(at_ms, event),)
    return ()


def _change(at_ms: int, symbol: str, row: dict[str, Any]) -> BookChange:
    is_snapshot = "lastUpdateId" in row
    bids, asks = (row["bids"], row["asks"]) if is_snapshot else (row["b"], row["a"])
    last_id = int(row["lastUpdateId"] if is_snapshot else row["u"])
    return BookChange(_time(row.get("T", at_ms)), symbol, last_id, _levels(bids), _levels(asks), is_snapshot)


def _print(at_ms: int, row: dict[str, Any], *, aggregate: bool) -> Print:
    amounts = _number(row["p"]), _number(row["q"])
    number = int(row.get("a" if aggregate else "t", 0))
    return Print(_time(row.get("T", at_ms)), row["s"], *amounts, bool(row["m"]), aggregate, number)


def _priced(at_ms: int, row: dict[str, Any]) -> Priced:
    mark, index = _number(row["p"]), _number(row["i"])
    if min(mark, index) < _LEAST_PRICE:
        raise ValueError(f"a price of {min(mark, index)}")
    rate = _number(row["r"], signed=True) if row.get("r") else None
    return Priced(_time(row.get("E", at_ms)), row["s"], mark, index, rate, _time(row.get("T", 0)))


def _bounds(at_ms: int, symbol: str, row: dict[str, Any]) -> FundingBounds:
    cap, floor = (None if row[name] is None else _number(row[name], signed=True) for name in ("cap", "floor"))
    hours = int(row["hours"])
    if not 0 < hours < _MOST_HOURS:
        raise ValueError(f"an interval of {hours} hours")
    return FundingBounds(at_ms, symbol, hours, cap, floor)


def _levels(rows: list[list[str]]) -> tuple[PriceLevel, ...]:
    return tuple((_number(row[0]), _number(row[1])) for row in rows)


def _number(text: str, *, signed: bool = False) -> Decimal:
    """A figure that can be one of a market. Raises ValueError."""
    value = Decimal(text)
    if not value.is_finite() or value.adjusted() > _MOST_DIGITS or (value < 0 and not signed):
        raise ValueError(f"{text[:40]} is no figure of a market")
    return value


def _time(value: int | str) -> int:
    number = int(value)
    if not 0 <= number < 10**_MOST_DIGITS:
        raise ValueError(f"{str(value)[:40]} is no time")
    return number
