"""The tables of the documents say what the code says: they are made from it, and none is old."""

import re
from pathlib import Path

import pytest

from connector.simulator.fault_injection.catalogue import FAULTS
from connector.simulator.fault_injection.price_scripts import SCRIPTS
from connector.simulator.local.local_routes import LOCAL_ROUTES
from connector.simulator.market.default_instruments import DEFAULT_INSTRUMENTS
from connector.venue.domains import DOMAINS
from tests.companions.documents.made_tables import made
from tests.companions.documents.pages import PAGES, page, tables
from tests.companions.places import ROOT
from tests.test_architecture import MAY_IMPORT

README = (ROOT / "README.md").read_text()
MADE = made()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_table_that_is_made_from_the_code_is_as_the_code_is_now(path: Path) -> None:
    """`python -m tests.companions.documents` makes them anew."""
    for name, told in tables(path.read_text()).items():
        assert told == MADE[name], name


def test_every_table_that_can_be_made_stands_on_a_page() -> None:
    shown = {name for path in PAGES for name in tables(path.read_text())}
    assert shown == set(MADE)


def test_the_settings_page_has_every_key() -> None:
    assert set(tables(page("settings.md"))) == {"settings", "connector-settings"}


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_readme_has_every_domain(domain: str) -> None:
    assert f"| `{domain}` |" in README


@pytest.mark.parametrize(("method", "path"), LOCAL_ROUTES)
def test_every_route_of_the_local_exchange_is_explained(method: str, path: str) -> None:
    assert f"| {method} | `{path}` |" in page("local-exchange.md")


def test_no_route_is_explained_that_there_is_not() -> None:
    rows = [line.split(" | ") for line in page("local-exchange.md").splitlines() if "| `/local/v1/" in line]
    assert {(row[0].strip("| "), row[1].strip("`")) for row in rows} == set(LOCAL_ROUTES)


def test_the_contracts_that_it_lists_are_named() -> None:
    for row in DEFAULT_INSTRUMENTS:
        assert row.symbol in page("local-exchange.md"), row.symbol


def test_the_price_scripts_are_named() -> None:
    for name in SCRIPTS:
        assert f"`{name}`" in page("local-exchange.md"), name


def test_the_drills_are_of_faults_that_there_are() -> None:
    drills = page("faults.md").partition("## Drills")[2].partition("## ")[0]
    named = [line.split("`")[1] for line in drills.splitlines() if line.startswith("| `")]
    assert [name for name in named if name not in FAULTS] == ["POST /local/v1/prices?name=crash"]


def test_every_room_stands_on_its_floor() -> None:
    """A room may import those of the floors below it, and none of its own."""
    told = page("architecture.md").partition("## Rooms and floors")[2].partition("What each may import")[0]
    rows = [line.strip("| ").split(" | ") for line in told.splitlines() if re.match(r"\| \d", line)]
    floors = {room.strip("`"): int(floor) for floor, room, _ in rows}
    assert set(floors) == set(MAY_IMPORT)
    for room, below in MAY_IMPORT.items():
        assert all(floors[other] < floors[room] for other in below), room


def test_every_dependency_is_explained() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    for line in [*project["dependencies"], *extras["test"], *extras["docs"], *extras["check"]]:
        name = line.split(">=")[0]
        assert name in README.partition("## What each dependency is for")[2] or "[" in name, line
