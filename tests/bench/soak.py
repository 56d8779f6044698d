"""Memory: what 500 books take, and whether it stays so."""

import ctypes
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

from connector.market.feed import MarketFeed

FRAMES = 10_000_000
PAIRS = 500
LEVELS = 1000
MOST_MB = 60
_STEP = 1_000_000
_FORMS_EACH = 40
_TOUCHED = 4
_TOUCH = 1_000_000
#: A level on so many ticks, by pair: books are dense and sparse.
_SPREADS = (1, 3, 30, 300)


def run(frames: int, *, is_json: bool) -> None:
    """Prints resident memory over that of a feed without pairs: with the books as their snapshots tell them, then
    each million frames; at last how much it grew a million frames after the first."""
    random_ = random.Random(7)
    feed = MarketFeed()
    forms = [_forms(number, random_) for number in range(PAIRS)]
    bodies = [_snapshot(number, random_) for number in range(PAIRS)]
    _trim()
    empty = _resident_mb()
    for number, body in enumerate(bodies):
        symbol = _symbol(number)
        if not feed.add(symbol, symbol).on_snapshot(body, 1):
            raise RuntimeError(feed.symbols[symbol].last_error)
    _trim()
    books = _resident_mb() - empty
    _tell(is_json, frames=0, mb=books, most_mb=MOST_MB)
    seen = []
    for count in _fed(feed, forms, frames):
        seen.append((count, _resident_mb() - empty))
        _tell(is_json, frames=count, mb=seen[-1][1], most_mb=MOST_MB)
    applied = sum(followed.applied for followed in feed.symbols.values())
    if applied != frames:
        raise RuntimeError(f"{applied} of {frames} frames were applied: the figures mean nothing")
    if len(seen) > 1:
        grown = (seen[-1][1] - seen[0][1]) / (len(seen) - 1)
        _tell(is_json, mb_per_million_frames=grown)


def _fed(feed: MarketFeed, forms: list[list[tuple[bytes, bytes]]], frames: int) -> Iterator[int]:
    """Every pair's next frame in turn; the count after each million."""
    on_frame = feed.on_frame
    for count in range(frames):
        turn, pair = divmod(count, PAIRS)
        before, after = forms[pair][turn % _FORMS_EACH]
        on_frame(b'%b"U":%d,"u":%d,"pu":%d%b' % (before, 2 * turn + 1, 2 * turn + 2, 2 * turn, after), turn)
        if (count + 1) % _STEP == 0 or count + 1 == frames:
            yield count + 1


def _symbol(number: int) -> str:
    return f"SOAK{number}USDT"


def _snapshot(number: int, random_: random.Random) -> bytes:
    """Bids below 1000, asks above."""
    bids, asks = _side(-1, number, random_), _side(1, number, random_)
    return json.dumps({"lastUpdateId": 0, "bids": bids, "asks": asks}).encode()


def _side(sign: int, number: int, random_: random.Random) -> list[list[str]]:
    steps = sorted(random_.sample(_reach(number), LEVELS))
    return [[_price(_TOUCH + sign * step), f"{random_.randint(1, 10**6)}"] for step in steps]


def _forms(number: int, random_: random.Random) -> list[tuple[bytes, bytes]]:
    """A pair's frames without their ids: each sets levels near the touch, and takes back what the one before set."""
    symbol = _symbol(number)
    head = f'{{"stream":"{symbol.lower()}@depth@100ms","data":{{"e":"depthUpdate","E":1,"T":1,"s":"{symbol}",'.encode()
    forms, last = [], ([], [])
    for _ in range(_FORMS_EACH):
        now = [random_.sample(_reach(number), _TOUCHED) for _ in range(2)]
        sides = []
        for sign, gone, new in ((-1, last[0], now[0]), (1, last[1], now[1])):
            rows = {_price(_TOUCH + sign * step): "0" for step in gone}
            rows |= {_price(_TOUCH + sign * step): str(random_.randint(1, 10**6)) for step in new}
            sides.append(json.dumps([list(row) for row in rows.items()], separators=(",", ":")))
        forms.append((head, f',"b":{sides[0]},"a":{sides[1]}}}}}'.encode()))
        last = (now[0], now[1])
    return forms


def _reach(number: int) -> range:
    """How many ticks from the middle the levels of a pair may lie."""
    return range(1, _SPREADS[number % len(_SPREADS)] * LEVELS + 1)


def _price(ticks: int) -> str:
    return f"{ticks // 1000}.{ticks % 1000:03}"


def _trim() -> None:
    """Gives free memory back to the machine where the C library can, so that what is resident is in use."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


def _tell(is_json: bool, **figures: float) -> None:
    if is_json:
        print(json.dumps({"name": "soak", **figures}), flush=True)
    else:
        print("soak", *(f"{name} {figure:,.2f}" for name, figure in figures.items()), flush=True)
