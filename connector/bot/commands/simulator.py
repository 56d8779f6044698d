"""`connector simulator`: the local exchange alone."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connector.bot.command_output import CommandOutput
from connector.bot.commands.options import InstrumentsOption, PriceScriptOption

if TYPE_CHECKING:
    from connector.simulator.network_access import Limits

LATENCY_FORMS = "ms, or lognormal:MEDIAN:SIGMA"
FaultsOption = Annotated[Path | None, typer.Option(metavar="FILE", help="A script of faults and their times (YAML).")]


def simulator(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 picks a free one.")] = 8080,
    seed: Annotated[int, typer.Option(help="Seed of the background market.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print addresses and key as one JSON object.")] = False,
    until_stdin_closes: Annotated[bool, typer.Option(help="End when standard input does.")] = False,
    limits: Annotated[str, typer.Option(help="Rate limits: venue, off, or xN for N times the venue's.")] = "venue",
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    allow_network: Annotated[bool, typer.Option("--allow-network", help="Allow an address beyond loopback.")] = False,
    pace: Annotated[float, typer.Option(min=0.01, max=100, help="How many times faster the market trades.")] = 1.0,
    replay: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A recording that is the market; - reads standard input.")
    ] = None,
    price_script: PriceScriptOption = None,
    ack_latency: Annotated[str | None, typer.Option(metavar="MODEL", help=f"Of answers: {LATENCY_FORMS}.")] = None,
    event_latency: Annotated[str | None, typer.Option(metavar="MODEL", help=f"Of streams: {LATENCY_FORMS}.")] = None,
    clock: Annotated[str | None, typer.Option(metavar="xN", help="N times this machine's time; x0 is paused.")] = None,
    journal: Annotated[Path | None, typer.Option(metavar="FILE", help="Write every command there.")] = None,
    replay_journal: Annotated[Path | None, typer.Option(metavar="FILE", help="Do a journaled run again.")] = None,
    state: Annotated[Path | None, typer.Option(metavar="FILE", help="Keep the state there, and go on from it.")] = None,
    faults: FaultsOption = None,
    list_faults: Annotated[bool, typer.Option("--list-faults", help="Print the faults on demand, and end.")] = False,
    funding_every: Annotated[
        float, typer.Option(min=1, max=28_800, help="Seconds that stand for eight hours of funding.")
    ] = 8.0,
    instruments: InstrumentsOption = None,
) -> None:
    """Run the local exchange alone, on loopback.

    For example: connector simulator --price-script squeeze@10
    """
    # Loaded when it is asked for: a bot has no use for the exchange's rooms.
    from connector.simulator.command import run_journal, run_simulator
    from connector.simulator.flags import SimulationFlags
    from connector.simulator.network_access import Access

    if list_faults:
        return _list_faults(as_json)
    if replay_journal is not None:
        raise typer.Exit(run_journal(replay_journal, as_json))
    access = Access(host, allow_network, _limits(limits))
    drill = SimulationFlags(
        pace, replay, price_script, ack_latency, event_latency, clock, journal, state, faults,
        funding_every, instruments,
    )  # fmt: skip
    raise typer.Exit(run_simulator(port, seed, as_json, until_stdin_closes, access, drill))


def _list_faults(as_json: bool) -> None:
    from connector.simulator.fault_injection.catalogue import FAULTS, fault_names

    faults = {name: {"about": row.about, "takes": list(row.takes)} for name, row in FAULTS.items()}
    CommandOutput(as_json=as_json).give({"faults": faults}, fault_names())


def _limits(text: str) -> "Limits":
    from connector.simulator.network_access import limits_of

    wanted = limits_of(text)
    if wanted is None:
        raise typer.BadParameter(f"{text}: venue, off, or xN", param_hint="--limits")
    return wanted
