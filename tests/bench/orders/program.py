"""`scripts/bench orders`: what an order, a limit and a save cost; 1 where one misses its bound.

Everything is in one process on one core; a canned venue answers from another. Each run takes a figure and its
reference in turn, so that a ratio is of moments that lie together.
"""

import tempfile
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import TypeVar

from connector.store.durability import Durability
from tests.bench.orders import limits, paced_rows, rest_entry, saves, signing, watched, ws_entry
from tests.bench.orders.figures import Row, pair_of, row_of
from tests.bench.orders.rig import canned_venue
from tests.bench.progress import doing

Taken = TypeVar("Taken")
MOST_TIMES_BARE, MOST_TIMES_BLOCKING = 1.15, 1.25
#: With page and metrics, beside without: they add nothing.
MOST_TIMES_UNWATCHED = 1.02
MOST_THROTTLE_US = 2.0
#: Bytes and signature, on machines with SHA instructions.
MOST_SIGNED_US = 1.5
#: A save of 10,000 orders of which one changed, beside one that spells each of them.
MOST_OF_A_WHOLE_SAVE = 0.01


def rows(runs: int) -> Iterator[Row]:
    """Every figure but those at a pace, as soon as it is measured."""
    with canned_venue() as domain:
        for log in Durability:
            name = f"buy() to the socket, REST, log {log}"
            took = _each(name, runs, lambda home, log=log: rest_entry.measure(domain, home, log))
            yield from _pair(name, took, MOST_TIMES_BARE)
        name = "round trip of the socket, WS-API"
        yield from _pair(name, _each(name, runs, lambda _: ws_entry.measure(domain)), MOST_TIMES_BLOCKING)
        for log in Durability:
            name = f"buy() to its acknowledgement, WS-API, log {log}"
            yield from _pair(name, _each(name, runs, lambda home, log=log: ws_entry.measure_buy(domain, home, log)))
        yield from _watched(_each("page and metrics", runs, lambda home: watched.measure(domain, home)))
    yield from _signing(_each("signing", runs, lambda _: signing.measure()))
    yield from _throttle("throttle", _each("throttle", runs, lambda _: limits.measure()))
    name = "throttle shared by two processes"
    yield from _throttle(name, _each(name, runs, limits.measure_shared))
    yield from _saves(_each("tracking_states", runs, lambda _: saves.measure()))


def run(runs: int, *, is_json: bool) -> int:
    """Prints each figure; 1 where one misses what it is meant to be."""
    missed = 0
    for row in chain(paced_rows.rows(runs), rows(runs)):
        print(row.line(is_json=is_json), flush=True)
        missed |= row.is_missed
    return int(missed)


def _each(what: str, runs: int, measure: Callable[[Path], Taken]) -> list[Taken]:
    """One of each run, in a folder of its own; which run begins is said."""
    took: list[Taken] = []
    for number in range(runs):
        doing(what, number, runs)
        with tempfile.TemporaryDirectory() as folder:
            took.append(measure(Path(folder)))
    return took


def _pair(name: str, took: list[tuple[float, float]], most: float | None = None) -> tuple[Row, Row]:
    return pair_of(name, [ours for ours, _ in took], [base for _, base in took], most)


def _watched(took: list[dict[str, tuple[float, float]]]) -> Iterator[Row]:
    for end in took[0]:
        name = f"buy() to {end}, page and metrics on (reference: off)"
        yield from _pair(name, [one[end] for one in took], MOST_TIMES_UNWATCHED)


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
