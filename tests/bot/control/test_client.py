"""Who asks a bot: it is found by its name, or by being alone, and no wait for it lasts."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.bot.control import client
from connector.bot.control.client import bot_line, chosen, living
from connector.bot.control.lines import Ask
from connector.bot.control.places import Place, bound, place_named
from connector.bot.home import Home
from connector.core.faults import OptionFault, UnavailableFault


def home_of(data: Path) -> Home:
    return Home(data, data, data)


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[Place]:
    """A bot that takes connections and says nothing."""
    place, end = bound(tmp_path, "mute", is_exact=True)
    with end:
        yield place


def test_the_only_bot_is_meant_where_none_is_named(tmp_path: Path, silent: Place) -> None:
    assert chosen(home_of(tmp_path), None) == chosen(home_of(tmp_path), "mute") == silent


def test_one_of_several_has_to_be_named(tmp_path: Path, silent: Place) -> None:
    other, end = bound(tmp_path, "other", is_exact=True)
    with end:
        assert living(tmp_path) == [silent, other]
        with pytest.raises(OptionFault, match="2 bots run here; name one of mute, other"):
            chosen(home_of(tmp_path), None)


def test_none_and_one_that_is_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(UnavailableFault, match="no bot runs in this home; start one: connector start; a bot"):
        chosen(home_of(tmp_path), None)
    with pytest.raises(UnavailableFault, match="no bot of the name btc runs in this home; none runs there"):
        chosen(home_of(tmp_path), "btc")
    with pytest.raises(UnavailableFault, match="no bot of the name btc runs"), bot_line(place_named(tmp_path, "btc")):
        pass


def test_a_bot_that_does_not_answer_is_waited_for_a_while(silent: Place) -> None:
    with bot_line(silent) as line, pytest.raises(UnavailableFault, match=r"mute does not answer within 0\.1 s"):
        line.ask(Ask.STATUS, 0.1)


def test_a_bot_that_hangs_is_there_however_often_one_looked(tmp_path: Path, silent: Place) -> None:
    for _ in range(30):
        assert living(tmp_path) == [silent]
    with pytest.raises(UnavailableFault, match="mute does not answer within 5 s: it hangs"), bot_line(silent):
        pass
    second, end = bound(tmp_path, "mute", is_exact=False)
    with end:
        assert second.name == "mute-2", "its name is not free"


@pytest.mark.parametrize(
    ("says", "told"),
    [
        (b"", "mute ended before it answered"),
        (b"{}\n", "mute: speaks version None"),
        (b'{"v":1,"ok":false,"error":"it is stopping"}\n', "mute: it is stopping"),
    ],
)
def test_a_bot_that_ends_or_refuses_is_told_in_its_words(tmp_path: Path, says: bytes, told: str) -> None:
    place, end = bound(tmp_path, "mute", is_exact=True)
    end.setblocking(True)

    def answers() -> None:
        other: socket.socket
        other, _ = end.accept()
        with other:
            other.recv(100)
            other.sendall(says)

    thread = threading.Thread(target=answers)
    thread.start()
    with end, bot_line(place) as line, pytest.raises(UnavailableFault, match=told):
        line.ask(Ask.STATUS, client.ANSWERS_WITHIN_S)
    thread.join(5)
