"""A figure that misses what it is meant to be is told, and ends the measurement with an error."""

import json

import pytest

from tests.bench import simulator
from tests.bench.simulator_figures import Figure, least, most


@pytest.mark.parametrize(
    ("figure", "is_missed"),
    [
        (least("orders", 10.0, "a second", 10.0), False),
        (least("orders", 9.9, "a second", 10.0), True),
        (most("wait", 50.0, "ms", 50.0), False),
        (most("wait", 50.1, "ms", 50.0), True),
    ],
)
def test_what_is_missed_is_said_in_both_forms(figure: Figure, is_missed: bool) -> None:
    assert json.loads(figure.line(is_json=True))["is_missed"] is is_missed
    assert ("MISSED" in figure.line(is_json=False)) is is_missed


@pytest.mark.parametrize("is_json", [False, True])
def test_one_missed_figure_is_an_exit_code_of_1(
    is_json: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = most("wait", 1.0, "ms", 50.0), most("wait", 51.0, "ms", 50.0)
    monkeypatch.setattr(simulator, "simulator", lambda: iter([bad, good]))
    assert simulator.run(is_json=is_json) == 1
    monkeypatch.setattr(simulator, "simulator", lambda: iter([good]))
    assert simulator.run(is_json=is_json) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
