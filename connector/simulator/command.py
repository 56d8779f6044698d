"""`connector simulator`: runs a local exchange until it is told to end.

One line when it is ready, one when a recording that it plays is over, one when it ends; exit code 0, 5 when the port
cannot be opened, 2 when a flag is wrong (an address that is not loopback and was not allowed is one), 3 when a file is.
A recording on standard input (`--replay -`) is played while it is written.
`--replay-journal` runs none: it does a journaled run again and says whether the same came of it.
"""

import asyncio
import errno
import os
import sys
import threading
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import TextIO

import ujson

from connector.core.faults import failure_text
from connector.simulator.errors import BadFlag, BadInput
from connector.simulator.flags import SimulationFlags, settings_of
from connector.simulator.garbage import rare_collections
from connector.simulator.local.local_routes import background_row
from connector.simulator.network_access import Access
from connector.simulator.persistence.journal import replay_journal
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from connector.simulator.stop_signals import stopped_by_signals

DIFFERS, USAGE, BAD_INPUT, PORT_TAKEN = 1, 2, 3, 5


def run_simulator(
    port: int,
    seed: int,
    as_json: bool,
    until_stdin_closes: bool,
    access: Access | None = None,
    drill: SimulationFlags | None = None,
) -> int:
    """Runs until a signal says stop, or until stdin reaches its end too, and returns the exit code."""
    access = access or Access()
    if not access.is_allowed:
        print(access.refusal, file=sys.stderr)  # noqa: T201 (the command's own voice)
        return USAGE
    try:
        settings = access.applied(settings_of(drill or SimulationFlags(), port=port, seed=seed, tell=_tell))
        return asyncio.run(serve(settings, as_json, until_stdin_closes))
    except BadInput as flaw:
        print(flaw, file=sys.stderr)  # noqa: T201
        return USAGE if isinstance(flaw, BadFlag) else BAD_INPUT


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
    async with AsyncExitStack() as stack:
        stack.enter_context(stopped_by_signals(loop, ended.set))
        await stack.enter_async_context(rare_collections())
        watches: list[asyncio.Future[object]] = [
            asyncio.ensure_future(end) for end in (ended.wait(), venue.broken(), _market_over(venue, settings))
        ]
        if until_stdin_closes and settings.growing_replay is None:
            _at_stdin_end(lambda: loop.call_soon_threadsafe(ended.set))
        _print(out, _addresses(venue), as_json)
        ends = watches if until_stdin_closes and settings.growing_replay is not None else watches[:2]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for watch in watches:
            watch.cancel()
        await venue.stop()
    try:
        venue.runtime.close()
    except OSError as error:
        raise BadInput(f"the state can't be kept: {failure_text(error)}") from error
    _print(out, background_row(venue.runtime), as_json)
    return 0


async def _market_over(venue: LocalExchange, settings: SimulatorSettings) -> None:
    """Returns when the market has come to its end, and says so; who writes a recording knows where it ends."""
    notice = await venue.market_over()
    if settings.growing_replay is None:
        print(notice, file=sys.stderr, flush=True)  # noqa: T201 (the command's own voice)


def _addresses(venue: LocalExchange) -> dict[str, object]:
    return {
        "rest": venue.rest,
        "stream": venue.stream,
        "ws_api": venue.ws_api,
        "api_key": venue.api_key,
        "api_secret": venue.api_secret,
    }


def _tell(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201


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


def _at_stdin_end(end: Callable[[], object]) -> None:
    """Calls `end` when stdin has ended, so that the exchange dies with its parent however that ends.

    A thread reads it, since no loop of Windows can wait for a pipe that it did not make itself.
    """
    number = sys.stdin.fileno()

    def read() -> None:
        with suppress(OSError):
            while os.read(number, 4096):
                pass
        with suppress(RuntimeError):  # the loop is closed: the exchange has ended by itself
            end()

    threading.Thread(target=read, name="stdin", daemon=True).start()
