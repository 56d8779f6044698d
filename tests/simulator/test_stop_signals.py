"""A process that is told to stop hears it once, on every system."""

import asyncio
import os
import signal
from collections.abc import Callable

import pytest

from connector.simulator.stop_signals import stop_signals, stopped_by_signals


class LoopOfWindows:
    """Knows no signal handlers; what it is told from elsewhere it does at once."""

    def add_signal_handler(self, number: int, handler: Callable[[], object]) -> None:
        raise NotImplementedError

    def remove_signal_handler(self, number: int) -> bool:
        raise NotImplementedError

    def call_soon_threadsafe(self, handler: Callable[[], object]) -> object:
        return handler()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
async def test_each_signal_stops_what_runs(name: str) -> None:
    number = getattr(signal, name)
    before, stop = signal.getsignal(number), asyncio.Event()
    with stopped_by_signals(asyncio.get_running_loop(), stop.set):
        os.kill(os.getpid(), number)
        await asyncio.wait_for(stop.wait(), 10)
    assert signal.getsignal(number) == before


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_loop_without_signal_handlers_is_told_by_the_process(name: str) -> None:
    number, heard = getattr(signal, name), []
    before = signal.getsignal(number)
    with stopped_by_signals(LoopOfWindows(), lambda: heard.append(name)):
        signal.raise_signal(number)
    assert heard == [name]
    assert signal.getsignal(number) == before


def test_a_hang_up_that_nohup_ignores_stops_nothing() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert signal.SIGHUP not in stop_signals()
    finally:
        signal.signal(signal.SIGHUP, before)
    assert signal.SIGHUP in stop_signals()


def test_a_system_without_hang_ups_has_the_other_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "SIGHUP")
    assert stop_signals() == (signal.SIGINT, signal.SIGTERM)
