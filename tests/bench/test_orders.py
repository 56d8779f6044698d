"""Figures of orders beside their bounds, and the venue that they are measured at."""

import json
from pathlib import Path

import pytest

from connector.core.reports import ReportSource
from connector.core.twins import COMPILED
from connector.net.http import Http
from connector.store.durability import Durability
from connector.wire import order_replies
from tests.bench.orders import paced, signing, watched
from tests.bench.orders.figures import pair_of, row_of
from tests.bench.orders.paced_rows import paced_of
from tests.bench.orders.rig import canned_venue
from tests.bench.orders.ws_entry import measure


def test_a_figure_is_judged_by_the_median_of_its_runs() -> None:
    assert not row_of("throttle", [1.0, 1.5, 9.0], "µs", 2.0).is_missed
    assert row_of("throttle", [1.0, 2.5, 9.0], "µs", 2.0).is_missed
    assert not row_of("throttle", [100.0], "µs").is_missed


def test_a_ratio_is_of_the_figures_of_one_run() -> None:
    cost, ratio = pair_of("buy", [110.0, 300.0, 120.0], [100.0, 200.0, 100.0], 1.15)
    assert (cost.median, cost.min, cost.max, cost.is_missed) == (120.0, 110.0, 300.0, False)
    assert (ratio.median, ratio.min, ratio.max, ratio.is_missed) == (1.2, 1.1, 1.5, True)


def test_a_line_says_what_was_meant_and_whether_it_was_missed() -> None:
    row = row_of("buy", [3.0], "times", 1.15)
    assert row.line(is_json=False).endswith("at most 1.15  MISSED")
    assert json.loads(row.line(is_json=True))["is_missed"]


def test_an_order_at_a_pace_is_judged_by_both_its_figures() -> None:
    row = paced_of("buy", 2, [(30.0, 90.0), (50.0, 300.0), (39.0, 110.0)])
    assert (row.p50_us, row.p99_us, row.min_us, row.max_us, row.is_missed) == (39.0, 110.0, 30.0, 50.0, False)
    assert paced_of("buy", 2, [(41.0, 90.0)]).is_missed
    assert paced_of("buy", 2, [(39.0, 121.0)]).is_missed
    assert not paced_of("buy-each", 2, [(900.0, 9_000.0)]).is_missed
    told = json.loads(row.line(is_json=True))
    assert (told["name"], told["pace_ms"], told["p50_us"], told["p99_us"]) == ("buy", 2, 39.0, 110.0)


def test_an_order_at_a_pace_is_timed_beside_a_bare_send(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(paced, "_WARM_UP", 3)
    with canned_venue() as domain:
        figures = paced.measure(domain, tmp_path, Durability.GROUP, 5, {0: 5, 2: 5})
    assert list(figures) == ["buy", "send"]
    assert all(0 < middle <= slow for row in figures.values() for middle, slow in row.values())


def test_orders_of_a_run_that_is_watched_are_timed_beside_those_of_one_that_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(watched, "_WARM_UP", 2)
    with canned_venue() as domain:
        figures = watched.measure(domain, tmp_path, 6)
    assert list(figures) == ["the socket", "its acknowledgement"]
    for sent, heard in zip(*figures.values(), strict=True):
        assert 0 < sent < heard


async def test_the_canned_venue_answers_of_the_order_that_was_sent() -> None:
    http = Http(through_proxy=False)
    with canned_venue() as domain:
        for method, name, status in (("POST", "newClientOrderId", "NEW"), ("DELETE", "origClientOrderId", "CANCELED")):
            answer = await http.send(method, f"{domain.rest}/fapi/v1/order?{name}=desk1-7", {})
            report = order_replies.order(answer.body, ReportSource.ACK, "BTCUSDT", "desk1-7")
            assert (answer.status, report.status.name) == (200, status)
        await http.close()


def test_each_way_to_spell_an_order_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "_BLOCKS", 2)
    took = signing.measure()
    assert list(took)[-3:] == ["HMAC, plain", "Ed25519", "logged on"]
    assert ("HMAC, scalar" in took) is COMPILED
    assert min(took.values()) > 0


def test_an_order_goes_round_over_the_ws_api_by_both_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.bench.orders.ws_entry.ORDERS", 20)
    with canned_venue() as domain:
        ours, bare = measure(domain)
    assert ours > 0 and bare > 0
