"""The end of another process: what it says until then is written when it is over."""

import os
import select
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

_STEP_S: Final = 0.05


def peer_of(end: socket.socket) -> int:
    """The process that listens at the other end, as it is numbered here; 0 where the system does not tell."""
    if not hasattr(socket, "SO_PEERCRED"):
        return 0
    credentials = end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    number, _, _ = struct.unpack("3i", credentials)
    return int(number)


class ProcessEnd:
    """Of one that lived when it was made; of number 0, which none has, nothing is known."""

    def __init__(self, number: int, descriptor: int | None) -> None:
        self.number = number
        self._descriptor = descriptor

    def came(self, within_s: float) -> bool:
        """Waits for it, at most so long; true as well where nothing is known."""
        if self._descriptor is not None:
            return bool(select.select([self._descriptor], [], [], within_s)[0])
        until_s = time.monotonic() + within_s
        while self.number and _lives(self.number):
            if time.monotonic() >= until_s:
                return False
            time.sleep(_STEP_S)
        return True


@contextmanager
def process_end(number: int) -> Iterator[ProcessEnd]:
    """The end of that process; 0 for one that is not known."""
    descriptor = None
    if number and hasattr(os, "pidfd_open"):
        # An older kernel has no such thing; one that is over already has no more words.
        with suppress(OSError):
            descriptor = os.pidfd_open(number)
    try:
        yield ProcessEnd(number, descriptor)
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # another user's
    return True
