"""Tables for a person, as wide as there is room: a terminal has its width, a file and a pipe have enough."""

import sys
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

#: Columns, where no terminal bounds them.
_WIDE: Final = 200
_BETWEEN: Final = 2


class TextTable(NamedTuple):
    """Rows for a person."""

    titles: Sequence[str]
    rows: Sequence[Sequence[str]]
    #: The title of the column that goes on in the next line where there is no room: what nobody reads by eye.
    folds: str = ""


def table_console() -> Console:
    """Where tables go: standard output."""
    return Console(soft_wrap=True, width=None if sys.stdout.isatty() else _WIDE)


def print_table(told: TextTable) -> None:
    """As a table where it fits, else each row as a list of its own: a figure is never torn."""
    console = table_console()
    console.print(_table(told) if _width(told) <= console.width else Group(*_lists(told)))


def _width(told: TextTable) -> int:
    """What the columns need that may not fold; one that may needs its title's."""
    needed = 0
    for title, *texts in zip(told.titles, *told.rows, strict=True):
        needed += cell_len(title) if title == told.folds else max(map(cell_len, (title, *texts)))
    return needed + _BETWEEN * (len(told.titles) - 1)


def _table(told: TextTable) -> Table:
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    for title in told.titles:
        table.add_column(title, overflow="fold", no_wrap=title != told.folds)
    for row in told.rows:
        table.add_row(*row)
    return table


def facts_table(*, pad_edge: bool = True) -> Table:
    """Empty; its rows are a title and what it is, which goes on in the next line where there is no room."""
    table = Table(show_header=False, box=None, padding=(0, 1), pad_edge=pad_edge)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _lists(told: TextTable) -> Iterator[RenderableType]:
    for number, row in enumerate(told.rows):
        if number:
            yield Text()
        table = facts_table(pad_edge=False)
        for title, text in zip(told.titles, row, strict=True):
            table.add_row(title, Text(text))
        yield table
