"""The link of a run without a terminal is for its owner alone, and gone when the run ends."""

import stat
from pathlib import Path

import pytest

from connector.bot.page.link_file import LinkFile
from connector.core.faults import ConfigFault


def test_it_is_there_while_the_run_is(tmp_path: Path) -> None:
    with LinkFile(tmp_path / "data").holding("http://127.0.0.1:1/#secret") as path:
        assert path.read_text() == "http://127.0.0.1:1/#secret\n"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


def test_what_a_killed_run_left_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "page-link").write_text("old\n")
    with LinkFile(tmp_path).holding("new") as path:
        assert path.read_text() == "new\n"


def test_the_link_of_another_run_stays(tmp_path: Path) -> None:
    with LinkFile(tmp_path).holding("first"):
        second = LinkFile(tmp_path).holding("second")
        second.__enter__()
    assert (tmp_path / "page-link").read_text() == "second\n"


def test_a_folder_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with (
        pytest.raises(ConfigFault, match=r"--page: .*page-link: cannot be written"),
        LinkFile(tmp_path / "data").holding("x"),
    ):
        pass
