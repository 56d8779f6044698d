"""The commands about captures of market data: `connector record`, `connector replay`."""

from pathlib import Path
from typing import Annotated

import typer

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
from connector.bot.home import home_at
from connector.bot.keys.key_commands import HomeOption
from connector.bot.logs import start_log
from connector.net.lookups import run_to_end
from connector.net.system_clock import SystemClock
from connector.venue.domains import domain_named


def replay(path: Annotated[Path, typer.Argument(help="A capture: a file or a folder.")]) -> None:
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
    typer.echo(recorder.summary)
