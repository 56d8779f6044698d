"""Who steers the gate `openings` of a run, over all its epochs: whoever shuts it by name, and two signals, SIGUSR1 to
shut it and SIGUSR2 to open it again. Windows has neither.

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


class OpeningsHolders:
    """Hears the signals while the block of `listening` runs. `steer` hands in the gate of the present connector."""

    def __init__(self) -> None:
        self._holders: dict[str, None] = {}
        self._gate: Openings | None = None

    def steer(self, gate: Openings) -> None:
        """From now on that gate is meant; it takes over what was said before."""
        self._gate = gate
        for by in self._holders:
            gate.shut(by)

    def shut(self, by: str) -> None:
        """No order leaves that opens, in this epoch and in those that come, until it is released by that name."""
        self._holders[by] = None
        if self._gate is not None:
            self._gate.shut(by)

    def release(self, by: str) -> None:
        """Ends it; who never shut it changes nothing."""
        self._holders.pop(by, None)
        if self._gate is not None:
            self._gate.release(by)

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
        if shuts:
            self.shut(_BY)
        else:
            self.release(_BY)
