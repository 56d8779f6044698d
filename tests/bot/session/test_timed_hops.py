"""What carries a decision out tells of it where somebody wants the times."""

import pytest

from connector.bot.session.timed_hops import Timed
from connector.exchange.hop_times import HopTimes


class _Nobody:
    def on_frame(self, frame: bytes, received_ms: int) -> object:
        raise AssertionError("no frame comes")


def test_nothing_stands_between_where_nobody_wants_the_times() -> None:
    def act(number: int) -> None: ...

    assert Timed(None)(act) is act


def test_what_leaves_meanwhile_is_timed_and_nothing_after_it_even_where_it_fails() -> None:
    times, done = HopTimes(_Nobody()), []

    def act(number: int) -> None:
        done.append(number)
        times.left()
        if number == 2:
            raise RuntimeError("it failed")

    timed = Timed(times)(act)
    timed(1)
    with pytest.raises(RuntimeError, match="it failed"):
        timed(2)
    times.left()
    assert done == [1, 2]
    assert sum(times.to_socket.counts) == 2
