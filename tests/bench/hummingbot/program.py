"""What a connector costs within Hummingbot: no connector, Hummingbot's own and ours, in turn, on one exchange.

Process CPU is what counts: of the whole process above that of the same process without a connector started. The
traffic of 20 pairs is that of eight at two and a half times their pace.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from tests.bench.exchange_process import Venue, exchange
from tests.bench.hummingbot.road import Road
from tests.bench.local_captures import ONE_PAIR, make
from tests.companions.places import RECORDED_2024
from tests.hummingbot.environment import PYTHON, is_there, surroundings, with_connector

EIGHT: Final = ("BTC-USDT", "ETH-USDT", "SOL-USDT", "BNB-USDT", "XRP-USDT", "DOGE-USDT", "BTCDOM-USDT", "BTC-USDC")
WHO: Final = ("none", "theirs", "ours")
#: Of what Hummingbot's own costs at the traffic of 20, ours may cost so much.
MOST: Final = 0.6
_BOUND: Final = "traffic of 20"
#: Microseconds for a book of 2 x 1,000 levels, and for what one depth event of the local exchange changed.
MOST_WHOLE_US, MOST_TICK_US = 350.0, 30.0
_SECONDS: Final = 8.0
_ORDERS: Final = 20


@dataclass(frozen=True, slots=True)
class Load:
    """A market, and the pairs of it that are followed."""

    name: str
    pairs: tuple[str, ...]
    options: tuple[str, ...] = ()


LOADS: Final = (
    Load("1 pair", EIGHT[:1]),
    Load("8 pairs", EIGHT),
    Load(_BOUND, EIGHT, ("--pace", "2.5")),
    Load("recording", EIGHT[:1], ("--replay", str(RECORDED_2024))),
)

#: What can be asked for by itself: each takes a minute at most.
PARTS: Final = (*(load.name for load in LOADS), "orders", "books")


@dataclass(frozen=True, slots=True)
class Cost:
    """One process; its CPU in percent of a core."""

    load: str
    who: str
    cpu_percent: float
    #: Above the process without a connector.
    above_percent: float
    #: A second.
    wake_ups: float
    lag_p50: float
    lag_p99: float
    memory_mib: float


def run(wanted: str = "", *, is_json: bool) -> int:
    """`wanted`: the name of one load, `orders` or `books`; empty: all. 1 where ours costs more than it may."""
    if not is_there():
        sys.exit("the environment of Hummingbot is missing: scripts/setup hummingbot")
    if wanted not in ("", *PARTS):
        sys.exit(f"--load {wanted}: is none of {', '.join(PARTS)}")
    costs: list[Cost] = []
    is_slow = False
    with tempfile.TemporaryDirectory() as folder:
        tree = with_connector(Path(folder) / "root")
        for load in LOADS:
            if wanted in ("", load.name):
                costs += _costs(tree, load, is_json=is_json)
        if wanted in ("", "orders"):
            _tell_orders(tree, is_json=is_json)
        if wanted in ("", "books"):
            is_slow = _tell_books(tree, Path(folder), is_json=is_json)
    if costs and not is_json:
        _show(costs)
    of_theirs = ratio(costs, _BOUND)
    return int(is_slow or (of_theirs is not None and of_theirs > MOST))


def _costs(tree: Path, load: Load, *, is_json: bool) -> Iterator[Cost]:
    if load.name == "recording" and not RECORDED_2024.exists():
        print(f"the recording is left out: {RECORDED_2024} is not there", file=sys.stderr)
        return
    alone = 0.0
    with exchange(*load.options) as venue:
        for who in WHO:
            row = _host(tree, who, venue, venue.rest, load.pairs, "--seconds", str(_SECONDS))
            alone = row["cpu_percent"] if who == "none" else alone
            cost = Cost(load.name, who, above_percent=row["cpu_percent"] - alone, **row)
            if is_json:
                print(json.dumps(asdict(cost)), flush=True)
            yield cost


def _tell_orders(tree: Path, *, is_json: bool) -> None:
    """From the call to the socket, over a road that notes it."""
    with exchange() as venue:
        for who in WHO[1:]:
            waits = asyncio.run(_order_waits(tree, who, venue))
            row = {"who": who, "call_to_socket_ms": round(statistics.median(waits), 3), "orders": len(waits)}
            print(
                json.dumps(row) if is_json else f"buy() to the socket, {who}: {row['call_to_socket_ms']} ms", flush=True
            )


def _tell_books(tree: Path, folder: Path, *, is_json: bool) -> bool:
    """What writing a book takes; returns whether that of the local exchange's market takes longer than it may. The
    recorded one moves hundreds of levels in a second."""
    captures = {"local exchange": make(ONE_PAIR, folder)}
    if RECORDED_2024.exists():
        captures["recording"] = RECORDED_2024
    rows = {}
    for name, path in captures.items():
        command = (str(PYTHON), "-m", "tests.bench.hummingbot.book_writes", str(path))
        row = rows[name] = {"book": name, **_answer("books", command, tree)}
        told = (
            f"{row['whole_us']:.0f} us for {row['levels']} levels, {row['event_us']:.1f} us for a depth event's changes"
        )
        print(json.dumps(row) if is_json else f"{name}: {told}, {row['second_us']:.1f} us for a second", flush=True)
    usual = rows["local exchange"]
    return bool(max(row["whole_us"] for row in rows.values()) > MOST_WHOLE_US or usual["event_us"] > MOST_TICK_US)


async def _order_waits(tree: Path, who: str, venue: Venue) -> list[float]:
    road = Road(int(venue.rest.rpartition(":")[2]))
    async with road as rest:
        row = await asyncio.to_thread(_host, tree, who, venue, rest, EIGHT[:1], "--orders", str(_ORDERS))
    return [(road.first_after(asked) - asked) / 1e6 for asked in row["asked"]]


def _host(tree: Path, who: str, venue: Venue, rest: str, pairs: tuple[str, ...], *options: str) -> dict[str, Any]:
    where = ("--rest", rest, "--key", venue.api_key, "--secret", venue.api_secret)
    command = (str(PYTHON), "-m", "tests.bench.hummingbot.host", who, *where, "--pairs", *pairs, *options)
    return _answer(who, command, tree)


def _answer(name: str, command: tuple[str, ...], tree: Path) -> dict[str, Any]:
    """The JSON object of a program in Hummingbot's interpreter."""
    done = subprocess.run(
        command, cwd=tree, env=surroundings(tree), capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode:
        sys.exit(f"{name}: {done.stderr[-2000:]}")
    row: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return row


def ratio(costs: list[Cost], load: str) -> float | None:
    """Of ours to theirs; None where one of them was not measured."""
    above = {cost.who: cost.above_percent for cost in costs if cost.load == load}
    return above["ours"] / above["theirs"] if above.get("theirs") and "ours" in above else None


def _show(costs: list[Cost]) -> None:
    table = Table(
        title=f"CPU and wake-ups a second of a process of Hummingbot's, {_SECONDS:g} s; depth: its 250 ms, ours 100 ms"
    )
    for name in ("load", "connector", "CPU %", "above none", "x theirs", "wake-ups", "lag p50 ms", "lag p99 ms", "MiB"):
        table.add_column(name, justify="left" if name in ("load", "connector") else "right")
    for cost in costs:
        of_theirs = ratio(costs, cost.load) if cost.who == "ours" else None
        late = cost.lag_p50, cost.lag_p99
        figures = (cost.cpu_percent, cost.above_percent, of_theirs, cost.wake_ups, *late, cost.memory_mib)
        table.add_row(cost.load, cost.who, *("" if figure is None else f"{figure:.2f}" for figure in figures))
    console = Console(file=sys.stdout)
    if not console.is_terminal:
        console.width = 110
    console.print(table)
