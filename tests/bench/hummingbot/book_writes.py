"""What it takes to write a book of Hummingbot's from ours: the whole of it, what a depth event changed, and what a
second did. Prints a JSON object.

It runs in Hummingbot's interpreter and tree, started by `program`, on the frames of a capture.
"""

import json
import sys
import time
from pathlib import Path
from statistics import median

from hummingbot.core.data_type.order_book import OrderBook

from connector.adapters.hummingbot.books import WrittenBook
from connector.market.feed import MarketFeed
from connector.market.symbol_feed import SymbolFeed
from tests.bench.workloads import captured

#: Depth comes every 100 ms, and strategies look once a second.
_FRAMES_A_TICK = 10
_TIMES, _MOST_TICKS = 300, 300


def main(capture: Path) -> None:
    workload = captured(capture)
    feed = workload.feed()
    data = feed.symbols[workload.symbols[0]]
    levels = [sum(1 for _ in side) for side in (data.book.bid_entries(), data.book.ask_entries())]
    theirs = OrderBook()
    wholes = [_written_s(WrittenBook(theirs, data), data) for _ in range(_TIMES)]
    frames = workload.frames[: _MOST_TICKS * _FRAMES_A_TICK]
    tenth = len(frames) // 10
    events = _written_after(frames[:tenth], 1, feed, data)
    seconds = _written_after(frames[tenth:], _FRAMES_A_TICK, feed, data)
    figures = {"whole_us": wholes, "event_us": events, "second_us": seconds}
    print(json.dumps({name: median(row) * 1e6 for name, row in figures.items()} | {"levels": sum(levels)}), flush=True)


def _written_after(frames: list[bytes], count: int, feed: MarketFeed, data: SymbolFeed) -> list[float]:
    """How long each write took, in seconds, one after so many frames."""
    book, took = WrittenBook(OrderBook(), data), []
    book.write(data)
    for first in range(0, len(frames) - count + 1, count):
        for frame in frames[first : first + count]:
            feed.on_frame(frame, 2)
        took.append(_written_s(book, data))
    return took


def _written_s(book: WrittenBook, data: SymbolFeed) -> float:
    began = time.perf_counter()
    book.write(data)
    return time.perf_counter() - began


if __name__ == "__main__":
    main(Path(sys.argv[1]))
