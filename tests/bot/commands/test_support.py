"""The command that writes an archive for whoever helps opens every key, so that it can be searched for."""

import base64
import zipfile
from pathlib import Path

import pytest

from connector.bot.exit_codes import ExitCode
from connector.keys.approvals import Approved
from connector.keys.key_store import KeyStore
from connector.keys.open_store import OpenStore
from connector.keys.second_factor import SecondFactor
from tests.companions.flows.programs import home_with, started
from tests.companions.keys.canaries import secret_file
from tests.companions.keys.factors import guarded_home
from tests.companions.keys.stores import API_KEY, API_SECRET, OLD, PASSWORD, TESTNET, placed


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")


def home_with_log(folder: Path, line: str) -> list[str]:
    """The log's line is one that the product would not write."""
    placed(home_with(folder), TESTNET)
    word = secret_file(folder / "word", PASSWORD)
    (folder / "logs").mkdir()
    secret_file(folder / "logs" / "connector.log", f"{line}\n")
    return ["support-bundle", str(folder / "out.zip"), "--password-from", f"file:{word}"]


async def test_the_archive_has_what_helps_and_no_key(tmp_path: Path) -> None:
    async with started(*home_with_log(tmp_path, f"a line with {API_SECRET}"), home=tmp_path) as program:
        assert await program.ends() == ExitCode.OK, program.text
    assert "searched for 2 secrets of 1 keys; none is in it" in program.text
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        bodies = {name: archive.read(name).decode() for name in archive.namelist()}
    assert {"versions.txt", "status.txt", "logs/connector.log", f"doctor/{TESTNET}.json"} <= set(bodies)
    assert any(name.startswith("conf/") for name in bodies)
    assert "a line with ***" in bodies["logs/connector.log"]
    assert "can't be reached" in bodies[f"doctor/{TESTNET}.json"]
    for secret in (API_KEY, API_SECRET, PASSWORD):
        assert not any(secret in body for body in bodies.values())


async def test_a_key_that_is_hidden_in_the_log_keeps_the_archive_from_being_written(tmp_path: Path) -> None:
    async with started(*home_with_log(tmp_path, API_SECRET.encode().hex()), home=tmp_path) as program:
        assert await program.ends() == ExitCode.BAD_CONFIG, program.text
    assert "a secret would be in it (logs/connector.log): nothing was written" in program.text
    assert not (tmp_path / "out.zip").exists()


async def test_without_a_password_nothing_is_proved_and_nothing_written(tmp_path: Path) -> None:
    words = home_with_log(tmp_path, "fine")[:2]
    async with started(*words, home=tmp_path) as program:
        assert await program.ends() == ExitCode.STORE_CLOSED, program.text
    assert not (tmp_path / "out.zip").exists()


async def test_the_second_factors_secret_is_searched_for_too(tmp_path: Path) -> None:
    app, _ = guarded_home(home_with(tmp_path), TESTNET)
    (tmp_path / "logs").mkdir()
    secret_file(tmp_path / "logs" / "connector.log", base64.b64encode(app.secret.reveal().encode()).decode())
    store = OpenStore.at(KeyStore(tmp_path / "conf" / "connectors"), TESTNET, OLD)
    SecondFactor(store).approve(Approved.UNLOCK, 0, 600)
    words = ["support-bundle", str(tmp_path / "out.zip"), "--password-from", f"file:{tmp_path / 'word'}"]
    async with started(*words, home=tmp_path) as program:
        assert await program.ends() == ExitCode.BAD_CONFIG, program.text
    assert "a secret would be in it (logs/connector.log): nothing was written" in program.text
