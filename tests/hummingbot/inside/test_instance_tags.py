"""Tags: held by who lives, taken over from who does not."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from connector.adapters.hummingbot.instance_tags import held_tag, without_copied
from connector.core.enums import TradeType
from connector.orders.client_order_ids import ClientOrderIds, is_tag

HOLD = "import sys,pathlib; from connector.adapters.hummingbot.instance_tags import held_tag; "
HOLD += "held = held_tag(pathlib.Path(sys.argv[1]), 'account'); print(held.tag, flush=True); sys.stdin.read()"


def test_two_that_live_have_tags_of_their_own(tmp_path: Path) -> None:
    one, other = held_tag(tmp_path, "account"), held_tag(tmp_path, "account")
    assert one.tag != other.tag and is_tag(one.tag) and is_tag(other.tag)


def test_accounts_do_not_share_tags(tmp_path: Path) -> None:
    one = held_tag(tmp_path, "account")
    one.release()
    assert held_tag(tmp_path, "another").tag != one.tag
    assert "account" not in "".join(path.name for path in tmp_path.iterdir())


def test_who_was_killed_leaves_its_tag_to_the_next(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdin=-1, stdout=-1, text=True)
    assert child.stdout is not None and child.stdin is not None
    tag = child.stdout.readline().strip()
    other = held_tag(tmp_path, "account")
    assert other.tag != tag
    child.kill()
    child.wait()
    child.stdin.close()
    child.stdout.close()
    assert held_tag(tmp_path, "account").tag == tag


def test_a_folder_that_is_none_costs_only_the_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert is_tag(held_tag(tmp_path / "file", "account").tag)


def test_a_tag_that_was_copied_is_not_taken_and_the_copy_keeps_the_one_that_it_makes(tmp_path: Path) -> None:
    one = held_tag(tmp_path / "data", "account")
    shutil.copytree(tmp_path / "data", tmp_path / "copy")
    other = held_tag(tmp_path / "copy", "account")
    assert other.tag != one.tag
    one.release()
    other.release()
    assert held_tag(tmp_path / "copy", "account").tag == other.tag
    assert held_tag(tmp_path / "data", "account").tag == one.tag


def test_a_folder_that_was_moved_keeps_its_tag(tmp_path: Path) -> None:
    one = held_tag(tmp_path / "data", "account")
    one.release()
    (tmp_path / "data").rename(tmp_path / "moved")
    assert held_tag(tmp_path / "moved", "account").tag == one.tag


def test_orders_of_a_copied_tag_are_left_to_the_bot_that_was_copied(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    one = held_tag(tmp_path / "data", "account")
    order_id = ClientOrderIds(one.tag, 0).mint(TradeType.BUY, 0)
    shutil.copytree(tmp_path / "data", tmp_path / "copy")
    own = ClientOrderIds(held_tag(tmp_path / "copy", "account").tag, 0).mint(TradeType.BUY, 0)
    assert without_copied(tmp_path / "data", {order_id: 1}) == {order_id: 1}
    assert without_copied(tmp_path / "copy", {order_id: 1, own: 2}) == {own: 2}
    assert f"of the bot that it was copied from, and not followed or cancelled here, are {order_id}" in caplog.text
