"""Captures that the local exchange makes by seed, for whoever has no recording of the venue beside the project.

A capture is in the form that `connector record` writes: a line `<ns> <frame>` each, and a depth snapshot at its place.
The exchange runs on a clock that is moved by hand: the same seed makes the same bytes, as fast as the machine can.
"""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from connector.bot.session.recording_lines import frame_line, snapshot_line
from connector.core.clock import ManualClock
from connector.simulator.json_bytes import frame_of
from connector.simulator.market.default_instruments import BNBUSDT, BTCUSDT, DOGEUSDT, SOLUSDT, XRPUSDT
from connector.simulator.market.instruments import Instrument
from connector.simulator.payloads.market_payloads import depth
from connector.simulator.runtime import Runtime
from connector.simulator.settings import SimulatorSettings
from tests.companions.simulator.listeners import Listener

START_MS = 1_723_161_256_000
#: Frames before the snapshot: a recorder subscribes first, and then asks for it.
_BEFORE_MS = 500
_SNAPSHOT_LEVELS = 1000
_NS_PER_MS = 10**6
#: Pair and family, which the venue tells of today and did not in the recordings: the floor reads frames as they were.
_OF_TODAY = re.compile(rb'"ps":"\w+",|,"st":\d+(?=\})')


@dataclass(frozen=True, slots=True)
class Shape:
    """What is captured: `streams` of every instrument for `lasts_ms`, at `pace` times the venue's trading."""

    name: str
    instruments: tuple[Instrument, ...]
    streams: tuple[str, ...]
    pace: float
    lasts_ms: int


#: As the recording of 2021: four pairs, some eight levels a frame.
FOUR_PAIRS = Shape("local-four-pairs", (SOLUSDT, BNBUSDT, XRPUSDT, DOGEUSDT), ("depth@100ms",), 7.5, 20_000)
#: As the recording of 2024: one pair, some seventy levels a frame, and its book ticker.
ONE_PAIR = Shape("local-one-pair", (BTCUSDT,), ("depth@100ms", "bookTicker"), 5.4, 60_000)
#: BTCUSDT at the venue's own pace, trade by trade.
ONE_MARKET = Shape("local-market", (BTCUSDT,), ("depth@100ms", "trade"), 1.0, 345_000)


def make(shape: Shape, folder: Path, seed: int = 1) -> Path:
    """Writes the capture of that shape and seed into the folder and returns its path."""
    path = folder / f"{shape.name}-seed-{seed}.gz"
    with path.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=1, mtime=0) as file:
        file.writelines(_lines(shape, seed))
    return path


def _lines(shape: Shape, seed: int) -> Iterator[bytes]:
    clock = ManualClock(START_MS)
    settings = SimulatorSettings(seed=seed, clock=clock, instruments=shape.instruments, pace=shape.pace)
    runtime = Runtime(settings)
    symbols = [instrument.symbol for instrument in shape.instruments]
    names = [f"{symbol.lower()}@{stream}" for symbol in symbols for stream in shape.streams]
    listener = Listener(runtime.hub, *names, combined=True)
    yield from _received(runtime, clock, listener, START_MS + _BEFORE_MS)
    for symbol in symbols:
        body = frame_of(depth(runtime.engine.listings[symbol], _SNAPSHOT_LEVELS, clock.ms))
        yield snapshot_line(clock.ms * _NS_PER_MS, symbol if len(symbols) > 1 else "", body)
    yield from _received(runtime, clock, listener, START_MS + _BEFORE_MS + shape.lasts_ms)


def _received(runtime: Runtime, clock: ManualClock, listener: Listener, until_ms: int) -> Iterator[bytes]:
    while clock.ms < until_ms:
        runtime.pulse()
        for frame in listener.frames:
            yield frame_line(clock.ms * _NS_PER_MS, _OF_TODAY.sub(b"", frame))
        listener.frames.clear()
        clock.ms = max(clock.ms + 1, min(int(-(-runtime.next_ms() // 1)), until_ms))
