"""What the command line says about drills, as settings."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from connector.simulator.background.replayed_market import instruments_of
from connector.simulator.clock import VirtualClock
from connector.simulator.errors import BadFlag, BadInput
from connector.simulator.fault_injection.fault_script import ScriptedFault, read_fault_script
from connector.simulator.fault_injection.latency import latency_of
from connector.simulator.fault_injection.price_scripts import PriceScript, script_named
from connector.simulator.local.known_names import known_names
from connector.simulator.market.default_instruments import DEFAULT_INSTRUMENTS
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.instruments_file import read_instruments
from connector.simulator.settings import SimulatorSettings

#: The recording comes on standard input, while it is being written.
ON_STDIN = Path("-")


@dataclass(frozen=True, slots=True)
class SimulationFlags:
    """The flags as they were typed; None where they were not."""

    pace: float = 1.0
    replay: Path | None = None
    price_script: str | None = None
    ack_latency: str | None = None
    event_latency: str | None = None
    clock: str | None = None
    journal: Path | None = None
    state: Path | None = None
    faults: Path | None = None
    funding_every_s: float = 8.0
    instruments: Path | None = None


def settings_of(
    flags: SimulationFlags, *, port: int, seed: int, tell: Callable[[str], object] = str
) -> SimulatorSettings:
    """The settings that the flags ask for; `tell` is given a line for each contract left out. Raises `BadInput`."""
    _check_named(flags)
    _check_together(flags)
    _check_places(flags)
    listed = _listed(flags, tell)
    return SimulatorSettings(
        port=port,
        seed=seed,
        pace=flags.pace,
        replay=None if flags.replay == ON_STDIN else flags.replay,
        growing_replay=sys.stdin.fileno() if flags.replay == ON_STDIN else None,
        price_scripts=(price_script_of(flags.price_script),) if flags.price_script else (),
        ack_latency=latency_of(flags.ack_latency) if flags.ack_latency else None,
        event_latency=latency_of(flags.event_latency) if flags.event_latency else None,
        clock=VirtualClock(rate=_rate(flags.clock)) if flags.clock else VirtualClock(),
        journal=flags.journal,
        state=flags.state,
        instruments=listed,
        fault_script=_scripted(flags.faults, listed) if flags.faults else (),
        funding_first_s=flags.funding_every_s,
        funding_interval_s=flags.funding_every_s,
    )


def _check_together(flags: SimulationFlags) -> None:
    pairs = {
        "--journal and --state": flags.journal and flags.state,
        "--replay and --state": flags.replay and flags.state,
        "--replay and --price-script": flags.replay and flags.price_script,
        "--replay and --instruments": flags.replay and flags.replay != ON_STDIN and flags.instruments,
    }
    for names, given in pairs.items():
        if given:
            raise BadFlag(f"{names} do not go together; leave one of them out")


def _check_named(flags: SimulationFlags) -> None:
    """A file without a name would be the folder that the exchange was started in."""
    for name in ("replay", "journal", "state", "faults", "instruments"):
        if getattr(flags, name) == Path():
            raise BadFlag(f"--{name} names no file; say which one, or leave it out")


def _check_places(flags: SimulationFlags) -> None:
    """What is written has to have a place at the start; a journal is of one run, and none is written over."""
    for name, path in (("journal", flags.journal), ("state", flags.state)):
        if path is not None and not path.absolute().parent.is_dir():
            raise BadInput(f"--{name} {path}: its folder does not exist; create the folder first")
        if path is not None and path.is_dir():
            raise BadInput(f"--{name} {path}: is a folder; name a file")
    if flags.journal is not None and flags.journal.exists():
        raise BadInput(f"--journal {flags.journal}: exists already; name another file, or remove it")


def _listed(flags: SimulationFlags, tell: Callable[[str], object]) -> tuple[Instrument, ...]:
    """What is traded: what a recording trades that lies written, what a file lists, or what is shipped."""
    if flags.replay and flags.replay != ON_STDIN:
        return instruments_of(flags.replay)
    if flags.instruments is None:
        return DEFAULT_INSTRUMENTS
    read = read_instruments(flags.instruments)
    for line in read.left_out:
        tell(line)
    return read.instruments


def _scripted(path: Path, listed: tuple[Instrument, ...]) -> tuple[ScriptedFault, ...]:
    """The rows of a script of faults; what they strike has to be listed."""
    return read_fault_script(path, known_names([row.symbol for row in listed]))


def price_script_of(text: str) -> tuple[PriceScript, int]:
    """The script of `NAME[@S]`, and when it begins (ms). Raises `BadFlag`, `BadScript` for a name or file of none."""
    name, _, after = text.rpartition("@")
    if not name:
        return script_named(text), 0
    try:
        after_s = float(after)
    except ValueError:
        after_s = -1.0
    if not 0 <= after_s <= 86_400:
        raise BadFlag(f"--price-script {text}: after @ come seconds since the start, as in crash@10")
    return script_named(name), round(after_s * 1000)


def _rate(text: str) -> float:
    try:
        rate = float(text.removeprefix("x"))
        VirtualClock(rate=rate)
    except ValueError as flaw:
        raise BadFlag(f"--clock {text}: say x and a number, as in x10 ({flaw})") from flaw
    return rate
