"""From a socket to a listener of a pair, as the product reads it: a sender on another core says all it has at once."""

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from connector.market.symbol_feed import SymbolFeed
from connector.net.stream import Stream
from connector.net.system_clock import SystemClock
from tests.bench import workloads
from tests.bench.figures import Figures
from tests.companions.places import ROOT

ROUNDS = 400


class _Reader:
    """Reads the best price after each frame, as a strategy may."""

    price = 0.0

    def on_change(self, followed: SymbolFeed) -> None:
        self.price = followed.book.get_price(True)


class _Sink:
    """Hears of the stream's end; frames come to it only where they came before the stream was up."""

    def __init__(self, on_frame: Callable[[bytes, int], object]) -> None:
        self.on_frame = on_frame
        self.over = asyncio.Event()

    def on_up(self) -> None:
        """The feed reads from here on."""

    def on_down(self, reason: str) -> None:
        self.over.set()


def measure(capture: Path, core: int) -> Figures:
    """Microseconds a frame from the connection's start to its end; the sender runs on `core`."""
    command = [sys.executable, "-m", "tests.bench.sender", str(capture), str(ROUNDS), str(core)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as sender:
        assert sender.stdout is not None
        port = int(sender.stdout.readline())
        try:
            return asyncio.run(_read(capture, port))
        finally:
            sender.terminate()


async def _read(capture: Path, port: int) -> Figures:
    feed, reader = workloads.rounds(capture, 0).feed(), _Reader()
    for followed in feed.symbols.values():
        followed.add_listener(reader.on_change)

    async def address() -> str:
        return f"ws://127.0.0.1:{port}/stream"

    sink = _Sink(feed.on_frame)
    stream = Stream("blast", address, sink, SystemClock())
    stream.read_by(feed)
    began_ns = time.perf_counter_ns()
    running = asyncio.create_task(stream.run())
    await asyncio.wait_for(sink.over.wait(), 300)
    spent_ns = time.perf_counter_ns() - began_ns
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    applied = sum(followed.applied for followed in feed.symbols.values())
    if any(followed.needs_snapshot for followed in feed.symbols.values()) or applied % ROUNDS or not reader.price > 0:
        raise RuntimeError(f"of the frames {applied} were applied: the figure means nothing")
    if applied != stream.counters.frames:
        raise RuntimeError(f"{applied} frames were applied and {stream.counters.frames} counted")
    return Figures(spent_ns / applied / 1000)
