"""The value of `read_every_ms`: 0, or a time in which frames are gathered where the system can do that."""

import selectors
import socket
from functools import cache

_HELD_BYTES, _WITHIN_S = 1_024, 0.5


def gathered(every_ms: int) -> int:
    """The value as it stands. Raises `ValueError` with what is missing."""
    if every_ms and not can_gather():
        raise ValueError("needs SO_RCVLOWAT, which this system does not have or does not heed")
    return every_ms


@cache
def can_gather() -> bool:
    """Tried out on a socket of this machine: it wakes nobody for less than it was told, and does once told less."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as near:
            far, _ = server.accept()
            with far, selectors.DefaultSelector() as waiting:
                near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, _HELD_BYTES)
                waiting.register(near, selectors.EVENT_READ)
                far.sendall(b"less")
                was_held = near.recv(4, socket.MSG_PEEK) == b"less" and not waiting.select(0)
                near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
                return was_held and bool(waiting.select(_WITHIN_S))
    except (OSError, AttributeError):
        # Systems without it have no name for it, or refuse it.
        return False
