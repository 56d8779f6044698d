"""`python -m tests.bench [NAME ...] [--json]`: prints measurements, a line or one JSON object each.

A machine is noisy: every figure stands beside the plain twin's of the same run, and the ratio is what counts.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from connector.bot.captures import read_capture
from connector.core.captures import CapturedFrame, CapturedSnapshot
from connector.market import frames
from connector.market._frames_py import FrameDecoder as PlainDecoder
from connector.market.feed import MarketFeed
from connector.market.frames import FrameDecoder
from tests.bench import simulator

RECORDED = Path(__file__).parents[3] / "shared" / "data" / "recorded"
CAPTURES = {"2021": RECORDED / "usdm-2021-07-22", "2024": RECORDED / "usdm-2024-08-08" / "btcusdt.gz"}


@dataclass(frozen=True)
class Measurement:
    """Microseconds a frame, and how many times faster than the plain twin of the same run."""

    name: str
    frames: int
    us_per_frame: float
    ratio_to_plain: float


def market() -> Iterator[Measurement]:
    """Frame bytes to best bid and ask, compiled and plain, over both recordings."""
    for year, path in CAPTURES.items():
        if not path.exists():
            sys.stderr.write(f"bench: {path.name} is not beside the project: left out\n")
            continue
        records = list(read_capture(path))
        count, plain_us = _replayed(records, PlainDecoder)
        yield Measurement(f"plain-{year}", count, plain_us, 1.0)
        if frames.COMPILED:
            count, compiled_us = _replayed(records, FrameDecoder)
            yield Measurement(f"compiled-{year}", count, compiled_us, plain_us / compiled_us)


def _replayed(records: list[object], decoder: type) -> tuple[int, float]:
    feed = MarketFeed(only_family=None, decoder=decoder())
    symbols = {record.symbol for record in records if isinstance(record, CapturedSnapshot) and record.symbol}
    for symbol in symbols or {"BTCUSDT"}:
        feed.add(symbol, symbol)
    spent = count = 0
    for record in records:
        if isinstance(record, CapturedSnapshot):
            for symbol in [record.symbol] if record.symbol else list(feed.symbols):
                feed.symbols[symbol].on_snapshot(record.body, 1)
        elif isinstance(record, CapturedFrame):
            began = time.perf_counter_ns()
            changed = feed.on_frame(record.frame, 1)
            if changed is not None:
                changed.book.top  # noqa: B018
            spent += time.perf_counter_ns() - began
            count += 1
    return count, spent / count / 1000


BENCHES = {"market": market}


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"simulator, or of {', '.join(BENCHES)}; default: all of these")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    options = parser.parse_args()
    if options.names == ["simulator"]:
        simulator.run(is_json=options.json)
        return
    unknown = set(options.names) - set(BENCHES)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    for name in options.names or BENCHES:
        for row in BENCHES[name]():
            if options.json:
                print(json.dumps(asdict(row)), flush=True)
            else:
                shown = f"{row.us_per_frame:8.2f} µs a frame   {row.ratio_to_plain:6.1f} x the plain twin"
                print(f"{row.name:16} {row.frames:8} frames {shown}", flush=True)


if __name__ == "__main__":
    main()
