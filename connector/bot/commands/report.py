"""`connector report`: what the bots of a home did, as one HTML file."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from connector.bot.analysis.report_figures import account_reports
from connector.bot.commands.history import (
    PairOption,
    RehearsalsOption,
    SinceOption,
    StrategyOption,
    UntilOption,
    read_home,
    wished,
)
from connector.bot.commands.options import check_folder
from connector.bot.home import home_at
from connector.bot.keys.key_commands import HomeOption
from connector.bot.records.databases import HomeHistory, Wish
from connector.bot.records.marks import Row
from connector.bot.run_watchers import require_extra
from connector.core.faults import ConfigFault
from connector.store.history_rows import HistoryKind


def report(
    file: Annotated[Path, typer.Argument(metavar="OUT.html", help="The file to write; an older one is replaced.")],
    since: SinceOption = None,
    until: UntilOption = None,
    pair: PairOption = None,
    strategy: StrategyOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print its sums as JSON, too.")] = False,
    rehearsals: RehearsalsOption = False,
    home: HomeOption = None,
) -> None:
    """Write one HTML file about what the bots of this home did; needs the extra report.

    For example: connector report day.html --since 24h
    """
    check_folder("OUT.html", file)
    wish = wished(since, until, pair, strategy)
    require_extra("plotly", "report", "report")
    from connector.bot.analysis.report_page import report_page

    folders = home_at(home)
    found = read_home(folders, rehearsals=rehearsals)
    fills, payments = (found.rows(kind, wish) for kind in (HistoryKind.FILLS, HistoryKind.PAYMENTS))
    reports = account_reports(fills, payments, _wanted(found, wish))
    try:
        file.write_text(
            report_page(reports, _about(wish, has_money=any(row.money for row in reports))), encoding="utf-8"
        )
    except OSError as error:
        raise ConfigFault("OUT.html", file, f"cannot be written: {error.strerror or error}") from error
    if as_json:
        sums = {row.name: row.to_json() for row in reports}
        typer.echo(json.dumps({"file": str(file), "accounts": sums}))
    elif reports:
        of = _counted(len(reports), "account")
        typer.echo(f"{file}: {_counted(len(fills), 'fill')} and {_counted(len(payments), 'payment')} of {of}")
    else:
        whose = "no rehearsal" if rehearsals else "no bot"
        typer.echo(f"{file}: empty: {whose} of {folders.title} did anything in that time")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _wanted(found: HomeHistory, wish: Wish) -> Iterator[tuple[str, Row]]:
    """What was seen in that time, of that pair and strategy, with the first mark of each run that it is of."""
    heads: dict[str, Row] = {}
    for instance, mark in found.marks():
        if mark.get("kind") == "run":
            heads[instance] = mark
        elif _is_wanted(mark, wish) and _is_of_strategy(found, instance, mark, wish):
            if instance in heads:
                yield instance, heads.pop(instance)
            yield instance, mark


def _is_wanted(mark: Row, wish: Wish) -> bool:
    """By time and pair; the look at a fill belongs to its fill, a transfer to every pair."""
    rows, at_ms = wish.rows, mark.get("time_ms", 0)
    is_of_pair = rows.pair is None or mark.get("pair", rows.pair) == rows.pair
    return is_of_pair and (rows.since_ms or 0) <= at_ms and (rows.until_ms is None or at_ms < rows.until_ms)


def _is_of_strategy(found: HomeHistory, instance: str, mark: Row, wish: Wish) -> bool:
    """A transfer is of each."""
    if wish.strategy is None or "pair" not in mark:
        return True
    return wish.takes(found.heads.strategies(instance, mark["pair"], mark.get("time_ms", 0)))


def _about(wish: Wish, *, has_money: bool) -> str:
    rows = wish.rows
    parts = [rows.pair or "All pairs", wish.strategy or "every strategy"]
    for word, at_ms in (("from", rows.since_ms), ("until", rows.until_ms)):
        if at_ms is not None:
            parts.append(f"{word} {datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d %H:%M:%S}")
    is_part = has_money and (rows.pair is not None or wish.strategy is not None)
    return ", ".join(parts) + ("; equity and drawdown are the account's, of all of it" if is_part else "")
