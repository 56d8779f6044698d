"""The background market beside a recording of the venue: are they the same in what a market maker feels?

Where the recording is not here, two seeds of the local exchange are compared: how far is one from the other?

The simulator runs on a clock that is moved by hand, engine and all but without sockets, as long as the recording is.
Both sides are sampled alike: the book every 100 ms, the trades one by one.
"""

import gzip
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import ujson

from connector.core.clock import ManualClock
from connector.simulator.market.book import Book
from connector.simulator.market.default_instruments import BTCUSDT
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.market.tape import PublicTrade
from connector.simulator.runtime import Runtime
from connector.simulator.settings import SimulatorSettings
from tests.bench import sources
from tests.bench.adverse_selection import AFTER_MS, Drift, Touches, drift
from tests.bench.market_picture import Sample, distance, draw

START_MS, SAMPLE_MS, SETTLING_MS = 1_723_161_256_000, 100, 1_000
TICKS, LOTS = 10, 1000
#: The best price counts as the first of so many ticks.
DEPTH_TICKS = (1, 5, 20)
MOST_DISTANCE = 0.1
#: A few minutes of one seed have few great moves: adverse selection is that of so many together.
SEEDS = 5

Lots = Callable[[int, int], float]


@dataclass(frozen=True)
class Likeness:
    """One quantity in both markets. `distance` is the two-sample Kolmogorov–Smirnov one."""

    name: str
    distance: float
    recorded_median: float
    simulated_median: float
    recorded_count: int
    simulated_count: int
    #: Whether the venue's own recording was compared with, or a stand-in for it.
    is_recorded: bool = True

    def line(self) -> str:
        verdict = "alike" if self.distance <= MOST_DISTANCE else "NOT ALIKE"
        other = "recorded" if self.is_recorded else "of another seed"
        medians = f"median {self.recorded_median:g} {other}, {self.simulated_median:g} simulated"
        return f"{self.name:30} distance {self.distance:5.3f}   {medians}   {verdict}"


@dataclass
class Market:
    """What was seen of one market: rows of the book, (ms, BTC) of every trade, and quotes and trades by price."""

    books: list[list[float]] = field(default_factory=list)
    trades: list[tuple[int, float]] = field(default_factory=list)
    touches: Touches = field(default_factory=Touches)

    def look(self, bid: int, ask: int, lots: Lots) -> None:
        row = [float(ask - bid)]
        for side, best in ((BUY, bid), (SELL, ask)):
            amounts = [lots(side, best - side * behind) for behind in range(DEPTH_TICKS[-1])]
            row += [sum(amounts[:ticks]) for ticks in DEPTH_TICKS]
        self.books.append(row)

    def quantities(self) -> dict[str, Sample]:
        """Every quantity that is compared, both sides of the book in one."""
        books = np.array(self.books)
        times, sizes = np.array(self.trades).T
        found = {"spread (ticks)": books[:, 0]}
        for nth, ticks in enumerate(DEPTH_TICKS, 1):
            both = np.concatenate([books[:, nth], books[:, nth + len(DEPTH_TICKS)]])
            found[f"depth at {ticks} tick{'s' * (ticks > 1)} (BTC)"] = both
        found["trade size (BTC)"] = sizes
        found["time between trades (ms)"] = np.diff(times)
        return found


def recorded(path: Path) -> Market:
    """A recording, its book kept by the venue's sequence law."""
    market, quotes = Market(), []
    levels: dict[int, dict[int, float]] = {BUY: {}, SELL: {}}
    held: list[dict[str, Any]] | None = []
    next_ms = last_id = 0
    for row in _rows(path):
        if "lastUpdateId" in row:
            _change(levels, row["bids"], row["asks"])
            last_id, next_ms = row["lastUpdateId"], row["T"]
            for event in held or []:
                if event["u"] >= last_id:
                    _change(levels, event["b"], event["a"])
            held = None
        elif (event := row["data"])["e"] == "trade":
            market.trades.append((event["T"], float(event["q"])))
            side = SELL if event["m"] else BUY
            market.touches.trades.append((event["T"], round(float(event["p"]) * TICKS), side))
        elif event["e"] == "bookTicker":
            bid, ask = (round(float(event[key]) * TICKS) for key in ("b", "a"))
            market.touches.quotes.append((event["T"], bid, ask))
        elif event["e"] == "depthUpdate" and held is not None:
            held.append(event)
        elif event["e"] == "depthUpdate" and event["u"] >= last_id:
            while next_ms < event["T"]:
                market.look(max(levels[BUY]), min(levels[SELL]), lambda side, ticks: levels[side].get(ticks, 0.0))
                next_ms += SAMPLE_MS
            _change(levels, event["b"], event["a"])
            quotes.append((event["T"], max(levels[BUY]), min(levels[SELL])))
    market.touches.quotes = market.touches.quotes or quotes
    return market


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path) as lines:
        for line in lines:
            yield ujson.loads(line.partition(b" ")[2])


def _change(levels: dict[int, dict[int, float]], bids: Any, asks: Any) -> None:
    for side, rows in ((BUY, bids), (SELL, asks)):
        for price, amount in rows:
            ticks = round(float(price) * TICKS)
            if float(amount):
                levels[side][ticks] = float(amount)
            else:
                levels[side].pop(ticks, None)


def simulated(seed: int, lasts_ms: int) -> Market:
    """The background market of that seed, alone."""
    clock = ManualClock(START_MS)
    runtime = Runtime(SimulatorSettings(seed=seed, clock=clock, instruments=(BTCUSDT,)))
    listing = runtime.engine.listings[BTCUSDT.symbol]
    market = Market()
    seen: PublicTrade | None = None
    next_ms = START_MS + SETTLING_MS
    while clock.ms < START_MS + SETTLING_MS + lasts_ms:
        runtime.pulse()
        fresh = _fresh(listing.tape.trades, seen)
        if fresh:
            seen = fresh[-1]
            market.trades += [(trade.time_ms, trade.lots / LOTS) for trade in fresh]
            market.touches.trades += [
                (trade.time_ms, trade.ticks, SELL if trade.buyer_is_maker else BUY) for trade in fresh
            ]
        bid, ask = listing.book.best(BUY), listing.book.best(SELL)
        if bid is not None and ask is not None:
            market.touches.quotes.append((clock.ms, bid, ask))
        if clock.ms >= next_ms:
            _look(market, listing.book)
            next_ms += SAMPLE_MS
        clock.ms = max(clock.ms + 1, min(int(-(-runtime.next_ms() // 1)), next_ms))
    return market


def _fresh(trades: deque[PublicTrade], seen: PublicTrade | None) -> list[PublicTrade]:
    fresh = []
    for trade in reversed(trades):
        if trade is seen:
            break
        fresh.append(trade)
    return fresh[::-1]


def _look(market: Market, book: Book) -> None:
    bid, ask = book.best(BUY), book.best(SELL)
    if bid is not None and ask is not None:
        market.look(bid, ask, lambda side, ticks: book.lots_at(side, ticks) / LOTS)


def market_model(picture: Path | None = None, seed: int = 1, seeds: int = SEEDS) -> Iterator[Likeness | Drift]:
    """Compares, quantity by quantity; draws both distributions to `picture`.

    Adverse selection is that of so many `seeds` together, from `seed` on; all else is that of `seed`.
    """
    source = sources.market()
    real = recorded(source.path)
    mine = [simulated(each, lasts_ms=SAMPLE_MS * len(real.books)) for each in range(seed, seed + seeds)]
    theirs, ours = real.quantities(), mine[0].quantities()
    first_ms = AFTER_MS[0]
    name = f"adverse selection, {first_ms // 1000} s (ticks)"
    theirs[name] = real.touches.drifts(first_ms)[1]
    ours[name] = np.concatenate([each.touches.drifts(first_ms)[1] for each in mine])
    for name, sample in theirs.items():
        medians = float(np.median(sample)), float(np.median(ours[name]))
        counts = len(sample), len(ours[name])
        yield Likeness(name, round(distance(sample, ours[name]), 4), *medians, *counts, source.is_recorded)
    drifts = [drift(real.touches, [each.touches for each in mine], ms, source.is_recorded) for ms in AFTER_MS]
    yield from drifts
    if picture is not None:
        draw(theirs, ours, drifts, picture, "venue, 2024-08-08" if source.is_recorded else source.name)
