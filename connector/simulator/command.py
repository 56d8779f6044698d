"""`connector simulator`: runs a local exchange until it is told to end.

One line when it is ready, one line when it ends; exit code 0, 5 when the port cannot be opened, or 2 for an address
that is not loopback and was not allowed.
"""

import asyncio
import errno
import gc
import re
import signal
import sys
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TextIO

import ujson

from connector.simulator.local_routes import background_row
from connector.simulator.refusals import HOME
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings

NOT_ALLOWED = 2
PORT_TAKEN = 5
_TIMES = re.compile(r"[x×]([0-9]{1,6}(?:\.[0-9]{1,6})?)")


@dataclass(frozen=True, slots=True)
class Exposure:
    """Where the exchange listens: loopback, unless the network is let in on purpose."""

    host: str = HOME
    allow_network: bool = False

    @property
    def is_allowed(self) -> bool:
        return self.allow_network or is_loopback_address(self.host)


@dataclass(frozen=True, slots=True)
class Limits:
    """Which rate limits hold: the venue's, none, or the venue's so many times."""

    enforced: bool = True
    times: float = 1.0


def is_loopback_address(host: str) -> bool:
    """Whether `host` is an address of this machine alone; names are looked up by nobody and count as the network's."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def limits_of(text: str) -> Limits | None:
    """What "venue", "off" or "xN" mean; None for anything else, and for a factor of 0."""
    if text in ("venue", "off"):
        return Limits(enforced=text == "venue")
    found = _TIMES.fullmatch(text)
    return Limits(times=float(found[1])) if found and float(found[1]) else None


def run_simulator(
    port: int,
    seed: int,
    as_json: bool,
    until_stdin_closes: bool,
    exposure: Exposure = Exposure(),
    limits: Limits = Limits(),
) -> int:
    """Runs until SIGINT or SIGTERM, or until stdin reaches its end too, and returns the exit code."""
    if not exposure.is_allowed:
        print(_refused(exposure.host), file=sys.stderr)  # noqa: T201 (the command's own voice)
        return NOT_ALLOWED
    settings = SimulatorSettings(
        port=port, host=exposure.host, seed=seed, limits=limits.enforced, limits_times=limits.times
    )
    gc.freeze()  # what was imported stays: looking through it time and again would hold up an answer by 20 ms
    return asyncio.run(serve(settings, as_json, until_stdin_closes))


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
    _say(out, _addresses(venue), as_json)
    await asyncio.wait(watches, return_when=asyncio.FIRST_COMPLETED)
    for watch in watches:
        watch.cancel()
    await venue.stop()
    _say(out, background_row(venue.floor), as_json)
    return 0


def _addresses(venue: LocalExchange) -> dict[str, object]:
    return {
        "rest": venue.rest,
        "stream": venue.stream,
        "ws_api": venue.ws_api,
        "api_key": venue.api_key,
        "api_secret": venue.api_secret,
    }


def _say(out: TextIO, facts: dict[str, object], as_json: bool) -> None:
    plain = "\n".join(f"{name}: {fact}" for name, fact in facts.items())
    text = ujson.dumps(facts, escape_forward_slashes=False) if as_json else plain
    out.write(text + "\n")
    out.flush()


def _refused(host: str) -> str:
    return f"{host} is not loopback: whoever reaches it could trade and arm faults; --allow-network permits it"


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
