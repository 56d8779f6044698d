"""A service manager that listens, as systemd does for `Type=notify`."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path


class Listening:
    """What was told, in order."""

    def __init__(self, receiver: socket.socket, address: str) -> None:
        self._receiver, self.address = receiver, address
        self._told: list[str] = []

    @property
    def told(self) -> list[str]:
        with contextlib.suppress(BlockingIOError):
            while True:
                self._told.append(self._receiver.recv(4_096).decode())
        return self._told


@contextlib.contextmanager
def listening(folder: Path) -> Iterator[Listening]:
    """For as long as the block lasts, at a socket in the folder."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        address = str(folder / "notify")
        receiver.bind(address)
        receiver.setblocking(False)
        yield Listening(receiver, address)
