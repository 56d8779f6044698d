"""From a frame to the bytes that answer it, measured."""

import json

import pytest

from tests.bench import tick_to_trade
from tests.bench.tick_to_trade import Row


def test_each_answer_stands_beside_the_bare_loop_that_sends_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tick_to_trade, "WARM_UP", 2)
    monkeypatch.setattr(tick_to_trade, "LOOKS", 200)
    rows = {(row.name, row.pace_ms): row for row in tick_to_trade.measure(1, 6, (0,))}
    assert {name for name, pace in rows if pace == 0} == {*tick_to_trade.BARE, *tick_to_trade.BARE.values()}
    assert {name for name, pace in rows if pace < 0} == {"look"}
    assert all(row.p50_us > 0 for row in rows.values())


def test_a_figure_above_its_bound_ends_with_1_and_each_is_an_object_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measured(*figures: float) -> list[Row]:
        return [Row("bare-cancel", 2, figures[0], 90.0), Row("tick-cancel", 2, figures[1], 120.0)]

    for figures, ends in (((50.0, 79.0), 0), ((50.0, 81.0), 1), ((80.0, 101.0), 1)):
        monkeypatch.setattr(tick_to_trade, "measure", lambda runs, figures=figures: measured(*figures))
        assert tick_to_trade.run(1, is_json=True) == ends
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines()[:2])
    assert first == {"name": "bare-cancel", "pace_ms": 2, "p50_us": 50.0, "p99_us": 90.0}
    assert second["name"] == "tick-cancel"
