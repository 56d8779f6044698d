"""`connector simulator`: runs a local exchange until it is told to end.

One line when it is ready, one line when it ends; exit code 0, 5 when the port cannot be opened, 2 for an address that
is not loopback and was not allowed, or 3 when a flag or a file is wrong. `--replay-journal` runs none: it does a
journaled run again and says whether the same came of it.
"""

import asyncio
import errno
import gc
import signal
import sys
from pathlib import Path
from typing import TextIO

import ujson

from connector.simulator.errors import BadInput
from connector.simulator.flags import DrillFlags, settings_of
from connector.simulator.network_access import Access
from connector.simulator.persistence.journal import replay_journal
from connector.simulator.rest.local_routes import background_row
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings

DIFFERS, NOT_ALLOWED, BAD_INPUT, PORT_TAKEN = 1, 2, 3, 5


def run_simulator(
    port: int,
    seed: int,
    as_json: bool,
    until_stdin_closes: bool,
    access: Access | None = None,
    drill: DrillFlags | None = None,
) -> int:
    """Runs until SIGINT or SIGTERM, or until stdin reaches its end too, and returns the exit code."""
    access = access or Access()
    if not access.is_allowed:
        print(access.refusal, file=sys.stderr)  # noqa: T201 (the command's own voice)
        return NOT_ALLOWED
    gc.freeze()  # what was imported stays: looking through it time and again would hold up an answer by 20 ms
    try:
        settings = access.applied(settings_of(drill or DrillFlags(), port=port, seed=seed))
        return asyncio.run(serve(settings, as_json, until_stdin_closes))
    except BadInput as flaw:
        print(flaw, file=sys.stderr)  # noqa: T201
        return BAD_INPUT


def run_journal(path: Path, as_json: bool) -> int:
    """Does a journaled run again; 0 when it came to the same state, or was cut off before it told its own."""
    try:
        again = replay_journal(path)
    except BadInput as flaw:
        print(flaw, file=sys.stderr)  # noqa: T201
        return BAD_INPUT
    facts = {"commands": again.commands, "hash": again.state_hash, "recorded": again.recorded, "agrees": again.agrees}
    _print(sys.stdout, facts, as_json)
    return 0 if again.agrees else DIFFERS


async def serve(settings: SimulatorSettings, as_json: bool, until_stdin_closes: bool, out: TextIO | None = None) -> int:
    """As `run_simulator`, with settings and an output of choice."""
    out = out or sys.stdout
    venue = LocalExchange(settings)
    ended = asyncio.Event()
    try:
        await venue.start()
    except OSError as error:
        print(_taken(settings, error), file=sys.stderr)  # noqa: T201 (the command's own voice)
        return PORT_TAKEN
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    ends = [ended.wait(), venue.broken()] + ([_stdin_end()] if until_stdin_closes else [])
    watches = [asyncio.ensure_future(end) for end in ends]
    _print(out, _addresses(venue), as_json)
    await asyncio.wait(watches, return_when=asyncio.FIRST_COMPLETED)
    for watch in watches:
        watch.cancel()
    await venue.stop()
    try:
        venue.runtime.close()
    except OSError as error:
        raise BadInput(f"the state can't be kept: {error}") from error
    _print(out, background_row(venue.runtime), as_json)
    return 0


def _addresses(venue: LocalExchange) -> dict[str, object]:
    return {
        "rest": venue.rest,
        "stream": venue.stream,
        "ws_api": venue.ws_api,
        "api_key": venue.api_key,
        "api_secret": venue.api_secret,
    }


def _print(out: TextIO, facts: dict[str, object], as_json: bool) -> None:
    plain = "\n".join(f"{name}: {fact}" for name, fact in facts.items())
    text = ujson.dumps(facts, escape_forward_slashes=False) if as_json else plain
    out.write(text + "\n")
    out.flush()


def _taken(settings: SimulatorSettings, error: OSError) -> str:
    port, host = settings.port, settings.host
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken; choose another one or 0 for a free one"
    return f"port {port} on {host} cannot be opened: {error.strerror}"


async def _stdin_end() -> None:
    """Reads stdin to its end, so that the exchange dies with its parent however that ends."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.read(4096):
        pass
