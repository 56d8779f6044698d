"""Who runs a program has a number, mostly a name, and a machine; what variables say of it counts for nothing."""

import os
import pwd
from pathlib import Path

import pytest

from connector.keys.machine_user import machine_user


def machine(folder: Path, number: str) -> tuple[Path, ...]:
    (folder / "machine-id").write_text(f"{number}\n")
    return (folder / "nowhere", folder / "machine-id")


def test_it_is_the_systems_number_and_name_whatever_variables_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "ada")
    monkeypatch.setenv("USER", "ada")
    assert machine_user((tmp_path / "nowhere",)) == f"{os.getuid()}:{pwd.getpwuid(os.getuid()).pw_name}@"


def test_another_machine_is_another_user_and_its_number_is_not_told(tmp_path: Path) -> None:
    one, other = "4f1d0c6e8b7a4c55a1f0e3d2c1b0a998", "4f1d0c6e8b7a4c55a1f0e3d2c1b0a999"
    first = machine_user(machine(tmp_path, one))
    assert first == machine_user(machine(tmp_path, one))
    assert first != machine_user(machine(tmp_path, other))
    assert one not in first
    assert len(first.rpartition("@")[2]) == 12


def test_a_container_whose_user_has_no_name_and_no_machine_is_no_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(number: int) -> None:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert machine_user(machine(tmp_path, "")) == f"{os.getuid()}:@"
