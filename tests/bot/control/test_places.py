"""Where control sockets lie: for one user alone, by names that do not collide, however long the way there is."""

import os
import socket
import stat
from pathlib import Path

import pytest

from connector.bot.control.places import bound, checked_name, connected, folder_of, places
from connector.core.faults import ConfigFault, OptionFault


def test_nobody_else_can_open_it(tmp_path: Path) -> None:
    place, end = bound(tmp_path, "btc-usdt", is_exact=False)
    with end:
        assert stat.S_IMODE(place.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder_of(tmp_path).stat().st_mode) == 0o700
        connected(place.path, 1).close()
    assert os.umask(0o022) == 0o022


def test_a_second_bot_has_the_next_name_and_is_refused_one_that_it_asked_for(tmp_path: Path) -> None:
    first, one = bound(tmp_path, "btc-usdt", is_exact=False)
    second, two = bound(tmp_path, "btc-usdt", is_exact=False)
    with one, two:
        assert (first.name, second.name) == ("btc-usdt", "btc-usdt-2")
        with pytest.raises(OptionFault, match="a bot of this name runs in this home"):
            bound(tmp_path, "btc-usdt", is_exact=True)
        assert [place.name for place in places(tmp_path)] == ["btc-usdt", "btc-usdt-2"]


def test_the_socket_of_a_bot_that_was_killed_is_taken_over(tmp_path: Path) -> None:
    _, killed = bound(tmp_path, "btc-usdt", is_exact=True)
    killed.close()
    place, end = bound(tmp_path, "btc-usdt", is_exact=True)
    with end:
        assert place.name == "btc-usdt"
        connected(place.path, 1).close()


def test_what_is_no_socket_is_never_removed(tmp_path: Path) -> None:
    folder_of(tmp_path).mkdir()
    file = folder_of(tmp_path) / "btc-usdt.sock"
    file.write_text("mine")
    place, end = bound(tmp_path, "btc-usdt", is_exact=False)
    end.close()
    assert (place.name, file.read_text()) == ("btc-usdt-2", "mine")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system has no short way into a folder")
def test_a_home_deep_in_folders_has_a_socket_too(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    place, end = bound(deep, "btc-usdt", is_exact=True)
    with end:
        assert len(str(place.path)) > 200
        connected(place.path, 1).close()
    assert isinstance(end, socket.socket)


def test_a_home_that_can_not_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "control").write_text("a file")
    with pytest.raises(ConfigFault, match="the control socket can't be made there"):
        bound(tmp_path, "btc-usdt", is_exact=False)


@pytest.mark.parametrize("name", ["", "A", "a/b", "..", "-a", "a" * 33, "a b"])
def test_a_name_is_a_few_plain_letters(name: str) -> None:
    with pytest.raises(OptionFault, match="must be 1 to 32 of"):
        checked_name(name)
