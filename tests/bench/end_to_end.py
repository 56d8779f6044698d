"""From a socket to a listener: the stream of the product reads what a sender on another core says at full blast."""

import asyncio
import subprocess
import sys
import time

from connector.market.feed import MarketFeed
from connector.market.symbol_feed import SymbolFeed
from connector.net.stream import Stream
from connector.net.system_clock import SystemClock
from tests.bench import workloads
from tests.bench.figures import Figures
from tests.bench.workloads import ROOT

ROUNDS = 400


class _Reader:
    """The sink of the stream: a listener reads the best price after each frame."""

    def __init__(self, feed: MarketFeed) -> None:
        self.feed = feed
        self.price = 0.0
        self.began_ns = self.ended_ns = 0
        self.ended = asyncio.Event()
        for followed in feed.symbols.values():
            followed.add_listener(self.read)

    def read(self, followed: SymbolFeed) -> None:
        self.price = followed.book.get_price(True)

    def on_up(self) -> None:
        self.began_ns = time.perf_counter_ns()

    def on_down(self, reason: str) -> None:
        self.ended_ns = time.perf_counter_ns()
        self.ended.set()

    def on_frame(self, frame: bytes, received_ms: int) -> None:
        self.feed.on_frame(frame, received_ms)


def measure(core: int) -> Figures:
    """Microseconds a frame from the connection's start to its end; the sender runs on `core`."""
    command = [sys.executable, "-m", "tests.bench.sender", str(ROUNDS), str(core)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as sender:
        assert sender.stdout is not None
        port = int(sender.stdout.readline())
        try:
            return asyncio.run(_read(port))
        finally:
            sender.terminate()


async def _read(port: int) -> Figures:
    reader = _Reader(workloads.rounds(0).feed())

    async def address() -> str:
        return f"ws://127.0.0.1:{port}/stream"

    stream = asyncio.create_task(Stream("blast", address, reader, SystemClock()).run())
    await asyncio.wait_for(reader.ended.wait(), 300)
    stream.cancel()
    await asyncio.wait([stream])
    applied = sum(followed.applied for followed in reader.feed.symbols.values())
    if any(followed.needs_snapshot for followed in reader.feed.symbols.values()) or applied % ROUNDS:
        raise RuntimeError(f"of the frames {applied} were applied: the figure means nothing")
    return Figures((reader.ended_ns - reader.began_ns) / applied / 1000)
