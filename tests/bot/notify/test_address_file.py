"""Addresses are a secret: a file for its owner alone, or systemd's credential."""

from pathlib import Path

import pytest

from connector.bot.notify.address_file import address_file, addresses
from connector.core.faults import ConfigFault


def test_the_file_of_the_home_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "notify-addresses"
    path.touch(0o600)
    assert address_file(tmp_path, {}) == path


def test_without_one_systemds_credential_is(tmp_path: Path) -> None:
    (tmp_path / "connector-notify").touch()
    environment = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert address_file(tmp_path / "conf", environment) == tmp_path / "connector-notify"


@pytest.mark.parametrize("environment", [{}, {"CREDENTIALS_DIRECTORY": "/nowhere"}])
def test_where_there_is_neither_the_place_is_named(tmp_path: Path, environment: dict[str, str]) -> None:
    with pytest.raises(ConfigFault, match=r"notify-addresses: is not there; write the addresses there, one a line"):
        address_file(tmp_path, environment)


def test_one_that_others_can_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "notify-addresses"
    path.touch()
    path.chmod(0o640)
    with pytest.raises(ConfigFault, match=r"others can get at it \(mode 0640\); chmod 600"):
        address_file(tmp_path, {})


def test_comments_and_empty_lines_are_no_addresses(tmp_path: Path) -> None:
    path = tmp_path / "notify-addresses"
    path.write_bytes("\ufeff# mine\n\n  mailto://a \r\n#x\njson://b\n".encode())
    assert addresses(path) == [(3, "mailto://a"), (5, "json://b")]
