"""The other end: who asks a bot of this machine, and waits for its answer, for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from typing import Any, Final

from connector.bot.control.lines import MOST_BYTES_ANSWERED, Ask, BadLine, Question, answered, question
from connector.bot.control.places import HAS_SOCKETS, Place, connected, place_named, places
from connector.bot.control.process_end import peer_of
from connector.bot.home import Home
from connector.core.faults import OptionFault, UnavailableFault

#: A bot answers between two turns of its loop.
ANSWERS_WITHIN_S: Final = 5.0
ANOTHER_HOME: Final = "a bot of another home is named by --home"
_PIECE: Final = 65_536


class BotLine:
    """A connection to one bot."""

    def __init__(self, place: Place, end: socket) -> None:
        self._place = place
        self._end = end
        self._read = b""

    @property
    def process(self) -> int:
        """The bot's process, as it is numbered here; 0 where the system does not tell."""
        return peer_of(self._end)

    def ask(self, what: Ask, within_s: float = ANSWERS_WITHIN_S, strategy: str = "") -> dict[str, Any]:
        """Its answer; `strategy`: the one of several that is meant. Raises `UnavailableFault`."""
        try:
            self._end.settimeout(within_s)
            self._end.sendall(question(Question(what, strategy)))
        except OSError as error:
            raise self._gone() from error
        return self.hear(within_s)

    def hear(self, within_s: float) -> dict[str, Any]:
        """What it says next. Raises `UnavailableFault`."""
        try:
            self._end.settimeout(within_s)
            while b"\n" not in self._read:
                piece = self._end.recv(_PIECE)
                if not piece or len(self._read) > MOST_BYTES_ANSWERED:
                    raise self._gone()
                self._read += piece
            line, _, self._read = self._read.partition(b"\n")
            return answered(line)
        except TimeoutError as error:
            raise UnavailableFault(f"{self._place.name} does not answer within {within_s:g} s: it hangs") from error
        except OSError as error:
            raise self._gone() from error
        except BadLine as flaw:
            raise UnavailableFault(f"{self._place.name}: {flaw}") from flaw

    def _gone(self) -> UnavailableFault:
        return UnavailableFault(f"{self._place.name} ended before it answered; its log tells how")


@contextmanager
def bot_line(place: Place) -> Iterator[BotLine]:
    """A connection to the bot at that place. Raises `UnavailableFault` where none listens there."""
    try:
        end = connected(place.path, ANSWERS_WITHIN_S)
    except TimeoutError as error:
        raise UnavailableFault(f"{place.name} does not answer within {ANSWERS_WITHIN_S:g} s: it hangs") from error
    except OSError as error:
        raise UnavailableFault(f"no bot of the name {place.name} runs there any more") from error
    with end:
        yield BotLine(place, end)


def living(data: Path) -> list[Place]:
    """The bots of a home that run, by name; those that hang among them. Raises `UnavailableFault`."""
    if not HAS_SOCKETS:
        raise UnavailableFault("this system has no Unix sockets: a bot is seen and stopped in its own terminal here")
    return [place for place in places(data) if _listens(place)]


def chosen(home: Home, name: str | None) -> Place:
    """The bot of that name, or the only one. Raises `UnavailableFault` where none runs, `OptionFault` where several
    do and none was named."""
    running = living(home.data)
    if name is not None:
        place = place_named(home.data, name)
        if place in running:
            return place
        names = ", ".join(each.name for each in running)
        others = f"; running: {names}" if names else "; none runs there"
        raise UnavailableFault(f"no bot of the name {name} runs in {home.title}{others}; {ANOTHER_HOME}")
    if not running:
        raise none_runs(home)
    if len(running) > 1:
        raise OptionFault("NAME", "(missing)", f"{len(running)} bots run here", f"name one of {_names(running)}")
    return running[0]


def none_runs(home: Home) -> UnavailableFault:
    """Where it was looked for, and what to do."""
    return UnavailableFault(f"no bot runs in {home.title}; start one: connector start{home.option}; {ANOTHER_HOME}")


def _names(running: list[Place]) -> str:
    return ", ".join(place.name for place in running)


def _listens(place: Place) -> bool:
    try:
        connected(place.path, ANSWERS_WITHIN_S).close()
    except TimeoutError:
        return True
    except OSError:
        return False
    return True
