"""Who runs a program has a number, and mostly a name."""

import getpass
import os

import pytest

from connector.keys.machine_user import machine_user


def test_it_is_the_systems_number_and_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ada")
    assert machine_user() == f"{os.getuid()}:ada"


@pytest.mark.parametrize("error", [KeyError("uid not found"), OSError("no username"), ImportError("pwd")])
def test_a_container_whose_user_has_no_name_is_no_defect(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fails() -> str:
        raise error

    monkeypatch.setattr(getpass, "getuser", fails)
    assert machine_user() == f"{os.getuid()}:"
