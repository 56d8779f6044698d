"""`connector history`: orders, fills and payments of a home's bots, as a table, CSV, JSON or Parquet."""

import csv
import json
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table

from connector.bot.commands.options import check_folder
from connector.bot.home import Home, home_at
from connector.bot.keys.key_commands import HomeOption
from connector.bot.records.databases import HomeHistory, Wish, in_own_database
from connector.bot.run_watchers import require_extra
from connector.bot.tables import table_console
from connector.config.connector_settings import connector_settings
from connector.core.amounts import plain
from connector.core.faults import ConfigFault, OptionFault
from connector.store.history_rows import HistoryKind, HistoryRange, Row

SinceOption = Annotated[str | None, typer.Option(metavar="TIME", help="From then on: 2026-11-28, 2026-11-28T14:30, 8h")]
UntilOption = Annotated[str | None, typer.Option(metavar="TIME", help="Until then; times are UTC, a span is ago.")]
PairOption = Annotated[str | None, typer.Option(metavar="PAIR", help="Of one pair, such as BTC-USDT.")]
StrategyOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Of one strategy, by its own or its file's name.")
]
RehearsalsOption = Annotated[bool, typer.Option("--rehearsals", help="Of rehearsals alone, which are kept apart.")]
_UNITS: Final = {"m": 60, "h": 3_600, "d": 86_400}
#: What a table shows of each; the other forms have every column.
_SHOWN: Final = {
    HistoryKind.ORDERS: (
        "time", "strategy", "trading_pair", "trade_type", "order_type", "amount", "price", "executed", "state",
    ),
    HistoryKind.FILLS: (
        "time", "strategy", "trading_pair", "trade_type", "amount", "price", "realized_pnl", "fee_amount", "fee_asset",
        "is_maker", "trade_id",
    ),
    HistoryKind.PAYMENTS: ("time", "strategy", "trading_pair", "amount", "asset", "rate", "income_id"),
}  # fmt: skip


def history(
    kind: Annotated[HistoryKind, typer.Argument(metavar="WHAT", help=f"One of {', '.join(HistoryKind)}.")],
    since: SinceOption = None,
    until: UntilOption = None,
    pair: PairOption = None,
    strategy: StrategyOption = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, a row an object.")] = False,
    parquet: Annotated[
        Path | None, typer.Option("--parquet", metavar="FILE", help="Write a Parquet file; needs the extra report.")
    ] = None,
    rehearsals: RehearsalsOption = False,
    home: HomeOption = None,
) -> None:
    """Print what the bots of this home ordered, traded and were paid, as the exchange told it.

    For example: connector history fills --since 8h --pair BTC-USDT --csv
    """
    if sum((as_csv, as_json, parquet is not None)) > 1:
        raise OptionFault("--csv", "(on)", "one form at a time", "leave out the others")
    check_folder("--parquet", parquet)
    folders = home_at(home)
    wish = wished(since, until, pair, strategy)
    rows = [_told(kind, row) for row in read_home(folders, rehearsals=rehearsals).rows(kind, wish)]
    if parquet is not None:
        _write_parquet(rows, parquet)
        typer.echo(f"{parquet}: {len(rows)} {kind}")
    elif as_json:
        typer.echo(json.dumps({kind.value: [_as_text(row) for row in rows]}))
    elif as_csv:
        writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else ["time"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(_as_text(row) for row in rows)
    else:
        _show(kind, rows)


def read_home(folders: Home, *, rehearsals: bool = False) -> HomeHistory:
    """The home's history, with what killed runs left in their logs; of its runs, or of its rehearsals. Raises
    `ConfigFault`, `UnavailableFault`."""
    settings = connector_settings(folders.connector_settings, must_exist=False)
    found = HomeHistory(
        folders.rehearsals if rehearsals else folders.data, in_own_database(settings) if rehearsals else settings
    )
    found.carry()
    return found


def wished(since: str | None, until: str | None, pair: str | None, strategy: str | None) -> Wish:
    """The options as one wish. Raises `OptionFault`."""
    now = datetime.now(UTC)
    since_ms, until_ms = time_ms("--since", since, now), time_ms("--until", until, now)
    if since_ms is not None and until_ms is not None and since_ms >= until_ms:
        raise OptionFault("--until", until, "lies before --since", "change one of them")
    return Wish(HistoryRange(since_ms, until_ms, None if pair is None else pair.strip().upper()), strategy)


def time_ms(option: str, text: str | None, now: datetime) -> int | None:
    """`2026-11-28`, `2026-11-28T14:30` (UTC, or with its own offset), or a span that is ago: 90m, 8h, 30d."""
    if text is None:
        return None
    number, unit = text[:-1], text[-1:]
    if unit in _UNITS and number.isdecimal() and len(number) < 8:
        return round((now - timedelta(seconds=int(number) * _UNITS[unit])).timestamp() * 1000)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise OptionFault(option, text, "is no time", "such as 2026-11-28, 2026-11-28T14:30 or 8h") from None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _told(kind: HistoryKind, row: Row) -> Row:
    """A row whose time stands in front, in words too."""
    at_ms = row["created_ms" if kind is HistoryKind.ORDERS else "time_ms"]
    time = (
        ""
        if at_ms is None
        else datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(" ", "milliseconds").removesuffix("+00:00")
    )
    return {"time": time, **row}


def _as_text(row: Row) -> dict[str, Any]:
    return {name: plain(value) if isinstance(value, Decimal) else value for name, value in row.items()}


def _show(kind: HistoryKind, rows: list[Row]) -> None:
    if not rows:
        typer.echo(f"no {kind} in that time")
        return
    table = Table(title=f"{len(rows)} {kind}", title_justify="left")
    names = _SHOWN[kind]
    for name in names:
        is_number = any(isinstance(row[name], Decimal) for row in rows)
        table.add_column(name.replace("_", " "), justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        told = _as_text(row)
        table.add_row(*("" if told[name] is None else str(told[name]) for name in names))
    table_console().print(table)


def _write_parquet(rows: list[Row], path: Path) -> None:
    """Amounts are exact decimals there."""
    require_extra("pyarrow", "--parquet", "report")
    import pyarrow
    from pyarrow import parquet

    columns = {name: [row[name] for row in rows] for name in (rows[0] if rows else {"time": ""})}
    arrays = {name: _column(values, pyarrow) for name, values in columns.items()}
    try:
        parquet.write_table(pyarrow.table(arrays), path)
    except OSError as error:
        raise ConfigFault("--parquet", path, f"cannot be written: {error.strerror or error}") from error


def _column(values: list[Any], pyarrow: Any) -> Any:
    """Decimals of different places share one scale."""
    exact = [value for value in values if isinstance(value, Decimal)]
    if not exact:
        return pyarrow.array(values)
    scale = max(-int(value.as_tuple().exponent) for value in exact)
    return pyarrow.array(values, pyarrow.decimal256(76, max(0, scale)))
