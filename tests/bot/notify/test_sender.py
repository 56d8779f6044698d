"""The process that sends: what it takes, what it answers, and what it never says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.companions.keys.canaries import secret_file
from tests.companions.keys.stores import API_SECRET


def answers(path: Path, *wishes: object) -> tuple[int, list[dict[str, object]], str]:
    """What it answered, and what its standard error held."""
    text = "".join(json.dumps(wish) + "\n" for wish in wishes)
    command = (sys.executable, "-m", "connector.bot.notify.sender", str(path))
    ended = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60)
    return ended.returncode, [json.loads(line) for line in ended.stdout.splitlines()], ended.stderr


def test_an_address_that_is_none_is_told_by_its_line_alone(tmp_path: Path) -> None:
    path = secret_file(tmp_path / "addresses", f"# mine\nnosuchthing://{API_SECRET}\n")
    assert answers(path) == (3, [{"trouble": "line 2 is no address that apprise knows"}], "")


@pytest.mark.parametrize(
    ("data", "trouble"), [(b"# none yet\n", "holds no address"), (b"\xff\xfe\x00", "can't be read: it is not UTF-8")]
)
def test_a_file_that_can_not_be_used_is_told(tmp_path: Path, data: bytes, trouble: str) -> None:
    path = tmp_path / "addresses"
    path.write_bytes(data)
    assert answers(path)[:2] == (3, [{"trouble": trouble}])


def test_a_service_that_is_not_reached_is_told_without_its_address(tmp_path: Path) -> None:
    path = secret_file(tmp_path / "addresses", f"json://127.0.0.1:9/{API_SECRET}\n")
    wish = {"title": "connector", "body": "the run ended in order"}
    assert answers(path, wish, wish) == (0, [{"ready": True}, *2 * [{"sent": False, "refused": [1]}]], "")


def test_a_file_that_is_gone_ends_it(tmp_path: Path) -> None:
    code, rows, _ = answers(tmp_path / "gone")
    assert (code, rows) == (3, [{"trouble": "can't be read: No such file or directory"}])
