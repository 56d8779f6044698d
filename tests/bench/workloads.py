"""What is measured: depth frames of a capture (see `sources`), and frames made of them.

Every workload is frames in order and the snapshots that they follow; all are sound and none is skipped for its age.
"""

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import ujson

from connector.bot.commands.captures import CapturedFrame, read_capture
from connector.market.feed import MarketFeed
from connector.market.frames import FrameDecoder

COLD_BOOKS, COLD_FRAMES_EACH = 500, 100
MARK_PRICES = 20_000

_KIND = re.compile(rb'"e":"(\w+)"')
_SYMBOL = re.compile(rb'"s":"(\w+)"')
_IDS = re.compile(rb'"U":(\d+),"u":(\d+),"pu":(\d+)')


@dataclass(frozen=True, slots=True)
class Workload:
    """`frames` in order, and the body of the `snapshots` by symbol."""

    frames: list[bytes]
    snapshots: dict[str, bytes] = field(default_factory=dict)
    symbols: tuple[str, ...] = ()

    def feed(self, new_decoder: type[FrameDecoder] = FrameDecoder) -> MarketFeed:
        """A new feed that follows every symbol, its books as the snapshots tell them."""
        feed = MarketFeed(only_family=None, decoder=new_decoder())
        for symbol in self.symbols:
            feed.add(symbol, symbol)
        for symbol, body in self.snapshots.items():
            if not feed.symbols[symbol].on_snapshot(body, 1):
                raise ValueError(f"{symbol}: {feed.symbols[symbol].last_error}")
        return feed


def captured(path: Path, kind: bytes = b"depthUpdate") -> Workload:
    """The frames of one kind of a capture, the depth frames older than their snapshot left out."""
    frames, bodies = [], {}
    for record in read_capture(path):
        if isinstance(record, CapturedFrame):
            if kind_of(record.frame) == kind:
                frames.append(record.frame)
        else:
            bodies[record.symbol or "BTCUSDT"] = record.body
    if kind == b"depthUpdate":
        last_ids = {symbol: ujson.loads(body)["lastUpdateId"] for symbol, body in bodies.items()}
        frames = [frame for frame in frames if _last_id(frame) >= last_ids[symbol_of(frame)]]
    return Workload(frames, bodies, tuple(bodies))


def kind_of(frame: bytes) -> bytes:
    match = _KIND.search(frame)
    return match[1] if match else b""


def symbol_of(frame: bytes) -> str:
    match = _SYMBOL.search(frame)
    return match[1].decode() if match else ""


def _last_id(frame: bytes) -> int:
    last_id: int = ujson.loads(frame)["data"]["u"]
    return last_id


def cold(path: Path) -> Workload:
    """500 books of other names with the capture's snapshots and frames, each book's next frame in turn: no book is in
    the cache when its frame comes, and no frame's bytes were seen before."""
    source = captured(path)
    by_symbol: dict[str, list[bytes]] = defaultdict(list)
    for frame in source.frames:
        by_symbol[symbol_of(frame)].append(frame)
    frames_of: dict[str, list[bytes]] = {}
    snapshots = {}
    for number in range(COLD_BOOKS):
        symbol = source.symbols[number % len(source.symbols)]
        name = f"{symbol[:-4]}{number}USDT"
        lower, upper = f'"{symbol.lower()}@'.encode(), f'"{symbol}"'.encode()
        frames_of[name] = [
            frame.replace(lower, f'"{name.lower()}@'.encode()).replace(upper, f'"{name}"'.encode())
            for frame in by_symbol[symbol][:COLD_FRAMES_EACH]
        ]
        snapshots[name] = source.snapshots[symbol]
    in_turn = [frames[turn] for turn in range(COLD_FRAMES_EACH) for frames in frames_of.values() if turn < len(frames)]
    return Workload(in_turn, snapshots, tuple(snapshots))


def tickers(path: Path) -> Workload:
    """The bookTicker frames of a capture, over the book of the snapshot alone: each is news."""
    return captured(path, b"bookTicker")


def mark_prices() -> Workload:
    """One symbol's `markPriceUpdate` each second, every number of it new, in today's form."""
    frames = []
    for number in range(MARK_PRICES):
        payload = {
            "e": "markPriceUpdate",
            "E": 1723161256000 + 1000 * number,
            "s": "BTCUSDT",
            "p": f"{61800 + number % 977}.{number * 7919 % 10**8:08}",
            "ap": f"{61800 + number % 953}.{number * 7907 % 10**8:08}",
            "i": f"{61799 + number % 971}.{number * 104729 % 10**8:08}",
            "P": f"{61700 + number % 967}.{number * 1299709 % 10**8:08}",
            "r": f"0.0001{number % 10**4:04}",
            "T": 1723190400000,
            "st": 1,
        }
        data = json.dumps(payload, separators=(",", ":"))
        frames.append(f'{{"stream":"btcusdt@markPrice@1s","data":{data}}}'.encode())
    return Workload(frames, {}, ("BTCUSDT",))


def rounds(path: Path, count: int) -> Workload:
    """A capture's depth frames again and again as one unbroken sequence, each round's ids after the last one's.

    A frame of each symbol closes the round: it sets what lies between the lowest ask and the highest bid of the
    round back to the snapshot, so that the next round doesn't cross what this one left.
    """
    source = captured(path)
    frames = source.frames + [_closing(source, symbol) for symbol in source.symbols]
    spans: dict[str, list[int]] = {}
    for frame in frames:
        diff = ujson.loads(frame)["data"]
        spans.setdefault(diff["s"], [diff["pu"], 0])[1] = diff["u"]
    forms = [(_IDS.split(frame), spans[symbol_of(frame)]) for frame in frames]
    turns = []
    for turn in range(count):
        for (before, first, last, previous, after), (start, end) in forms:
            step = turn * (end - start)
            ids = (int(first) + step, int(last) + step, int(previous) + step)
            turns.append(b'%b"U":%d,"u":%d,"pu":%d%b' % (before, *ids, after))
    return Workload(turns, source.snapshots, source.symbols)


def _closing(source: Workload, symbol: str) -> bytes:
    snapshot = ujson.loads(source.snapshots[symbol])
    diffs = [ujson.loads(frame)["data"] for frame in source.frames if symbol_of(frame) == symbol]
    bids, asks = dict(snapshot["bids"]), dict(snapshot["asks"])
    all_bids = {**bids, **{price: amount for diff in diffs for price, amount in diff["b"] if float(amount)}}
    all_asks = {**asks, **{price: amount for diff in diffs for price, amount in diff["a"] if float(amount)}}
    highest, lowest = max(map(float, all_bids)), min(map(float, all_asks))
    last_id = diffs[-1]["u"]
    data = {
        **diffs[-1],
        "U": last_id + 1,
        "u": last_id + 2,
        "pu": last_id,
        "b": [[price, bids.get(price, "0")] for price in all_bids if float(price) >= lowest],
        "a": [[price, asks.get(price, "0")] for price in all_asks if float(price) <= highest],
    }
    return json.dumps({"stream": f"{symbol.lower()}@depth@100ms", "data": data}, separators=(",", ":")).encode()
