"""The command's last line of defence."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from connector import __version__
from connector.bot.commands.command_line import app, guarded
from connector.bot.commands.init import write_example
from connector.bot.exit_codes import ExitCode
from connector.bot.home import home_at
from connector.simulator.fault_injection.catalogue import FAULTS
from tests.companions.documents.made_tables import commands


def test_every_command_explains_itself() -> None:
    names = [row.name or row.callback.__name__ for row in app.registered_commands if row.callback]
    assert {"init", "run", "connect", "store", "2fa", "audit", "doctor", "simulator"} <= set(names)
    for command in names:
        answer = CliRunner().invoke(app, [command, "--help"])
        assert answer.exit_code == 0
        assert "Usage" in answer.output


@pytest.mark.parametrize("name", commands())
def test_every_command_has_json_and_an_example_that_it_takes(name: str) -> None:
    command = commands()[name]
    assert "--json" in {option for row in command.params for option in row.opts}
    (example,) = re.findall(r"For example: (connector .+)", command.help)
    program, called, *words = shlex.split(example)
    assert (program, called) == ("connector", name)
    assert command.make_context(name, words).params


def test_the_version_is_told_before_anything_else() -> None:
    answer = CliRunner().invoke(app, ["--version", "run", "--home", "nowhere"])
    assert (answer.exit_code, answer.output) == (0, f"connector {__version__}\n")


def test_the_faults_are_listed_and_no_exchange_is_started() -> None:
    answer = CliRunner().invoke(app, ["simulator", "--list-faults"])
    assert answer.exit_code == 0
    assert [line.split()[0] for line in answer.output.splitlines()] == list(FAULTS)


@pytest.mark.parametrize(
    "text", ["- {at_s: 1, fault: rain}", "- {at_s: 1, fault: delisting, symbol: NOPE}", "fault: cut_sockets", "- {at_s"]
)
def test_an_ill_script_of_faults_is_one_line_and_the_code_of_bad_input(tmp_path: Path, text: str) -> None:
    script = tmp_path / "storm.yml"
    script.write_text(text)
    answer = CliRunner().invoke(app, ["simulator", "--port", "0", "--faults", str(script)])
    assert answer.exit_code == ExitCode.BAD_CONFIG == 3
    assert answer.output.startswith(str(script)) and answer.output.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ([], "--dry-run: binance_perpetual_local: is a local exchange already; leave it out, or name another domain"),
        (
            ["--domain", "binance_perpetual", "--exchange", "http://127.0.0.1:1"],
            "--exchange: http://127.0.0.1:1: is for the local exchange, not for binance_perpetual; leave it out, or "
            "use binance_perpetual_local",
        ),
    ],
)
def test_a_dry_run_is_of_a_domain_and_has_an_exchange_of_its_own(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, options: list[str], line: str
) -> None:
    write_example(home_at(tmp_path))
    arguments = ["run", "--dry-run", *options, "--home", str(tmp_path)]
    assert guarded(lambda: app(arguments, standalone_mode=False)) == ExitCode.USAGE
    assert capsys.readouterr().err == f"{line}\n"


def test_a_list_of_contracts_is_for_an_exchange_of_the_bots_own(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    write_example(home_at(tmp_path))
    arguments = ["run", "--exchange", "http://127.0.0.1:1", "--instruments", "list.json", "--home", str(tmp_path)]
    assert guarded(lambda: app(arguments, standalone_mode=False)) == ExitCode.USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert line == "--instruments: list.json: is for an exchange of its own; leave out --exchange, or it"
