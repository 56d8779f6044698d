"""What stands behind `read_every_ms`."""

import selectors
import socket
from collections.abc import Iterator

import pytest

from connector.config.gathered_reads import can_gather, gathered


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    can_gather.cache_clear()
    yield
    can_gather.cache_clear()


def test_a_system_that_holds_sockets_back_gathers() -> None:
    assert can_gather()
    assert gathered(5) == 5


def test_a_system_that_has_no_name_for_it_is_refused_by_the_name_unless_each_frame_is_read_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(socket, "SO_RCVLOWAT")
    assert gathered(0) == 0
    with pytest.raises(ValueError, match="needs SO_RCVLOWAT"):
        gathered(5)


def test_a_system_that_refuses_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "SO_RCVLOWAT", 9_999)
    with pytest.raises(ValueError, match="needs SO_RCVLOWAT"):
        gathered(5)


def test_a_system_that_takes_it_and_wakes_for_less_all_the_same_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "SO_RCVLOWAT", socket.SO_KEEPALIVE)
    with pytest.raises(ValueError, match="does not heed"):
        gathered(5)


def test_a_system_that_does_not_wake_once_it_is_told_less_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Deaf(selectors.DefaultSelector):
        def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
            return []

    monkeypatch.setattr(selectors, "DefaultSelector", Deaf)
    with pytest.raises(ValueError, match="does not heed"):
        gathered(5)
