"""The commands about captures of market data: `connector record`, `connector replay`, `connector rehearse`."""

from pathlib import Path
from typing import Annotated

import typer

from connector.bot.command_output import AsJsonOption, CommandOutput
from connector.bot.commands.options import (
    DomainOption,
    DurationOption,
    ExchangeOption,
    SeedOption,
    check_domain,
    check_folder,
    check_own_exchange,
    local_name,
)
from connector.bot.commands.record import Recorder, RecordOptions
from connector.bot.commands.replay import replay as replay_capture
from connector.bot.commands.run import ConfigOption, ConnectorConfigOption, JsonOption, plan_of
from connector.bot.home import home_at
from connector.bot.keys.key_commands import HomeOption
from connector.bot.logs import start_log
from connector.bot.records.databases import in_own_database
from connector.bot.report.screen import unheld_console
from connector.bot.session.instance_journal import Keeping
from connector.bot.session.runner import ON_OUTPUT
from connector.config.connector_settings import connector_settings
from connector.net.lookups import run_to_end
from connector.net.system_clock import SystemClock
from connector.venue.domains import domain_named


def replay(
    path: Annotated[Path, typer.Argument(help="A capture: a file or a folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="It prints one JSON object, with this or without.")] = False,
) -> None:
    """Drive a recorded capture through the live data path; prints one JSON object.

    For example: connector replay capture.gz
    """
    typer.echo(replay_capture(path).as_json())


def record(
    path: Annotated[Path, typer.Argument(metavar="OUT.gz", help="The capture to write.")],
    pairs: Annotated[str, typer.Option(help="Trading pairs, separated by commas.")] = "BTC-USDT",
    domain: DomainOption = None,
    exchange: ExchangeOption = None,
    duration: DurationOption = None,
    seed: SeedOption = None,
    as_json: AsJsonOption = False,
    home: HomeOption = None,
) -> None:
    """Write a capture of market data that `replay` reads back; without options, of a local exchange of its own.

    For example: connector record capture.gz --pairs BTC-USDT,ETH-USDT --duration 5
    """
    check_folder("OUT.gz", path)
    check_domain(domain)
    row = domain_named(domain or local_name())
    check_own_exchange(exchange, {"--seed": seed})
    start_log(home_at(home).logs)
    wanted = tuple(dict.fromkeys(pair.strip().upper() for pair in pairs.split(",") if pair.strip()))
    recorder = Recorder(
        path, wanted, RecordOptions(row, exchange, duration, 1 if seed is None else seed), SystemClock()
    )
    run_to_end(recorder.run())
    CommandOutput(as_json=as_json).give(recorder.facts, recorder.summary)


def rehearse(
    recording: Annotated[Path, typer.Argument(metavar="RECORDING", help="A capture: a .gz file or a folder.")],
    config: ConfigOption = None,
    connector_config: ConnectorConfigOption = None,
    begins: Annotated[
        float, typer.Option("--from", metavar="SECONDS", min=0, help="Begin so long after the recording did.")
    ] = 0.0,
    duration: DurationOption = None,
    round_trip: Annotated[
        float, typer.Option(metavar="MS", min=0, max=10_000, help="From a request to its answer; streams take half.")
    ] = 10.0,
    json_file: JsonOption = None,
    home: HomeOption = None,
) -> None:
    """Try settings on a recording: the whole bot, in virtual time, the same figures each time.

    For example: connector rehearse capture.gz --config conf/btc.yml --from 60 --json tried.json
    """
    # Loaded when it is asked for: it plays the exchange in the bot's own process.
    from connector.bot.rehearsal.rehearsal import Part, Rehearsal

    check_folder("--json", json_file)
    folders = home_at(home)
    output = CommandOutput(as_json=json_file == ON_OUTPUT)
    plan = plan_of(folders, config or (), home, local_name(), output)
    own = connector_settings(connector_config or folders.connector_settings, must_exist=connector_config is not None)
    log = start_log(folders.logs)
    part = Part(recording, begins, duration, round_trip)
    with unheld_console(output.file, is_plain=True) as console:
        console.print(f"REHEARSAL on {part.text}; log: {log}", highlight=False, soft_wrap=True)
        keeping = Keeping(folders.rehearsals, in_own_database(own), in_loop=True)
        Rehearsal(plan, part, keeping, console, json_file).run()
