"""`scripts/bench tick-to-trade`: from a depth frame on its socket to the bytes that answer it at the WS-API's.

    frame written ──▶ read ──▶ feed ──▶ the shipped strategy, which follows the touch ──▶ answer written

One level, one side, each frame moves the quote by ten ticks; the log is in `group`. Beside it, in turn, a bare loop:
the same frame read, and the same bytes sent at once, nothing between. At three paces, since an idle core costs more
than any code. Times are from the end of the frame's send to the end of the answer's send, all in one process. The same
loop on ccxt.pro (`ccxt_loop.py`) is taken in each run, where it is installed.
"""

import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from connector.bot.session.quoter import Quoter
from connector.config.loader import load_settings
from connector.core.enums import OrderWay, PositionMode
from connector.core.reports import LeverageReport, PositionModeReport
from connector.exchange.derivative import PerpetualDerivative
from connector.net.stream import Stream
from connector.store.durability import Durability
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.setting_kinds import Replace
from connector.strategies.touch_quoting import TouchQuoting
from connector.venue.domains import Domain
from tests.bench.frame_sender import FrameSender
from tests.bench.orders.rig import canned_venue, journal_in, stamped
from tests.bench.progress import doing
from tests.companions.account.scenes import balance, snapshot
from tests.companions.market import scenes
from tests.companions.orders.quiet_connector import SYMBOL, trading
from tests.companions.places import ROOT, SHIPPED_SETTINGS

PACES_MS = (0, 2, 20)
TICKS, WARM_UP, LOOKS = 200, 50, 20_000
#: One buy 0.0513 % below the mid price; no sells up to the floor.
QUOTING = {
    "order_levels": 1, "bid_spread": "0.0513", "ask_spread": "0.0513", "order_refresh_tolerance_pct": "0",
    "order_refresh_time": "3600", "price_floor": "1000000", "minimum_spread": "-100",
}  # fmt: skip
#: What a look that finds nothing to do has for a pace.
NO_PACE = -1
#: Where ccxt is, and what is said where it is not.
STRANGERS_PYTHON = ROOT / ".venv-strangers" / "bin" / "python"
LEFT_OUT = "ccxt.pro is left out: its environment is not there (scripts/setup strangers makes it)"
BARE = {"tick-cancel": "bare-cancel", "tick-replace": "bare-replace", "tick-modify": "bare-modify"}

Samples = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Bound:
    """At 2 ms, in µs: the most that a median may be, how much longer than the bare loop's it may be, and the most that
    the slowest in a hundred may take. None binds nothing."""

    most: float
    above_bare: float | None = None
    most_slow: float | None = None

    def is_missed(self, row: "Row", bare: "Row | None") -> bool:
        if row.p50_us > self.most or (self.most_slow is not None and row.p99_us > self.most_slow):
            return True
        return self.above_bare is not None and bare is not None and row.p50_us > bare.p50_us + self.above_bare

    def __str__(self) -> str:
        above = "" if self.above_bare is None else f" and bare + {self.above_bare:g}"
        return f"at most {self.most:g}{above}" + ("" if self.most_slow is None else f", p99 {self.most_slow:g}")


BOUNDS = {
    "tick-cancel": Bound(100.0, 30.0),
    "tick-replace": Bound(150.0, 45.0, 400.0),
    "tick-modify": Bound(110.0),
    "look": Bound(1.0),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One figure at one pace: medians of the runs; least and most are of the figure in the middle."""

    name: str
    pace_ms: int
    p50_us: float
    p99_us: float
    min_us: float
    max_us: float


class _Sink:
    """Nothing comes here: the feed reads from the socket."""

    def on_up(self) -> None: ...
    def on_down(self, reason: str) -> None: ...
    def on_frame(self, frame: bytes, received_ms: int) -> None: ...


class _Bare(WSListener):
    """Answers each frame with the same bytes at once; a cancel and an order over connections of their own, as those of
    the connector."""

    def __init__(self, venues: tuple[WSTransport, ...], messages: list[bytes]) -> None:
        self.venues, self.messages = venues, messages
        self.sent_ns: list[int] = []

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type != WSMsgType.TEXT:
            return
        for venue, message in zip(self.venues, self.messages, strict=False):
            venue.send(WSMsgType.TEXT, message)
            self.sent_ns.append(time.perf_counter_ns())


def frame(number: int) -> bytes:
    """Depth that moves the touch by a whole unit and back, in sequence after the frame before."""
    low, high = [("59990.0", "1.0"), ("59991.0", "0.0")], [("60011.0", "1.0"), ("60010.0", "0.0")]
    if number % 2:
        bids, asks = low, [(price, "0.0" if amount == "1.0" else "1.0") for price, amount in high]
    else:
        bids, asks = [(price, "0.0" if amount == "1.0" else "1.0") for price, amount in low], high
    return scenes.wrapped(scenes.depth(1001 + number, 1001 + number, 1000 + number, bids=bids, asks=asks))


def run(runs: int, *, is_json: bool) -> int:
    """Prints each figure; 1 where one misses what it is meant to be."""
    if not STRANGERS_PYTHON.exists():
        print(LEFT_OUT, file=sys.stderr, flush=True)
    if not is_json:
        print(f"{'µs':14} pace        p50      p99    least     most   x bare", flush=True)
    missed = False
    for rows in measure(runs):
        at = {row.name: row for row in rows}
        for row in rows:
            bound = BOUNDS.get(row.name) if row.pace_ms in (2, NO_PACE) else None
            bare = at.get(BARE.get(row.name, ""))
            is_missed = bound is not None and bound.is_missed(row, bare)
            missed |= is_missed
            print(json.dumps(asdict(row)) if is_json else _line(row, bound, bare) + "  MISSED" * is_missed, flush=True)
    return int(missed)


def _line(row: Row, bound: Bound | None, bare: Row | None) -> str:
    pace = "" if row.pace_ms == NO_PACE else f"{row.pace_ms} ms"
    times = "" if bare is None else f"{row.p50_us / bare.p50_us:.2f}"
    figures = f"{row.p50_us:8.1f} {row.p99_us:8.1f} {row.min_us:8.1f} {row.max_us:8.1f}"
    return f"{row.name:14} {pace:6} {figures} {times:>8}{'' if bound is None else f'  {bound}'}"


def measure(runs: int, ticks: int = TICKS, paces: tuple[int, ...] = PACES_MS) -> Iterator[list[Row]]:
    """The figures of a pace, as soon as its runs are over; at last those of a look that finds nothing to do."""
    looks: list[list[float]] = []
    with canned_venue() as domain, tempfile.TemporaryDirectory() as folder:
        for pace_ms in paces:
            taken: dict[str, list[list[float]]] = {}
            for number in range(runs):
                doing(f"tick-to-trade at {pace_ms} ms", number, runs)
                for way in (Replace.CANCEL_AND_NEW, Replace.MODIFY):
                    home = Path(folder) / f"{number}-{pace_ms}-{way}"
                    samples = asyncio.run(_measured(domain, home, way, pace_ms, ticks))
                    looks.append(samples.pop("look"))
                    for name, took_us in (samples | _of_ccxt(domain, way, ticks, pace_ms)).items():
                        taken.setdefault(name, []).append(took_us)
            yield [_row(name, pace_ms, lists) for name, lists in taken.items()]
    yield [_row("look", NO_PACE, looks)]


def _row(name: str, pace_ms: int, lists: list[list[float]]) -> Row:
    middle = [median(samples) for samples in lists]
    return Row(name, pace_ms, median(middle), median(map(_p99, lists)), min(middle), max(middle))


def _of_ccxt(domain: Domain, way: Replace, ticks: int, pace_ms: int) -> Samples:
    """The figures of ccxt.pro, in a process of its own on the same core; none where it is not installed."""
    if not STRANGERS_PYTHON.exists():
        return {}
    command = [str(STRANGERS_PYTHON), "-m", "tests.bench.ccxt_loop", domain.ws_api]
    command += [way.value, *(str(number) for number in (WARM_UP, ticks, pace_ms))]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"the loop on ccxt.pro failed: {ended.stderr.strip().splitlines()[-1]}")
    told: Samples = json.loads(ended.stdout)
    return told


def _p99(samples: list[float]) -> float:
    return sorted(samples)[int(len(samples) * 0.99)]


async def _measured(domain: Domain, folder: Path, way: Replace, pace_ms: int, ticks: int) -> Samples:
    market, bare_market = FrameSender(), FrameSender()
    samples: Samples = {}
    async with trading(domain, journal_in(folder, Durability.GROUP), OrderWay.WS_API) as connector:
        quoter = _quoting(connector, way)
        stream = asyncio.create_task(_reading(connector, market))
        with stamped() as written, contextlib.closing(market), contextlib.closing(bare_market):
            await _settled(connector)
            venues = tuple([(await ws_connect(WSListener, domain.ws_api))[0] for _ in range(2)])
            messages = [b"{}"]
            bare_transport, bare = await ws_connect(lambda: _Bare(venues, messages), bare_market.address)
            for number in range(WARM_UP + ticks):
                await _settled(connector)
                await asyncio.sleep(pace_ms / 1000)
                written.clear()
                began_ns = market.send(frame(number))
                await _until(lambda: len(written) >= (2 if way is Replace.CANCEL_AND_NEW else 1))
                ours = _figures(way, [at_ns - began_ns for _, at_ns in written])
                messages[:] = [message for message, _ in written]
                await _settled(connector)
                await asyncio.sleep(pace_ms / 1000)
                bare.sent_ns.clear()
                began_ns = bare_market.send(frame(number))
                await _until(lambda: len(bare.sent_ns) >= len(messages))
                ours |= {BARE[name]: at for name, at in _figures(way, [at - began_ns for at in bare.sent_ns]).items()}
                if number >= WARM_UP:
                    for name, spent_ns in ours.items():
                        samples.setdefault(name, []).append(spent_ns / 1000)
            samples["look"] = _looks(quoter)
            for transport in (*venues, bare_transport):
                transport.disconnect(graceful=False)
            quoter.end()
            stream.cancel()
            await asyncio.gather(stream, return_exceptions=True)
    return samples


def _figures(way: Replace, spent_ns: list[int]) -> dict[str, int]:
    if way is Replace.MODIFY:
        return {"tick-modify": spent_ns[0]}
    return {"tick-cancel": spent_ns[0], "tick-replace": spent_ns[1]}


def _looks(quoter: Quoter) -> list[float]:
    """What it costs to see that nothing is to do, in µs a look, a hundred at a time."""
    figures, needs_look = [], quoter.touch.needs_look
    for _ in range(LOOKS // 100):
        began_ns = time.perf_counter_ns()
        for _ in range(100):
            needs_look()
        figures.append((time.perf_counter_ns() - began_ns) / 100_000)
    return figures


def _quoting(connector: PerpetualDerivative, way: Replace) -> Quoter:
    """The shipped strategy at a book that is whole, with a wallet that bears its orders."""
    parts = connector.components
    parts.dispatcher.dispatch(snapshot(1, (balance("1000000"),)))
    parts.dispatcher.dispatch(LeverageReport(SYMBOL, 20))
    parts.dispatcher.dispatch(PositionModeReport(PositionMode.ONEWAY))
    feed = parts.feed.symbols[SYMBOL]
    feed.on_snapshot(scenes.snapshot(1000, [("59990.0", "1.0")], [("60010.0", "1.0")]), parts.clock.monotonic_ms())
    written = {**QUOTING, "replace_on_touch": way.value}
    settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, written)
    quoter = Quoter(connector, TouchQuoting(settings), parts.clock, _said)
    quoter.begin()
    return quoter


def _said(line: str) -> None:
    raise RuntimeError(f"{line}: the figure means nothing")


async def _reading(connector: PerpetualDerivative, market: FrameSender) -> None:
    async def address() -> str:
        return market.address

    stream = Stream("bench", address, _Sink(), connector.components.clock)
    stream.read_by(connector.components.feed)
    await stream.run()


async def _settled(connector: PerpetualDerivative) -> None:
    """Until one quote stands as it should, and all that was told of it has been looked at."""

    def stands() -> bool:
        orders = tuple(connector.in_flight_orders.values())
        return len(orders) == 1 and orders[0].was_seen and orders[0].change is None and not orders[0].cancel_wanted

    await _until(stands)
    for _ in range(10):
        await asyncio.sleep(0)


async def _until(holds: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + 10
    while not holds():
        if time.monotonic() > deadline_s:
            raise RuntimeError("nothing came within 10 s: the figure means nothing")
        await asyncio.sleep(0)
