"""The exchange's answers against the official SDK's response models."""

import json
import subprocess

import pytest
from ruamel.yaml import YAML

from tests.strangers.conftest import HERE, WITHIN_S, exchange, strangers_python

Difference = tuple[str, str, str]


def accepted() -> dict[Difference, str]:
    """Differences that a dated fact explains, with that fact."""
    rows = YAML(typ="safe").load(HERE / "accepted_differences.yaml")
    return {
        (model, field, row["difference"]): row["because"]
        for row in rows
        for model in row["models"]
        for field in row["fields"]
    }


@pytest.fixture(scope="module")
def walked() -> tuple[set[Difference], set[str]]:
    """The differences found, and the models that were compared."""
    python = strangers_python()
    with exchange() as first_line:
        ended = subprocess.run(
            [python, HERE / "sdk_shapes.py", first_line], capture_output=True, text=True, timeout=WITHIN_S, check=False
        )
    assert ended.returncode == 0, ended.stderr[-3000:]
    *rows, last = [json.loads(line) for line in ended.stdout.splitlines()]
    return {(row["model"], row["field"], row["difference"]) for row in rows}, set(last["compared"])


def test_no_answer_differs_from_its_model_but_for_a_dated_fact(walked: tuple[set[Difference], set[str]]) -> None:
    found, _ = walked
    assert sorted(found - accepted().keys()) == []


def test_no_accepted_difference_has_gone(walked: tuple[set[Difference], set[str]]) -> None:
    found, compared = walked
    assert [row for row in sorted(accepted().keys() - found) if row[0] in compared] == []


def test_each_accepted_difference_names_a_dated_fact() -> None:
    assert all("20" in because for because in accepted().values())


def test_the_walk_reaches_the_models(walked: tuple[set[Difference], set[str]]) -> None:
    assert len(walked[1]) > 90
