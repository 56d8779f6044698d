"""`connector strategy`: a strategy of one's own begins with files that work."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from connector.bot.command_output import AsJsonOption, CommandOutput
from connector.bot.home import home_at
from connector.bot.quoting.strategy_files import write_strategy


class StrategyAct(StrEnum):
    """What can be done."""

    NEW = "new"


def strategy(
    act: Annotated[StrategyAct, typer.Argument(metavar="new", help="Write a strategy's files into the home.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the strategy: small letters, digits and _.")],
    as_json: AsJsonOption = False,
    home: Annotated[Path | None, typer.Option(help="Where conf/, data/ and logs/ lie.")] = None,
) -> None:
    """Write a strategy of your own, its test and its settings into the home.

    For example: connector strategy new mine
    """
    code, test, settings = write_strategy(home_at(home), name)
    words = f"{code}: edit it\n{test}: python -m pytest {test}\n{settings}: connector run --config {settings}"
    facts = {"name": name, "strategy": str(code), "test": str(test), "settings": str(settings)}
    CommandOutput(as_json=as_json).give(facts, words)
