"""Options that several commands have, and what is checked of them before anything is done."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from connector.bot.session.local_exchange import OwnMarket
from connector.core.faults import ConfigFault, OptionFault
from connector.simulator.errors import BadFlag, BadInput
from connector.simulator.fault_injection.price_scripts import SCRIPTS
from connector.venue.domains import DOMAINS

DomainOption = Annotated[str | None, typer.Option(help=f"One of {', '.join(DOMAINS)}.")]
ExchangeOption = Annotated[str | None, typer.Option(metavar="URL", help="Attach to a running local exchange.")]
DurationOption = Annotated[float | None, typer.Option(metavar="SECONDS", min=0.1, help="Stop after this long.")]
SeedOption = Annotated[int | None, typer.Option(metavar="N", help="Seed of the background market (default 1).")]
PriceScriptOption = Annotated[
    str | None, typer.Option(metavar="NAME[@S]", help=f"{', '.join(SCRIPTS)} or a YAML file, S seconds later.")
]
InstrumentsOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="List the contracts of an exchangeInfo answer.")
]


def local_name() -> str:
    """The domain of the local exchange."""
    return next(row.name for row in DOMAINS.values() if row.is_local)


def check_own_exchange(exchange: str | None, of_its_own: Mapping[str, object]) -> None:
    """What an exchange of its own is started with says nothing to one that runs already. `of_its_own`: options and
    what was typed, None where nothing was. Raises `OptionFault`."""
    for option, value in of_its_own.items():
        if exchange is not None and value is not None:
            raise OptionFault(option, value, "is for an exchange of its own", "leave out --exchange, or it")


def check_domain(name: str | None) -> None:
    """Raises `OptionFault` for a domain that was typed and is none."""
    if name is not None and name not in DOMAINS:
        raise OptionFault("--domain", name, "no such domain", f"use one of {', '.join(DOMAINS)}")


def check_own_market(market: OwnMarket) -> None:
    """What an exchange of its own would refuse is said before one is started. Raises `ConfigFault`."""
    instruments, price_script = market.instruments, market.price_script
    if price_script is None and instruments is None:
        return
    # They read with the exchange's own eyes; a bot that is told neither goes without the exchange.
    from connector.simulator.flags import price_script_of
    from connector.simulator.market.instruments_file import read_instruments

    try:
        if price_script is not None:
            price_script_of(price_script)
        if instruments is not None:
            read_instruments(instruments)
    except BadFlag as flaw:
        rule = str(flaw).removeprefix(f"--price-script {price_script}: ")
        raise OptionFault("--price-script", price_script, rule) from flaw
    except BadInput as flaw:
        option, value = ("--instruments", instruments) if price_script is None else ("--price-script", price_script)
        raise ConfigFault(option, value, str(flaw).removeprefix(f"{value}").lstrip(": ")) from flaw


def check_folder(option: str, path: Path | None) -> None:
    """What is written at the end has to have a place at the start."""
    if path is not None and path.is_dir():
        raise ConfigFault(option, path, "is a folder", "name a file")
    if path is not None and not path.absolute().parent.is_dir():
        raise ConfigFault(option, path, "its folder does not exist", "create the folder first")
