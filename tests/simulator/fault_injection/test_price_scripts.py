from itertools import pairwise
from pathlib import Path

import pytest

from connector.simulator.fault_injection.price_scripts import SCRIPTS, BadScript, PriceScript, script_named


def test_between_two_points_the_price_goes_straight_and_stays_at_the_last() -> None:
    script = PriceScript("dip", ((1_000, 0.9), (3_000, 1.0)))
    assert [script.factor_at(ms) for ms in (0, 500, 1_000, 2_000, 3_000, 9_000)] == [1.0, 0.95, 0.9, 0.95, 1.0, 1.0]


def test_two_points_of_one_time_are_a_gap() -> None:
    assert SCRIPTS["gap"].factor_at(0) == 0.97


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=lambda script: script.name)
def test_no_ready_made_script_leaves_the_price_band_within_a_step(script: PriceScript) -> None:
    factors = [1.0, *(script.factor_at(ms) for ms in range(0, script.lasts_ms + 100, 50))]
    assert all(abs(after / before - 1) < 0.04 for before, after in pairwise(factors))


def test_a_script_is_read_from_yaml(tmp_path: Path) -> None:
    path = tmp_path / "mine.yml"
    path.write_text("name: my crash\npath: [[0, 0], [10, -4.5]]\n")
    script = script_named(str(path))
    assert (script.name, script.path) == ("my crash", ((0, 1.0), (10_000, 0.955)))


@pytest.mark.parametrize(
    "text",
    ["", "path", "path: []", "path: [[0]]", "path: [[5, 1], [1, 1]]", "path: [[0, -100]]", "{", "path: [[-1, 0]]",
     "path: [[0, .nan]]", "path: [[.inf, 1]]"],
)  # fmt: skip
def test_what_is_no_script_is_refused_by_the_files_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.yml"
    path.write_text(text)
    with pytest.raises(BadScript, match=r"bad\.yml"):
        script_named(str(path))


def test_an_empty_path_is_named_as_one(tmp_path: Path) -> None:
    path = tmp_path / "bad.yml"
    path.write_text("path: []")
    with pytest.raises(BadScript, match=r"`path` is empty; at least one \[seconds, percent\] is needed"):
        script_named(str(path))


def test_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(BadScript, match="crash"):
        script_named("boom")
