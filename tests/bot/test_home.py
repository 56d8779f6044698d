"""Where a user's files lie."""

from pathlib import Path

import pytest

from connector.bot.home import VARIABLE, home_at


def test_what_is_given_comes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "env"))
    assert home_at(tmp_path / "given").conf == tmp_path / "given" / "conf"
    assert home_at(None).logs == tmp_path / "env" / "logs"


def test_a_folder_with_settings_is_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conf").mkdir()
    assert home_at(None).data == tmp_path / "data"


def test_elsewhere_the_users_own_folders_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert "perpetual-connector" in str(home_at(None).conf)
    assert home_at(None).strategies == home_at(None).conf / "strategies", "nothing lies among other programs' folders"
    assert home_at(tmp_path / "given").strategies == tmp_path / "given" / "strategies"


def test_each_is_told_as_its_user_knows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    given = home_at(Path("my bots"))
    assert (given.title, given.option) == ("the home my bots", " --home 'my bots'")
    monkeypatch.setenv(VARIABLE, "/srv/bot")
    assert home_at(None).title == "the home /srv/bot (by CONNECTOR_HOME)"
    monkeypatch.delenv(VARIABLE)
    own = home_at(None)
    assert own.title.startswith("your own folders (no --home") and str(own.conf) in own.title
    (tmp_path / "conf").mkdir()
    assert home_at(None).title == f"the home {tmp_path} (the current folder)"
    assert own.option == home_at(None).option == "", "the next command finds them by itself"
