"""`python -m tests.bench [NAME] [--json] [--runs N]`: a table, or one JSON object a line.

A machine is noisy: every figure stands beside the C++ floor's of the same run, and the ratio is what counts.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench import account, asan, bot_cpu, gathering, market, simulator, soak, tick_to_trade, unlock
from tests.bench.events import program as events
from tests.bench.hummingbot import program as hummingbot
from tests.bench.market_model import market_model
from tests.bench.orders import program as orders
from tests.bench.pauses import program as pauses

RUNS = 5
#: Of a table that goes into a file.
WIDTH = 110
NAMES = (
    "market", "account", "market-model", "soak", "asan", "simulator", "orders", "events", "tick-to-trade", "unlock",
    "gathering", "pauses", "bot-cpu", "hummingbot",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=NAMES, default="market", help="default: market")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"how often, where runs are compared ({RUNS})")
    parser.add_argument("--frames", type=int, default=soak.FRAMES, help=f"of soak: how many frames ({soak.FRAMES})")
    parser.add_argument("--minutes", type=float, default=pauses.MINUTES, help=f"of pauses: how long ({pauses.MINUTES})")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="market-model: draw both distributions (SVG)")
    parser.add_argument("--load", default="", help="hummingbot: one of its loads, `orders` or `books`; all without it")
    options = parser.parse_args()
    if options.name == "asan":
        sys.exit(asan.run())
    elif options.name == "account":
        sys.exit(account.run(options.runs, is_json=options.json))
    elif options.name == "simulator":
        sys.exit(simulator.run(is_json=options.json))
    elif options.name == "hummingbot":
        sys.exit(hummingbot.run(options.load, is_json=options.json))
    elif options.name == "unlock":
        sys.exit(unlock.run(is_json=options.json))
    elif options.name == "orders":
        sys.exit(orders.run(options.runs, is_json=options.json))
    elif options.name == "events":
        sys.exit(events.run(options.runs, is_json=options.json))
    elif options.name == "tick-to-trade":
        sys.exit(tick_to_trade.run(options.runs, is_json=options.json))
    elif options.name == "gathering":
        sys.exit(gathering.run(options.runs, is_json=options.json))
    elif options.name == "pauses":
        sys.exit(pauses.run(options.minutes, is_json=options.json))
    elif options.name == "bot-cpu":
        sys.exit(bot_cpu.run(is_json=options.json))
    elif options.name == "market-model":
        for row in market_model(options.picture):
            print(json.dumps(asdict(row)) if options.json else row.line(), flush=True)
    elif options.name == "soak":
        soak.run(options.frames, is_json=options.json)
    elif options.json:
        for row in market.rows(options.runs):
            print(json.dumps(asdict(row)), flush=True)
    else:
        _show(market.rows(options.runs), options.runs)


def _show(rows: Iterable[market.Row], runs: int) -> None:
    table = Table(title=f"µs a frame, median of {runs} runs")
    table.add_column("path", no_wrap=True)
    for name in ("median", "min", "max", "x floor", "p99 x floor", "slowest frame"):
        table.add_column(name, justify="right")
    for row in rows:
        figures = (row.us_per_frame, row.us_min, row.us_max, row.ratio_to_floor, row.p99_ratio, row.worst_us)
        table.add_row(row.name, *("" if figure is None else f"{figure:.3f}" for figure in figures))
    console = Console(file=sys.stdout)
    if not console.is_terminal:
        console.width = WIDTH
    console.print(table)


if __name__ == "__main__":
    main()
