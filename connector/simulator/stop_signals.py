"""What tells a process to stop: Ctrl-C, a polite kill and a terminal that is closed, on every system's event loop."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol

#: By name, for no system has all of them: SIGHUP is of POSIX, SIGBREAK (Ctrl-Break) of Windows.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class SignalLoop(Protocol):
    """As much of an event loop as signals need; asyncio's loops have it."""

    def add_signal_handler(self, number: int, handler: Callable[[], object]) -> None:
        """Calls `handler` on the loop at each such signal. Raises NotImplementedError where the system has no way."""
        ...

    def remove_signal_handler(self, number: int) -> bool:
        """Takes the handler away."""
        ...

    def call_soon_threadsafe(self, handler: Callable[[], object]) -> object:
        """Wakes the loop up and calls `handler` on it."""
        ...


def stop_signals() -> tuple[signal.Signals, ...]:
    """Those that this system has; but no hang-up that was ignored before us (`nohup`), for it is meant to stay so."""
    there = (getattr(signal, name) for name in _NAMES if hasattr(signal, name))
    return tuple(number for number in there if number.name != "SIGHUP" or signal.getsignal(number) != signal.SIG_IGN)


@contextmanager
def stopped_by_signals(loop: SignalLoop, stop: Callable[[], object]) -> Iterator[None]:
    """Calls `stop` on the loop at each of them while the block runs, on the main thread; puts back what was before."""
    kept = {number: signal.getsignal(number) for number in stop_signals()}
    for number in kept:
        _on_signal(loop, number, stop)
    try:
        yield
    finally:
        for number, handler in kept.items():
            _forget(loop, number)
            # None: a handler that Python did not set, and can't set again.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def _on_signal(loop: SignalLoop, number: signal.Signals, stop: Callable[[], object]) -> None:
    try:
        loop.add_signal_handler(number, stop)
    except NotImplementedError:  # the loops of Windows: Python calls the handler between two steps of the loop

        def received(_number: int, _frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(stop)

        signal.signal(number, received)


def _forget(loop: SignalLoop, number: signal.Signals) -> None:
    try:
        loop.remove_signal_handler(number)
    except NotImplementedError:
        return
