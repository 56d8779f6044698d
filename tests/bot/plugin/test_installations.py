"""Hummingbot is found wherever people have it, and named where there are several."""

import os
import sys
from pathlib import Path

import pytest

from connector.bot.plugin import installations as module
from connector.bot.plugin.installations import Installation, installations, the_installation
from connector.core.faults import ConfigFault
from tests.companions.hummingbots import environment, folders


@pytest.fixture(autouse=True)
def _nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine has beside the test is not found."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(module, "CONTAINER", tmp_path / "container")
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if not (Path(entry) / "hummingbot").is_dir()])


def test_where_there_is_none_it_has_to_be_named() -> None:
    assert installations() == []
    with pytest.raises(ConfigFault, match=r"--at: \(missing\): no Hummingbot was found here; name the folder"):
        the_installation(None)


def test_the_one_that_this_interpreter_imports_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = folders(tmp_path / "site-packages")
    monkeypatch.syspath_prepend(str(root))
    assert installations() == [Installation(root, Path(sys.executable))]
    assert the_installation(None).version == "dev-2.18.0"


@pytest.mark.parametrize("variable", ["VIRTUAL_ENV", "CONDA_PREFIX"])
def test_that_of_an_environment_in_use_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    packages = environment(tmp_path / "env")
    folders(packages)
    monkeypatch.setenv(variable, str(tmp_path / "env"))
    assert installations() == [Installation(packages, tmp_path / "env" / "bin" / "python")]


def test_a_checkout_that_a_conda_environment_develops_is_found(tmp_path: Path) -> None:
    checkout = folders(tmp_path / "checkout")
    packages = environment(tmp_path / "envs" / "hummingbot")
    (packages / "conda.pth").write_text(f"# what is developed\nimport sys\n{checkout}\n")
    listed = tmp_path / "home" / ".conda" / "environments.txt"
    listed.parent.mkdir(parents=True)
    listed.write_text(f"{tmp_path / 'envs' / 'gone'}\n{tmp_path / 'envs' / 'hummingbot'}\n")
    assert installations() == [Installation(checkout, tmp_path / "envs" / "hummingbot" / "bin" / "python")]


def test_the_checkout_one_stands_in_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folders(tmp_path / "checkout"))
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    assert installations() == [Installation(tmp_path / "checkout")]


def test_that_of_the_container_is_found(tmp_path: Path) -> None:
    folders(tmp_path / "container")
    assert installations() == [Installation(tmp_path / "container")]


def test_an_environment_of_its_name_runs_a_checkout_that_no_other_leads_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in its container: the environment doesn't name the folder, which is where the program starts."""
    folders(tmp_path / "container")
    environment(tmp_path / "envs" / "hummingbot")
    monkeypatch.setenv("CONDA_PREFIX", str(tmp_path / "envs" / "hummingbot"))
    wanted = Installation(tmp_path / "container", tmp_path / "envs" / "hummingbot" / "bin" / "python")
    assert installations() == [wanted]
    assert the_installation(tmp_path / "container") == wanted


def test_one_that_two_ways_lead_to_is_one_and_its_interpreter_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = folders(tmp_path / "container")
    (tmp_path / "link").symlink_to(root)
    monkeypatch.chdir(tmp_path / "link")
    packages = environment(tmp_path / "env")
    (packages / "conda.pth").write_text(f"{tmp_path / 'link'}\n")
    monkeypatch.setenv("CONDA_PREFIX", str(tmp_path / "env"))
    assert installations() == [Installation(root, tmp_path / "env" / "bin" / "python")]
    assert the_installation(None).root == root


def test_of_several_one_has_to_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout, container = folders(tmp_path / "checkout"), folders(tmp_path / "container")
    monkeypatch.chdir(checkout)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    with pytest.raises(ConfigFault) as refused:
        the_installation(None)
    assert str(refused.value) == f"--at: (missing): several are here: {checkout}, {container}; name one of them"
    assert the_installation(container) == Installation(container)


@pytest.mark.parametrize("named", ["", "hummingbot"])
def test_a_checkout_is_named_by_its_folder_or_its_package(tmp_path: Path, named: str) -> None:
    root = folders(tmp_path / "checkout")
    assert the_installation(root / named) == Installation(root)


def test_an_environment_is_named_by_its_folder_or_that_of_its_packages(tmp_path: Path) -> None:
    packages = environment(tmp_path / "env")
    folders(packages)
    for named in (tmp_path / "env", packages):
        assert the_installation(named) == Installation(packages, tmp_path / "env" / "bin" / "python")


@pytest.mark.parametrize(("name", "says"), [("absent", "is no folder"), ("empty", "holds no Hummingbot")])
def test_what_is_named_and_is_none_is_refused(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(ConfigFault, match=f"--at: .*{name}: {says}"):
        the_installation(tmp_path / name)


def test_our_connectors_with_a_key_are_told(tmp_path: Path) -> None:
    root = folders(tmp_path / "checkout")
    assert Installation(root).connected == []
    keys = root / "conf" / "connectors"
    keys.mkdir(parents=True)
    for name in ("binance_perpetual", "binance_perpetual_pro_local", "binance_perpetual_pro"):
        (keys / f"{name}.yml").write_text("")
    assert Installation(root).connected == ["binance_perpetual_pro", "binance_perpetual_pro_local"]


def test_its_interpreter_says_why_it_passes_ours_over(tmp_path: Path) -> None:
    root = folders(environment(tmp_path / "env"))
    one = Installation(root, tmp_path / "env" / "bin" / "python")
    one.files.write()
    said = one.why_not_loaded()
    assert said is not None and said.startswith("ModuleNotFoundError: ")
    assert list(root.rglob("__pycache__")) == []
    assert Installation(root).why_not_loaded() is None
    assert "No such file" in str(Installation(root, tmp_path / "gone").why_not_loaded())


def test_an_interpreter_that_says_nothing_is_waited_for_no_longer_than_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOADS_WITHIN_S", 0.2)
    silent = tmp_path / "python"
    silent.write_text("#!/bin/sh\nexec sleep 20\n")
    silent.chmod(0o755)
    said = Installation(folders(tmp_path / "checkout"), silent).why_not_loaded()
    assert said is not None and "does not answer within 0.2 s" in said
    assert os.access(silent, os.X_OK)
