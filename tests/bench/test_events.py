"""Fills at a pace: what is timed, and how a figure is judged."""

import json

from connector.venue.domains import LOCAL
from tests.bench.events.desk import LOTS, Desk
from tests.bench.events.fills import paced
from tests.bench.events.program import paced_of
from tests.companions.orders.quiet_connector import trading


async def test_a_fill_is_heard_before_all_of_it_is_done() -> None:
    async with trading(LOCAL) as connector:
        figures = paced(0, 20, Desk(connector, 100, LOTS))
        tracker = connector.components.tracker
        assert sum(len(order.fills) for order in tracker.active) == 20
    assert figures["fill-done"][0] > figures["fill"][0] > figures["parse"][0] > 0


def test_a_pace_is_judged_by_the_median_of_its_runs() -> None:
    took = [{"fill": (middle, middle * 3), "parse": (2.0, 3.0)} for middle in (10.0, 30.0, 11.0)]
    row = paced_of("fill", 0, took, "fill")
    assert (row.p50_us, row.p99_us, row.min_us, row.max_us, row.times_parse) == (11.0, 33.0, 10.0, 30.0, 5.5)
    assert not row.is_missed
    assert paced_of("fill", 0, took[1:], "fill").is_missed
    assert not paced_of("fill", 20, took[1:], "fill").is_missed


def test_a_line_of_json_names_pace_and_figures() -> None:
    row = json.loads(paced_of("fill", 2, [{"fill": (40.0, 90.0), "parse": (4.0, 8.0)}], "fill").line(is_json=True))
    assert (row["name"], row["pace_ms"], row["p50_us"], row["p99_us"], row["is_missed"]) == ("fill", 2, 40, 90, True)
