"""A recording that is still being written: a pipe, and what is due of what came through it."""

import json
import math
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connector.simulator.background.growing_recording import HELD_MS, GrowingRecording
from connector.simulator.background.recorded_traffic import BookChange, Fact, FundingBounds, Outage, Print


class Pipe:
    """What is written, and the recording that is made of it. Time stands unless it is asked for."""

    def __init__(self) -> None:
        reading, self._writing = os.pipe()
        self.recording = GrowingRecording(reading)

    def write(self, *lines: bytes) -> None:
        os.write(self._writing, b"".join(lines))

    def close(self) -> None:
        if self._writing >= 0:
            os.close(self._writing)
        self._writing = -1

    def comes(self, steady_ms: int, is_there: Callable[[list[Fact]], bool]) -> list[Fact]:
        """All that is due at that moment; the reading thread is given time until it is there."""
        found: list[Fact] = []
        until_s = time.monotonic() + 10
        while not is_there(found):
            assert time.monotonic() < until_s, found
            found += self.recording.due(steady_ms)
            time.sleep(0.001)
        return found


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    made.close()


def line(stream: str, data: dict[str, Any], at_ms: int = 0) -> bytes:
    return f"{at_ms * 1_000_000} {json.dumps({'stream': stream, 'data': data})}\n".encode()


def sold(at_ms: int, price: str = "60000.00") -> bytes:
    return line("btcusdt@aggTrade", {"e": "aggTrade", "s": "BTCUSDT", "T": at_ms, "p": price, "q": "1", "m": True})


def changed(at_ms: int) -> bytes:
    return line("btcusdt@depth", {"e": "depthUpdate", "s": "BTCUSDT", "T": at_ms, "u": at_ms, "b": [], "a": []})


def lost(reason: str = "cut") -> bytes:
    return line("btcusdt@outage", {"reason": reason})


def waits(pipe: Pipe) -> None:
    """Until the thread has read what was written."""
    pipe.comes(0, lambda found: pipe.recording.next_ms() < math.inf)


def test_what_overtook_on_its_way_is_played_in_the_order_in_which_it_happened(pipe: Pipe) -> None:
    pipe.write(changed(1_000), changed(1_100), sold(1_000))
    waits(pipe)
    assert pipe.recording.next_ms() == HELD_MS
    found = pipe.comes(HELD_MS, lambda found: len(found) == 3)
    assert [(type(fact), fact.at_ms) for fact in found] == [(Print, 1_000), (BookChange, 1_000), (BookChange, 1_100)]


def test_nothing_is_played_before_its_time(pipe: Pipe) -> None:
    pipe.write(sold(1_000))
    waits(pipe)
    assert list(pipe.recording.due(HELD_MS - 1)) == []
    assert len(list(pipe.recording.due(HELD_MS))) == 1


def test_that_the_market_is_out_of_sight_is_told_at_once_behind_what_came_before(pipe: Pipe) -> None:
    pipe.write(changed(1_100), sold(1_000), lost(), sold(900))
    found = pipe.comes(0, lambda found: len(found) >= 3)
    assert [type(fact) for fact in found] == [Print, BookChange, Outage]
    waits(pipe)
    assert [fact.at_ms for fact in pipe.comes(HELD_MS, lambda found: bool(found))] == [900]


def test_how_funding_is_settled_waits_for_nothing(pipe: Pipe) -> None:
    pipe.write(line("btcusdt@fundingInfo", {"hours": 4, "cap": "0.02", "floor": "-0.02"}, at_ms=10**12))
    (bounds,) = pipe.comes(0, lambda found: bool(found))
    assert isinstance(bounds, FundingBounds) and bounds.hours == 4


def test_a_time_far_ahead_does_not_keep_the_others_from_being_put_in_order(pipe: Pipe) -> None:
    pipe.write(sold(10**12))
    waits(pipe)
    assert len(pipe.comes(HELD_MS, lambda found: bool(found))) == 1
    pipe.write(changed(1_000), sold(1_000))
    pipe.comes(HELD_MS, lambda found: pipe.recording.next_ms() < math.inf)
    found = pipe.comes(2 * HELD_MS, lambda found: len(found) == 2)
    assert [type(fact) for fact in found] == [Print, BookChange]


@pytest.mark.parametrize(
    "broken",
    [b"1 {\n", b"nonsense\n", b"1 []\n", sold(1_000, "NaN"), sold(1_000, "1e400"), b"1 " + b"[" * 100_000 + b"\n"],
    ids=["cut", "no number", "list", "nan", "huge", "deep"],
)  # fmt: skip
def test_a_line_that_cannot_be_read_puts_everything_out_of_sight(pipe: Pipe, broken: bytes) -> None:
    pipe.write(broken)
    (outage,) = pipe.comes(0, lambda found: bool(found))
    assert isinstance(outage, Outage)
    assert (outage.symbol, outage.reason[:20]) == ("", "a line can't be read")
    assert len(outage.reason) <= 200


def test_a_line_that_comes_in_pieces_is_one(pipe: Pipe) -> None:
    whole = lost("a socket was cut")
    pipe.write(whole[:20])
    pipe.write(whole[20:])
    assert pipe.comes(0, lambda found: bool(found)) == [Outage(0, "BTCUSDT", "a socket was cut")]


def test_it_is_over_when_the_pipe_is_closed_and_all_was_played(pipe: Pipe) -> None:
    pipe.write(sold(1_000))
    waits(pipe)
    assert not pipe.recording.is_over
    pipe.close()
    assert len(pipe.comes(0, lambda found: bool(found))) == 1, "who is gone sends nothing to wait for"
    assert pipe.recording.is_over
