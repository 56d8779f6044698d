"""The example settings reach a home once, and never replace its owner's."""

import os
from pathlib import Path

import pytest

from connector.bot.commands.command_line import app, guarded
from connector.bot.commands.init import example_settings, write_example
from connector.bot.exit_codes import ExitCode
from connector.bot.home import home_at
from connector.core.faults import ConfigFault
from tests.companions.places import SHIPPED_SETTINGS, TUNED_SETTINGS


def typed(*words: object) -> int:
    return guarded(lambda: app([str(word) for word in words]))


def test_the_example_inside_the_package_is_the_one_of_a_clone() -> None:
    assert example_settings() == SHIPPED_SETTINGS.read_bytes()
    assert example_settings("connector.yml") == SHIPPED_SETTINGS.with_name("connector.yml").read_bytes()


def test_the_example_is_written_into_a_home_that_was_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed("init", "--home", tmp_path / "new") == ExitCode.OK
    path = tmp_path / "new" / "conf" / SHIPPED_SETTINGS.name
    assert path.read_bytes() == example_settings()
    for name in ("connector.yml", TUNED_SETTINGS.name):
        assert path.with_name(name).read_bytes() == example_settings(name)
    assert capsys.readouterr().out == f"{path}: edit it, then: connector run\n"


def test_settings_that_are_there_stay_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "conf" / SHIPPED_SETTINGS.name
    path.parent.mkdir()
    path.write_text("market: ETH-USDT\n")
    assert typed("init", "--home", tmp_path) == ExitCode.BAD_CONFIG == 3
    assert capsys.readouterr().err == f"init: {path}: exists already; edit it, or move it away first\n"
    assert path.read_text() == "market: ETH-USDT\n"


def test_a_home_that_is_a_file_is_told_with_its_cause(tmp_path: Path) -> None:
    (tmp_path / "conf").write_text("")
    with pytest.raises(ConfigFault, match=f"{tmp_path / 'conf'}: cannot be written: {os.strerror(17)}"):
        write_example(home_at(tmp_path))


def test_a_run_without_settings_names_the_command_that_writes_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed("run", "--home", tmp_path) == ExitCode.BAD_CONFIG
    path = tmp_path / "conf" / SHIPPED_SETTINGS.name
    told = f"settings file: {path}: does not exist; write the example there: connector init --home {tmp_path}\n"
    assert capsys.readouterr().err == told


def test_settings_that_were_named_and_are_not_there_are_told_by_their_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed("run", "--home", tmp_path, "--config", tmp_path / "mine.yml") == ExitCode.BAD_CONFIG
    told = capsys.readouterr().err
    assert str(tmp_path / "mine.yml") in told and "connector init" not in told
