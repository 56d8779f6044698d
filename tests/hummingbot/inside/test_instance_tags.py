"""Tags: held by who lives, taken over from who does not."""

import subprocess
import sys
from pathlib import Path

from connector.adapters.hummingbot.instance_tags import held_tag
from connector.orders.client_order_ids import is_tag

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
