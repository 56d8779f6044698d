"""What `inside/` tests, in Hummingbot's own interpreter: each file is run once, and its tests are told one by one."""

import ast
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.companions.hummingbots import PLACE
from tests.hummingbot.environment import INSIDE, new_tree, run_inside, with_connector

WITHIN_S = 540
Outcome = Callable[[Path], dict[str, list[str]]]


def names_in(file: Path) -> list[str]:
    """The names of its tests, read off its text."""
    nodes = ast.parse(file.read_text()).body
    return [
        node.name
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    ]


#: A file runs in one process of the suite, whoever asks for its tests.
CASES = [
    pytest.param(file, name, id=f"{file.stem}-{name}", marks=pytest.mark.xdist_group(f"inside {file.stem}"))
    for file in sorted(INSIDE.glob("test_*.py"))
    for name in names_in(file)
]


@pytest.fixture(scope="session")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Runs a file once. What its tests said that did not pass, by their names; a name that is not there did not run."""
    known: dict[Path, dict[str, list[str]]] = {}
    installed = with_connector(tmp_path_factory.mktemp("installed") / "root")

    def of(file: Path) -> dict[str, list[str]]:
        if file not in known:
            folder = tmp_path_factory.mktemp(file.stem)
            report = folder / "report.xml"
            root = new_tree(folder / "root")
            shutil.copytree(installed / PLACE, root / PLACE)
            code = run_inside(root, "-q", f"--junitxml={report}", str(file), within_s=WITHIN_S)
            assert report.exists(), f"{file.name}: pytest ended with {code}"
            known[file] = said(report)
        return known[file]

    return of


def said(report: Path) -> dict[str, list[str]]:
    """The failures, errors and skips of each test; those of one that has parameters stand together."""
    found: dict[str, list[str]] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        words = found.setdefault(case.get("name", "").partition("[")[0], [])
        words.extend(f"{case.get('name')}: {child.get('message')}\n{child.text}" for child in case if child.tag in _BAD)
    return found


_BAD = ("failure", "error", "skipped")


@pytest.mark.timeout(WITHIN_S + 60)
@pytest.mark.parametrize(("file", "name"), CASES)
def test_inside(file: Path, name: str, outcome: Outcome) -> None:
    told = outcome(file)
    assert name in told, f"{file.name} did not come to it: {told}"
    assert told[name] == []
