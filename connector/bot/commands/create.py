"""`connector create`: a strategy's settings, asked for one by one, with a look at what they would quote."""

from pathlib import Path
from typing import Annotated, cast

import typer
from pydantic import BaseModel

from connector.bot.command_output import AsJsonOption, CommandOutput
from connector.bot.commands.ladder_preview import Look, preview
from connector.bot.commands.options import DomainOption, ExchangeOption, check_domain, local_name
from connector.bot.commands.settings_file import asked_keys, checked, put, refused, written
from connector.bot.exit_codes import ExitCode
from connector.bot.home import home_at
from connector.bot.keys.key_commands import HomeOption
from connector.bot.quoting.strategy_modules import NAMES, settings_of
from connector.config.connector_settings import connector_settings
from connector.config.loader import SettingsFault
from connector.config.schema_table import SettingRow
from connector.core.faults import ConfigFault, ConnectorFault, OptionFault
from connector.exchange.account.order_limits import risk_bounds
from connector.strategies.strategy import RunSettings
from connector.venue.domains import domain_named


def create(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="The file (default: conf/STRATEGY.yml of the home)."),
    ] = None,
    strategy: Annotated[str, typer.Option(metavar="NAME", help=f"One of {', '.join(NAMES)}.")] = NAMES[0],
    domain: DomainOption = None,
    exchange: ExchangeOption = None,
    as_json: AsJsonOption = False,
    home: HomeOption = None,
) -> None:
    """Ask for a strategy's settings at the terminal, show the ladder on the current book, and write the file.

    For example: connector create conf/btc.yml --domain binance_perpetual_testnet
    """
    check_domain(domain)
    if strategy not in NAMES:
        raise OptionFault("--strategy", strategy, "no such strategy", f"use one of {', '.join(NAMES)}")
    path = file or home_at(home).conf / f"{strategy}.yml"
    if path.exists():
        raise ConfigFault("FILE", path, "exists already", "name another file, or move it away first")
    output = CommandOutput(as_json=as_json)
    if not output.is_at_terminal:
        typer.echo("create: it asks: type this command at a terminal, or write the file by docs/settings.md", err=True)
        raise typer.Exit(ExitCode.USAGE)
    own = connector_settings(home_at(home).connector_settings, must_exist=False)
    look = Look(exchange, risk_bounds(own))
    try:
        text = _Asking(strategy, settings_of(strategy), domain or local_name(), look, output).text()
    except (KeyboardInterrupt, EOFError):
        text = ""
    if not text:
        output.give({"file": None, "strategy": strategy}, "\nnothing was written")
        return
    put(text, path)
    output.give({"file": str(path), "strategy": strategy}, f"{path}: connector run --config {path}")


class _Asking:
    """The questions about one file."""

    def __init__(self, strategy: str, model: type[BaseModel], domain: str, look: Look, output: CommandOutput) -> None:
        self._strategy, self._model, self._look = strategy, model, look
        self._output = output
        self._rows = asked_keys(model)
        self._values = {"domain": domain}

    def text(self) -> str:
        """The file's text; empty where it is not wanted."""
        needed = [row for row in self._rows if row.default is None]
        others = [row for row in self._rows if row.default is not None]
        self._output.say(f"Settings of {self._strategy}. Enter takes the default, Ctrl-C ends it and writes nothing.")
        for row in needed:
            self._ask(row)
        if self._is_yes(f"\nThe other {len(others)} settings have defaults. Go through them, too? [y/N] "):
            for row in others:
                self._ask(row)
        while True:
            text = written(self._strategy, self._model, self._values)
            try:
                settings = checked(text, self._model)
            except SettingsFault as fault:
                self._mend(fault)
                continue
            self._show(settings)
            answer = self._output.asked("\nWrite it? [Y/n], or the key to change: ")
            if answer.lower() in ("", "y", "yes"):
                return text
            named = [row for row in self._rows if row.key == answer]
            if not named:
                return ""
            self._ask(named[0])

    def _ask(self, row: SettingRow) -> None:
        """Until the answer can be the key's value."""
        self._output.say(f"\n{row.key}: {row.meaning}")
        before = self._values.get(row.key) or row.default
        shown = "" if before is None else f" [{before or 'none'}]"
        told = row.expectation.removeprefix("must be ")
        while True:
            answer = self._output.asked(f"  {told}{shown}: ") or self._values.get(row.key, "")
            if not (why := refused(self._model, row, answer)):
                break
            self._output.say(f"  {row.key}: {answer or '(missing)'}: {why}")
        self._values[row.key] = answer

    def _mend(self, fault: SettingsFault) -> None:
        """What does not go together is told, and asked for again."""
        self._output.say(f"\n{fault}")
        keys = {each.key for each in fault.faults}
        wrong = [row for row in self._rows if row.key in keys] or list(self._rows[:1])
        for row in wrong:
            self._ask(row)

    def _show(self, settings: BaseModel) -> None:
        """The ladder on the book of now; where there is none to see, why."""
        run_settings = cast(RunSettings, settings)
        domain = domain_named(self._values["domain"])
        try:
            seen = preview(run_settings, domain, self._look)
        except ConnectorFault as fault:
            self._output.say(f"\nno preview: {fault}")
            return
        if seen is not None:
            table, kept_back = seen
            self._output.console.print("", table)
            for line in kept_back:
                self._output.say(line)

    def _is_yes(self, question: str) -> bool:
        return self._output.asked(question).lower() in ("y", "yes")
