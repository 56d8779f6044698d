"""An archive for whoever helps holds no secret, in no form and no piece, or is not written."""

import base64
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from connector.bot.report.support_bundle import log_members, settings_members, status_text, telling, written
from connector.core.faults import ConfigFault
from connector.core.secrets import Secret
from connector.store.instance_lock import InstanceLock, instance_folders

KEY = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
PASSPHRASE = "über/die+Brücke & fort"
PEM = (
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIHkHGc1dJmLdjcJ2Y3h2V8yN0QIHYwRk8wX0AqkPq1mO\n"
    "-----END PRIVATE KEY-----\n"
)
FORMS: list[Callable[[str], str]] = [
    lambda text: text,
    lambda text: text.encode().hex(),
    lambda text: text.encode().hex().upper(),
    lambda text: quote(text, safe=""),
    *(
        lambda text, before=before: base64.b64encode(b"-" * before + text.encode() + b"more behind it").decode()
        for before in range(4)
    ),
    lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
]


@pytest.mark.parametrize("secret", [KEY, PASSPHRASE])
@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_found_in_every_form_and_so_is_a_piece_of_it(form: Callable[[str], str], secret: str) -> None:
    spelt = form(secret)
    assert telling({"log": f"before {spelt} behind".encode()}, [Secret(secret)]) == ["log"]
    middle = len(spelt) // 2
    piece = spelt[middle - 8 : middle + 4]
    assert telling({"log": f"before {piece} behind".encode()}, [Secret(secret)]) == ["log"]


def test_a_line_of_a_private_key_is_found_and_what_surrounds_it_is_no_secret() -> None:
    line = PEM.splitlines()[1]
    assert telling({"log": line[20:40].encode()}, [Secret(PEM)]) == ["log"]
    assert telling({"log": b"-----BEGIN PRIVATE KEY-----"}, [Secret(PEM)]) == []


def test_the_name_of_a_file_is_searched_too() -> None:
    assert telling({f"logs/{KEY}.log": b""}, [Secret(KEY)]) == [f"logs/{KEY}.log"]


def test_an_archive_that_would_tell_is_not_written_and_the_place_is_named(tmp_path: Path) -> None:
    members = {"log": f"x {KEY.encode().hex()}", "other": "fine"}
    with pytest.raises(ConfigFault, match=r"would be in it \(log\): nothing was written") as refused:
        written(tmp_path / "out.zip", members, [Secret(KEY)])
    assert KEY not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_what_the_log_masks_is_masked_here_too_and_the_rest_is_as_it_was(tmp_path: Path) -> None:
    held = Secret(KEY)
    file = tmp_path / "out.zip"
    written(file, {"log": f"GET /x?signature={'0' * 12} and {KEY}", "settings": "leverage: 10\n"}, [held])
    with zipfile.ZipFile(file) as archive:
        assert archive.read("log").decode() == "GET /x?signature=*** and ***"
        assert archive.read("settings").decode() == "leverage: 10\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "out.zip").write_text("mine")
    with pytest.raises(ConfigFault, match="name a new file"):
        written(tmp_path / "out.zip", {}, [])
    assert (tmp_path / "out.zip").read_text() == "mine"


def test_of_a_home_the_settings_and_the_end_of_the_log_are_taken_and_no_key_store(tmp_path: Path) -> None:
    conf, logs = tmp_path / "conf", tmp_path / "logs"
    (conf / "connectors").mkdir(parents=True)
    (conf / "connectors" / "binance_perpetual.yml").write_text("sealed")
    (conf / "perpetual_market_making.yml").write_text("leverage: 10\n")
    logs.mkdir()
    (logs / "connector.log").write_text("x" * 300_000 + "the end\n")
    assert settings_members(conf) == {"conf/perpetual_market_making.yml": "leverage: 10\n"}
    (taken,) = log_members(logs).values()
    assert taken.endswith("the end\n")
    assert len(taken) == 200_000


def test_of_each_instance_it_says_whether_it_runs(tmp_path: Path) -> None:
    assert status_text(tmp_path, instance_folders(tmp_path)) == "no instance has a journal here\n"
    account = tmp_path / "binance_perpetual" / "3f9ac01b22de"
    for name in ("b1a2b3", "c4d5e6"):
        (account / name).mkdir(parents=True)
    running = InstanceLock(account / "b1a2b3", "b1a2b3")
    InstanceLock(account / "c4d5e6", "c4d5e6").release()
    first, second = status_text(tmp_path, instance_folders(tmp_path)).splitlines()
    where = "binance_perpetual/3f9ac01b22de"
    assert first.startswith(f"{where}/b1a2b3: another connector (process {os.getpid()}); written last at 20")
    assert second.startswith(f"{where}/c4d5e6: does not run; written last at 20")
    running.release()
