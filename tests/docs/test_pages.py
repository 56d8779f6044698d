"""The documents as pages: what they point at exists, and what they show is a file or a command that works."""

import ast
import json
import re
import shlex
from pathlib import Path

import pytest

from connector.config.loader import load_settings
from connector.simulator.fault_injection.fault_script import read_fault_script
from connector.simulator.fault_injection.price_scripts import script_named
from connector.simulator.local.known_names import known_names
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from tests.companions.documents.made_tables import commands
from tests.companions.documents.pages import DOCS, PAGES, Block, anchors, blocks, links
from tests.companions.documents.way_of_a_tick import FIGURES, PICTURE, way_of_a_tick
from tests.companions.places import PACKAGE, ROOT

README = ROOT / "README.md"
MOST_LINES_OF_THE_README = 160
PICTURES = ROOT / ".github" / "pictures"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in links(path):
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        assert there.exists(), target
        assert ROOT in there.parents, f"{target} leads out of the project"
        assert not anchor or anchor in anchors(there), target


def test_every_page_is_reached_from_the_readme() -> None:
    reached = {(ROOT / target.partition("#")[0]).resolve() for target in links(README)}
    assert {path for path in PAGES if path != README} <= reached
    assert DOCS / "examples" in reached


def test_the_readme_is_short() -> None:
    assert len(README.read_text().splitlines()) <= MOST_LINES_OF_THE_README


def test_the_figures_of_the_readme_are_those_of_the_page() -> None:
    speed = README.read_text().partition("## Speed")[2].partition("\n## ")[0]
    measured = set(re.findall(r"\d[\d.,]*\d", (DOCS / "performance.md").read_text()))
    figures = re.findall(r"\d[\d.,]*\d", speed)
    assert figures
    assert set(figures) <= measured


def test_every_picture_is_shown_and_is_one() -> None:
    shown = {(path.parent / target).resolve() for path in PAGES for target in links(path) if "pictures/" in target}
    assert shown == set(PICTURES.iterdir())
    for picture in shown:
        assert picture.read_bytes().startswith(b"\x89PNG" if picture.suffix == ".png" else (b"<svg", b"<?xml"))


def test_the_way_of_a_tick_is_drawn_from_the_figures_as_they_are_now() -> None:
    """`python -m tests.companions.documents` draws it anew."""
    told = json.loads(FIGURES.read_text())
    assert PICTURE.read_text() == way_of_a_tick(told)
    for way in told["ways"]:
        assert way["name"] in PICTURE.read_text()


def test_the_picture_of_a_run_is_the_products_own() -> None:
    live = (PICTURES / "live.svg").read_text().replace("&#160;", " ")
    assert "connector run" in live
    assert "binance_perpetual_local" in live


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_file_that_is_named_exists(path: Path) -> None:
    rooms = {folder.name for folder in PACKAGE.iterdir() if folder.is_dir()}
    for name in re.findall(r"`((?:\w+/)+\w*(?:\.\w+)?)`", path.read_text()):
        first = name.split("/")[0]
        if first in rooms:
            assert any((PACKAGE / f"{name}{end}").exists() for end in ("", ".py")), name
        elif first in ("connector", "tests", "scripts", "conf", "docs"):
            assert (ROOT / name).exists(), name


@pytest.mark.parametrize("block", blocks("python"), ids=lambda block: block.name)
def test_what_is_shown_as_python_is_python(block: Block) -> None:
    """Top-level `await` included, as a line inside of a coroutine."""
    compile(block.text, block.name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


@pytest.mark.parametrize("block", blocks("yaml"), ids=lambda block: block.name)
def test_what_is_shown_as_yaml_is_read_by_what_it_is_for(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "shown.yml"
    file.write_text(block.text)
    if "fault:" in block.text:
        assert read_fault_script(file, known_names(["BTCUSDT"]))
    elif "path:" in block.text:
        assert script_named(str(file)).name == "my crash"
    else:
        assert load_settings(file, PerpetualMarketMakingSettings, {}).market == "BTC-USDT"


@pytest.mark.parametrize("block", blocks("sh"), ids=lambda block: block.name)
def test_every_command_that_is_shown_is_one_with_its_options(block: Block) -> None:
    for line in block.text.splitlines():
        words = shlex.split(line, comments=True)
        if words and words[0].startswith("scripts/"):
            assert (ROOT / words[0]).is_file(), line
        if words and words[0] in ("connector", "scripts/run", "scripts/simulator"):
            name, *rest = words[1:] if words[0] == "connector" else [words[0].removeprefix("scripts/"), *words[1:]]
            known = {option for param in commands()[name].params for option in param.opts}
            assert {word for word in rest if word.startswith("--")} <= known, line


def test_every_command_stands_in_the_readme() -> None:
    for name in commands():
        assert f"`connector {name}`" in README.read_text()
