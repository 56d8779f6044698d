"""From a socket to a listener of a pair, as the product reads it: a sender on another core says all it has at once."""

import asyncio
import subprocess
import sys
import time

from picows import ws_connect

from connector.market.symbol_feed import SymbolFeed
from connector.net.listener import FrameListener
from connector.net.system_clock import SystemClock
from tests.bench import workloads
from tests.bench.figures import Figures
from tests.bench.workloads import ROOT

ROUNDS = 400


class _Reader:
    """Reads the best price after each frame, as a strategy may."""

    price = 0.0

    def __call__(self, followed: SymbolFeed) -> None:
        self.price = followed.book.get_price(True)


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
    feed, reader = workloads.rounds(0).feed(), _Reader()
    for followed in feed.symbols.values():
        followed.add_listener(reader)

    def listener() -> FrameListener:
        made = FrameListener("blast", _refuse, SystemClock())
        made.direct = feed
        return made

    began_ns = time.perf_counter_ns()
    transport, _ = await ws_connect(listener, f"ws://127.0.0.1:{port}/stream")
    await asyncio.wait_for(transport.wait_disconnected(), 300)
    spent_ns = time.perf_counter_ns() - began_ns
    applied = sum(followed.applied for followed in feed.symbols.values())
    if any(followed.needs_snapshot for followed in feed.symbols.values()) or applied % ROUNDS or not reader.price > 0:
        raise RuntimeError(f"of the frames {applied} were applied: the figure means nothing")
    return Figures(spent_ns / applied / 1000)


def _refuse(frame: bytes) -> None:
    raise RuntimeError(f"no market frame: {frame[:40]!r}")
