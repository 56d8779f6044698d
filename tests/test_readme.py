"""The README says what the product does: its tables are held against the code."""

from pathlib import Path

import pytest

from connector.bot.commands.command_line import app
from connector.bot.exit_codes import MEANINGS
from connector.config.schema_table import SettingRow, schema_rows
from connector.exchange.gates import WAITS_FOR
from connector.simulator.fault_injection.fault_script import read_fault_script
from connector.simulator.fault_injection.faults import FAULTS, FaultRow
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.venue.domains import DOMAINS
from tests.companions.places import ROOT

README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("row", schema_rows(PerpetualMarketMakingSettings), ids=lambda row: row.key)
def test_every_key_stands_there_with_unit_bound_default_and_meaning(row: SettingRow) -> None:
    bound = " ".join(filter(None, (row.kind, row.bound))) or "any"
    default = "**required**" if row.default is None else (f"`{row.default}`" if row.default else "–")
    assert f"| `{row.key}` | {row.unit or '–'} | {bound} | {default} | {row.meaning} |" in README


@pytest.mark.parametrize(("code", "meaning"), MEANINGS.items())
def test_every_exit_code_stands_there(code: int, meaning: str) -> None:
    assert f"| {int(code)} | {meaning} |" in README


@pytest.mark.parametrize(("gate", "waits_for"), WAITS_FOR.items())
def test_every_gate_stands_there(gate: str, waits_for: str) -> None:
    assert f"| `{gate}` | {waits_for} |" in README


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_domain_stands_there(domain: str) -> None:
    assert f"| `{domain}` |" in README


def test_every_option_of_a_run_stands_there() -> None:
    from typer.main import get_command

    command = get_command(app).commands["run"]  # type: ignore[attr-defined]
    for option in command.params:
        assert f"| `{option.opts[0]}" in README, option.opts


@pytest.mark.parametrize(("fault", "row"), FAULTS.items())
def test_every_fault_stands_there_with_what_happens(fault: str, row: FaultRow) -> None:
    assert f"| `{fault}` | {row.about} |" in README


def test_the_script_of_faults_that_stands_there_is_one(tmp_path: Path) -> None:
    script = tmp_path / "storm.yml"
    rows = README.partition("```yaml\n- {at_s: 5")[2].partition("```")[0]
    script.write_text(f"- {{at_s: 5{rows}")
    assert len(read_fault_script(script, ["BTCUSDT"])) == 4


def test_every_dependency_stands_there() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    listed = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    for line in listed:
        assert line.split(">=")[0] in README, line


def test_the_picture_is_the_products_own() -> None:
    picture = ROOT / ".github" / "pictures" / "live.svg"
    assert ".github/pictures/live.svg" in README
    assert "binance_perpetual_local" in picture.read_text().replace("&#160;", " ")
