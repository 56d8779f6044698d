"""What the measurements of orders share: a canned venue, a journal, and an event loop that tells when bytes left."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from connector.store.durability import Durability
from connector.store.file_journal import FileJournal
from connector.venue.domains import LOCAL, Domain
from tests.bench.cores import bind, cores
from tests.companions.orders.quiet_connector import TAG
from tests.companions.places import ROOT


@contextmanager
def canned_venue() -> Iterator[Domain]:
    """The local domain at a canned venue on the first core, this process on the last, until the block ends."""
    own = cores()
    command = [sys.executable, "-m", "tests.bench.orders.canned_venue", str(own[0])]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as venue:
        assert venue.stdin and venue.stdout
        try:
            bind(own[-1])
            port = int(venue.stdout.readline())
            yield LOCAL.at(f"http://127.0.0.1:{port}", f"ws://127.0.0.1:{port}", f"ws://127.0.0.1:{port}/ws-fapi/v1")
        finally:
            bind(*own)
            venue.stdin.close()
            venue.wait(timeout=20)


def journal_in(folder: Path, durability: Durability) -> FileJournal:
    return FileJournal(folder, TAG, durability)


class _StampedSocket(socket.socket):
    """Tells when the system has taken the last bytes that were sent."""

    def __init__(self, bare: socket.socket, sent: Callable[[int], None]) -> None:
        super().__init__(fileno=bare.detach())
        self.setblocking(False)
        self._sent = sent

    def send(self, data: Any, flags: int = 0, /) -> int:
        count = super().send(data, flags)
        self._sent(time.perf_counter_ns())
        return count


class StampingLoop(asyncio.SelectorEventLoop):
    """An event loop that keeps when bytes were last handed to any of its sockets."""

    last_sent_ns = 0

    def _make_socket_transport(self, sock: socket.socket, *terms: Any, **options: Any) -> Any:
        stamped = _StampedSocket(sock, self._note)
        return super()._make_socket_transport(stamped, *terms, **options)  # type: ignore[misc]

    def _note(self, at_ns: int) -> None:
        self.last_sent_ns = at_ns
