"""A local exchange in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.bench.cores import bind, cores


@dataclass(frozen=True)
class Venue:
    """A running exchange and the key of its ready-made account."""

    rest: str
    stream: str
    ws_api: str
    api_key: str
    api_secret: str


@contextmanager
def exchange(*options: str) -> Iterator[Venue]:
    """An exchange with further `options` on the first core, this process on the last, until the block ends."""
    command = ("-m", "connector", "simulator", "--port", "0", "--limits", "off", "--json", "--until-stdin-closes")
    own = cores()
    child = subprocess.Popen([sys.executable, *command, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        bind(own[0], process=child.pid)
        bind(own[-1])
        assert child.stdout is not None
        row = json.loads(child.stdout.readline())
        yield Venue(**{name: row[name] for name in Venue.__dataclass_fields__})
    finally:
        bind(*own)
        child.communicate()
