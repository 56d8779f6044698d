"""An event loop that keeps when bytes were handed to any of its sockets. It needs nothing of the project."""

import asyncio
import socket
import time
from typing import Any


class _StampedSocket(socket.socket):
    """Tells when the system has taken what was sent."""

    def __init__(self, bare: socket.socket, sent_ns: list[int]) -> None:
        super().__init__(fileno=bare.detach())
        self.setblocking(False)
        self._sent_ns = sent_ns

    def send(self, data: Any, flags: int = 0, /) -> int:
        count = super().send(data, flags)
        self._sent_ns.append(time.perf_counter_ns())
        return count


class StampingLoop(asyncio.SelectorEventLoop):
    """The moments are in the order of the sends."""

    def __init__(self) -> None:
        super().__init__()
        self.sent_ns: list[int] = []

    def _make_socket_transport(self, sock: socket.socket, *terms: Any, **options: Any) -> Any:
        stamped = _StampedSocket(sock, self.sent_ns)
        return super()._make_socket_transport(stamped, *terms, **options)  # type: ignore[misc]
