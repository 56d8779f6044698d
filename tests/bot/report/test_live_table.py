"""A table at the bottom of a terminal, as the terminal has it."""

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pyte
import pytest
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from connector.bot.report.live_table import LiveTable


class Terminal(io.StringIO):
    """A screen of so many columns that shows what is written to it."""

    def __init__(self, columns: int, rows: int = 24) -> None:
        super().__init__()
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.Stream(self.screen)
        self.writes: list[str] = []

    def write(self, text: str) -> int:
        self.writes.append(text)
        # Whoever is at a terminal sees a new line begin at the left.
        self.stream.feed(text.replace("\n", "\r\n"))
        return len(text)

    @property
    def shown(self) -> list[str]:
        rows = [row.rstrip() for row in self.screen.display]
        return rows[: max((number for number, row in enumerate(rows, 1) if row), default=0)]


def wide(words: str) -> Callable[[], RenderableType]:
    """A table as wide as its terminal."""
    table = Table(expand=True, show_header=False)
    table.add_row(words)
    return lambda: table


@contextmanager
def live(terminal: Terminal, table: Callable[[], RenderableType | None], width: int = 40) -> Iterator[LiveTable]:
    shown = LiveTable(Console(file=terminal, force_terminal=True, width=width, height=24, color_system=None), table)
    shown.start()
    try:
        yield shown
    finally:
        shown.stop()


def until(holds: Callable[[], bool], what: str) -> None:
    deadline_s = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline_s, what
        time.sleep(0.01)


def test_lines_stay_above_the_table_and_the_table_is_gone_at_the_end() -> None:
    terminal = Terminal(40)
    with live(terminal, wide("a table")) as shown:
        until(lambda: "a table" in "".join(terminal.shown), "drawn")
        for number in range(3):
            shown.print(Text(f"line {number}"))
        until(lambda: terminal.shown[:3] == ["line 0", "line 1", "line 2"], "the lines stand")
        until(lambda: "a table" in "".join(terminal.shown[3:]), "and the table below them")
        assert sum("a table" in row for row in terminal.shown) == 1
    assert terminal.shown == ["line 0", "line 1", "line 2"]


def test_each_frame_is_one_write_between_the_marks_of_synchronised_output() -> None:
    terminal = Terminal(40)
    with live(terminal, wide("a table")) as shown:
        shown.print(Text("a line"))
        until(lambda: len(terminal.writes) > 2, "some frames")
    frames = terminal.writes[:-1]
    assert [text.startswith("\x1b[?2026h") and text.endswith("\x1b[?2026l") for text in frames] == [True] * len(frames)
    assert terminal.writes[-1] == "\x1b[?25h", "the cursor is shown again"


def test_a_table_higher_than_the_terminal_is_cut_and_does_not_roll() -> None:
    terminal = Terminal(40)
    with live(terminal, lambda: Text("\n".join(f"row {number}" for number in range(60)))):
        until(lambda: len(terminal.writes) > 3, "some frames")
        assert terminal.shown[0] == "row 0"
        assert len(terminal.shown) == 23


def test_long_lines_break_between_words() -> None:
    terminal = Terminal(20)
    with live(terminal, lambda: None, width=20) as shown:
        shown.print(Text("the exchange wants no new orders"))
    assert terminal.shown == ["the exchange wants", "no new orders"]


def test_a_terminal_that_got_narrower_keeps_no_row_of_the_old_table() -> None:
    terminal = Terminal(20)
    console = Console(file=terminal, force_terminal=True, width=40, height=24, color_system=None)
    shown = LiveTable(console, wide("a table"))
    # As terminals do that fold the rows they have: each of 40 columns stands on two of 20.
    terminal.stream.feed("told before\r\n")
    shown._draw([], wide("a table")())
    console.width = 20
    shown._draw([], wide("a table")())
    assert terminal.shown[0] == "told before"
    assert sum("a table" in row for row in terminal.shown) == 1
    assert len(terminal.shown) == 4


def test_a_terminal_that_gets_narrower_while_a_frame_is_made_gets_one_of_its_new_size() -> None:
    terminal = Terminal(20)
    console = Console(file=terminal, force_terminal=True, width=40, height=24, color_system=None)
    shown = LiveTable(console, wide("a table"))
    terminal.stream.feed("told before\r\n")

    class Narrowing:
        def __rich__(self) -> RenderableType:
            console.width = 20
            return wide("a table")()

    shown._draw([], Narrowing())
    assert [len(row) for row in terminal.shown] == [11, 20, 20, 20]
    shown._draw([], None)
    assert terminal.shown == ["told before"]


@pytest.mark.parametrize(("encoding", "border"), [("utf-8", "┌"), ("ascii", "+")])
def test_a_terminal_without_utf_gets_its_boxes_in_ascii(encoding: str, border: str) -> None:
    class Encoded(Terminal):
        @property
        def encoding(self) -> str:  # type: ignore[override]
            return encoding

    terminal = Encoded(40)
    with live(terminal, wide("a table")):
        until(lambda: bool(terminal.shown), "drawn")
        assert terminal.shown[0].startswith(border)
