"""What the measurements of orders share: a canned venue, a journal, and when messages left."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from connector.net.ws_connection import WsConnection
from connector.store.durability import Durability
from connector.store.file_journal import FileJournal
from connector.venue.domains import LOCAL, Domain
from tests.bench.cores import bind, cores
from tests.companions.orders.quiet_connector import TAG
from tests.companions.places import ROOT

#: What was sent, and when the system had taken it.
Written = list[tuple[bytes, int]]


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


@contextmanager
def stamped() -> Iterator[Written]:
    """Each message over the WS-API, and when its bytes were handed to the system."""
    written: Written = []
    has_left = WsConnection.has_left

    def noted(connection: WsConnection, message: bytes, *terms: Any) -> Any:
        written.append((message, time.perf_counter_ns()))
        return has_left(connection, message, *terms)

    WsConnection.has_left = noted  # type: ignore[assignment,method-assign]
    try:
        yield written
    finally:
        WsConnection.has_left = has_left  # type: ignore[method-assign]
