"""The commands about bots that run on this machine: status, stop, pause, resume, orders, positions, balance."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from connector.bot.command_output import AsJsonOption, CommandOutput
from connector.bot.commands.bot_lines import balance_table, bot_lines, order_table, position_table
from connector.bot.control.client import bot_line, chosen, living, none_runs
from connector.bot.control.lines import Ask
from connector.bot.control.process_end import process_end
from connector.bot.exit_codes import ExitCode
from connector.bot.home import Home, home_at
from connector.bot.keys.key_commands import HomeOption
from connector.bot.tables import TextTable, facts_table, print_table, table_console
from connector.core.faults import StopFault, UnavailableFault

NameArgument = Annotated[
    str | None, typer.Argument(metavar="[NAME]", help="The bot; may be left out where one alone runs.")
]
OneStrategyOption = Annotated[
    str | None, typer.Option("--strategy", metavar="NAME", help="Of several strategies the one of this name alone.")
]

#: A stop may take 25 s; what ends the process comes on top.
_STOPS_WITHIN_S: Final = 35.0
#: From the end of the run to that of its process: the summary is written meanwhile.
_ENDS_WITHIN_S: Final = 10.0
_PULLED_WITHIN_S: Final = 15.0
_STEP_S: Final = 0.1
_WATCH_EVERY_S: Final = 1.0
#: The state of one that does not answer.
_SILENT: Final = "silent"


def status(
    name: NameArgument = None,
    watch: Annotated[bool, typer.Option("--watch", help="Show it anew every second, until Ctrl-C.")] = False,
    as_json: AsJsonOption = False,
    home: HomeOption = None,
) -> None:
    """Tell how the bots of this home stand. Exit code 5: none runs, none of that name, or one does not answer.

    For example: connector status --watch
    """
    folders = home_at(home)
    if not watch:
        rows = _states(folders, name)
        _print(rows, as_json)
        if any(row["state"]["name"] == _SILENT for row in rows):
            raise typer.Exit(ExitCode.UNAVAILABLE)
        return
    try:
        _watch(folders, name, as_json=as_json)
    except KeyboardInterrupt:
        return


def stop(name: NameArgument = None, as_json: AsJsonOption = False, home: HomeOption = None) -> None:
    """Stop a bot as Ctrl-C does, wait for its end, and tell how it ended. Exit code: the bot's own; 7 where it does
    not end within 35 s.

    For example: connector stop btc-usdt
    """
    place = chosen(home_at(home), name)
    with bot_line(place) as line, process_end(line.process) as end:
        line.ask(Ask.STOP)
        try:
            ended = line.hear(_STOPS_WITHIN_S)
        except UnavailableFault as fault:
            raise StopFault(f"{place.name} was told to stop, and how it ended is not known: {fault}") from fault
        lives = not end.came(_ENDS_WITHIN_S)
    code, text = int(ended.get("exit_code", ExitCode.INTERNAL)), str(ended.get("text", ""))
    words = f"{place.name} has stopped, exit code {code}{f': {text}' if text else ''}"
    if lives:
        still = f"its process {end.number} still runs after {_ENDS_WITHIN_S:g} s: not all that it says is written yet"
        typer.echo(f"{place.name}: {still}", err=True)
    CommandOutput(as_json=as_json).give({"name": place.name, "exit_code": code, "text": text}, words)
    raise typer.Exit(code)


def pause(
    name: NameArgument = None,
    strategy: OneStrategyOption = None,
    as_json: AsJsonOption = False,
    home: HomeOption = None,
) -> None:
    """Pull a bot's quotes, or those of one of its strategies, and let none leave that opens a position, until `resume`;
    exits go on.

    For example: connector pause btc-usdt
    """
    place = chosen(home_at(home), name)
    of = strategy or ""
    with bot_line(place) as line:
        left = int(line.ask(Ask.PAUSE, strategy=of)["opening_orders"])
        until_s = time.monotonic() + _PULLED_WITHIN_S
        while left and time.monotonic() < until_s:
            time.sleep(_STEP_S)
            left = int(line.ask(Ask.PAUSE, strategy=of)["opening_orders"])
    row = {"name": place.name, **_of_strategy(of), "state": "paused", "opening_orders": left}
    who = _who(place.name, of)
    if left:
        raise StopFault(f"{who} is paused, and {left} of its quotes are still open: see connector orders")
    CommandOutput(as_json=as_json).give(row, f"{who} is paused: its quotes are pulled, exits go on")


def resume(
    name: NameArgument = None,
    strategy: OneStrategyOption = None,
    as_json: AsJsonOption = False,
    home: HomeOption = None,
) -> None:
    """End a pause, of the bot or of the strategy that was named: it quotes again.

    For example: connector resume btc-usdt
    """
    place = chosen(home_at(home), name)
    of = strategy or ""
    with bot_line(place) as line:
        answer = line.ask(Ask.RESUME, strategy=of)
    others, paused = answer["shut_by"], answer["paused_strategies"]
    row = {"name": place.name, **_of_strategy(of), "state": "resumed", "shut_by": others, "paused_strategies": paused}
    kept = f", but new orders are still kept back by {', '.join(others)}" if others else ": it quotes again"
    still = f"; still paused: {', '.join(paused)}" if paused else ""
    CommandOutput(as_json=as_json).give(row, f"{_who(place.name, of)} is resumed{kept}{still}")


def _of_strategy(strategy: str) -> dict[str, str]:
    return {"strategy": strategy} if strategy else {}


def _who(name: str, strategy: str) -> str:
    return f"{strategy} of {name}" if strategy else name


def orders(name: NameArgument = None, as_json: AsJsonOption = False, home: HomeOption = None) -> None:
    """List a bot's open orders.

    For example: connector orders --json
    """
    _list(name, home, Ask.ORDERS, order_table, as_json=as_json, nothing="no open orders")


def positions(name: NameArgument = None, as_json: AsJsonOption = False, home: HomeOption = None) -> None:
    """List what a bot's account holds, with entry, mark, liquidation price and margin ratio.

    For example: connector positions btc-usdt
    """
    _list(name, home, Ask.POSITIONS, position_table, as_json=as_json, nothing="no position")


def balance(name: NameArgument = None, as_json: AsJsonOption = False, home: HomeOption = None) -> None:
    """List the assets of a bot's account: wallet, and what new orders may be paid with.

    For example: connector balance
    """
    _list(name, home, Ask.BALANCE, balance_table, as_json=as_json, nothing="no asset")


def _list(
    name: str | None,
    home: Path | None,
    ask: Ask,
    table: Callable[[Sequence[Mapping[str, Any]]], TextTable],
    *,
    as_json: bool,
    nothing: str,
) -> None:
    place = chosen(home_at(home), name)
    with bot_line(place) as line:
        answer = line.ask(ask)
    rows = next(iter(answer.values()))
    if as_json:
        typer.echo(json.dumps({"name": place.name, **answer}))
    elif rows:
        print_table(table(rows))
    else:
        typer.echo(f"{place.name}: {nothing}")


def _states(home: Home, name: str | None) -> list[dict[str, Any]]:
    """How the named bot stands, or each; one that does not answer says so. Raises `UnavailableFault` for none."""
    wanted = [chosen(home, name)] if name is not None else living(home.data)
    if not wanted:
        raise none_runs(home)
    rows = []
    for place in wanted:
        try:
            with bot_line(place) as line:
                rows.append(line.ask(Ask.STATUS))
        except UnavailableFault as fault:
            if name is not None:
                raise
            rows.append({"name": place.name, "state": {"name": _SILENT, "text": str(fault)}})
    return rows


def _print(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"bots": rows}))
    else:
        table_console().print(_shown(rows))


def _watch(folders: Home, name: str | None, *, as_json: bool) -> None:
    """Until the last of them has ended. Raises `UnavailableFault` where none ran."""
    rows = _states(folders, name)
    if as_json or not table_console().is_terminal:
        while rows:
            _print(rows, as_json)
            time.sleep(_WATCH_EVERY_S)
            rows = _unless_gone(folders, name)
        return
    with Live(_shown(rows), console=table_console(), auto_refresh=False, transient=True) as live:
        while rows:
            live.update(_shown(rows), refresh=True)
            time.sleep(_WATCH_EVERY_S)
            rows = _unless_gone(folders, name)
    typer.echo("no bot runs any more")


def _unless_gone(folders: Home, name: str | None) -> list[dict[str, Any]]:
    try:
        return _states(folders, name)
    except UnavailableFault:
        return []


def _shown(rows: Sequence[dict[str, Any]]) -> RenderableType:
    """Each bot's state as a small table."""
    return Group(*(_of_bot(row) for row in rows))


def _of_bot(row: dict[str, Any]) -> RenderableType:
    table = facts_table()
    table.add_row("bot", Text(row["name"], style="bold"))
    for title, text in bot_lines(row):
        table.add_row(title, Text(text))
    return table
