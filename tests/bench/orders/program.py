"""`scripts/bench orders`: what an order, a limit and a save cost; 1 where one misses its bound.

Everything is in one process on one core; a canned venue answers from another. Each run takes a figure and its
reference in turn, so that a ratio is of moments that lie together.
"""

import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from connector.store.durability import Durability
from tests.bench.orders import limits, paced_rows, rest_entry, saves, signing, ws_entry
from tests.bench.orders.figures import Row, pair_of, row_of
from tests.bench.orders.rig import canned_venue

MOST_TIMES_BARE, MOST_TIMES_BLOCKING = 1.15, 1.25
MOST_THROTTLE_US = 2.0
#: Bytes and signature, on machines with SHA instructions.
MOST_SIGNED_US = 1.5
#: A save of 10,000 orders of which one changed, beside one that spells each of them.
MOST_OF_A_WHOLE_SAVE = 0.01


def rows(runs: int) -> Iterator[Row]:
    """Every figure but those at a pace, as soon as it is measured."""
    with canned_venue() as domain, tempfile.TemporaryDirectory() as folder:
        for durability in Durability:
            home = Path(folder) / durability.value
            took = [rest_entry.measure(domain, home / str(run), durability) for run in range(runs)]
            yield from _pair(f"buy() to the socket, REST, log {durability}", took, MOST_TIMES_BARE)
        took = [ws_entry.measure(domain) for _ in range(runs)]
        yield from _pair("round trip of the socket, WS-API", took, MOST_TIMES_BLOCKING)
        for durability in Durability:
            home = Path(folder) / f"ws-{durability.value}"
            took = [ws_entry.measure_buy(domain, home / str(run), durability) for run in range(runs)]
            yield from _pair(f"buy() to its acknowledgement, WS-API, log {durability}", took)
    yield from _signing([signing.measure() for _ in range(runs)])
    yield from _throttle("throttle", [limits.measure() for _ in range(runs)])
    with tempfile.TemporaryDirectory() as folder:
        shared = [limits.measure_shared(Path(folder) / str(run)) for run in range(runs)]
    yield from _throttle("throttle shared by two processes", shared)
    yield from _saves([saves.measure() for _ in range(runs)])


def run(runs: int, *, is_json: bool) -> int:
    """Prints each figure; 1 where one misses what it is meant to be."""
    missed = 0
    for row in chain(paced_rows.rows(runs), rows(runs)):
        print(row.line(is_json=is_json), flush=True)
        missed |= row.is_missed
    return int(missed)


def _pair(name: str, took: list[tuple[float, float]], most: float | None = None) -> tuple[Row, Row]:
    return pair_of(name, [ours for ours, _ in took], [base for _, base in took], most)


def _signing(took: list[dict[str, float]]) -> Iterator[Row]:
    for way in took[0]:
        most = MOST_SIGNED_US if way == "HMAC" else None
        yield row_of(f"bytes of an order's parameters, WS-API, {way}", [one[way] for one in took], "µs", most)


def _throttle(name: str, took: list[dict[str, float]]) -> Iterator[Row]:
    for call in took[0]:
        yield row_of(f"{name}, {call}", [one[call] for one in took], "µs", MOST_THROTTLE_US)


def _saves(took: list[tuple[float, float, float]]) -> Iterator[Row]:
    yield row_of(f"tracking_states, {saves.FEW} orders, one changed", [few for _, few, _ in took], "µs")
    yield row_of(f"tracking_states, {saves.MANY} orders, one changed", [many for many, _, _ in took], "µs")
    parts = [many / whole for many, _, whole in took]
    yield row_of("the same / every one spelt anew", parts, "times", MOST_OF_A_WHOLE_SAVE)
