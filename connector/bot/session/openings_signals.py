"""Two signals that steer the gate `openings` of a run: SIGUSR1 shuts it, SIGUSR2 opens it again. Windows has neither.

What was said holds over the epochs of an exchange: each new connector begins with it.
"""

import asyncio
import contextlib
import signal
from collections.abc import Iterator
from typing import Final

from connector.exchange.orders.openings import Openings

_SHUT, _OPEN = "SIGUSR1", "SIGUSR2"
_BY: Final = f"the signal {_SHUT}"


class OpeningsSignals:
    """Listens while the block of `listening` runs. `steer` hands in the gate of the present connector."""

    def __init__(self) -> None:
        self._is_shut = False
        self._gate: Openings | None = None

    def steer(self, gate: Openings) -> None:
        """From now on that gate is meant; it takes over what was said before."""
        self._gate = gate
        self._apply()

    @contextlib.contextmanager
    def listening(self, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
        numbers = {name: getattr(signal, name) for name in (_SHUT, _OPEN) if hasattr(signal, name)}
        with contextlib.suppress(NotImplementedError):  # the loops of systems without them
            for name, number in numbers.items():
                loop.add_signal_handler(number, self._hear, name == _SHUT)
        try:
            yield
        finally:
            with contextlib.suppress(NotImplementedError):
                for number in numbers.values():
                    loop.remove_signal_handler(number)

    def _hear(self, shuts: bool) -> None:
        self._is_shut = shuts
        self._apply()

    def _apply(self) -> None:
        if self._gate is None:
            return
        if self._is_shut:
            self._gate.shut(_BY)
        else:
            self._gate.release(_BY)
