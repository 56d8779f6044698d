"""A table that stays at the bottom of a terminal, and lines above it, drawn by a thread of its own.

    lines that wait ─┐
                     ├─▶ one write a frame: old rows erased, lines, the table anew ─▶ terminal
    the newest table ┘   (between the marks of synchronised output: nothing is seen half drawn)

What a terminal made of the old rows when it was resized is erased with them: rows that were as wide as it was are
folded where it got narrower. Keys that are typed meanwhile, Ctrl-C's mark among them, are not echoed into the table.
"""

import contextlib
import io
import os
import queue
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.text import Text

from connector.bot.waiting_lines import WaitingLines, missing_words

#: Synchronised output ("Synchronized Output", mode 2026): terminals that do not know it pass it over.
_FRAME, _FRAME_END = "\x1b[?2026h", "\x1b[?2026l"
_HIDE_CURSOR, _SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
_ERASE_BELOW = "\x1b[J"
_CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x1b]*\x1b\\")
_EVERY_S = 0.25
_DRAWN_WITHIN_S = 5.0
#: A frame takes some milliseconds; of one whose size changes all the time the last one counts.
_DRAWN_ANEW = 3


class LiveTable:
    """Shows `table()` again and again between `start` and `stop`; `print` puts a line above it."""

    def __init__(
        self,
        console: Console,
        table: Callable[[], RenderableType | None],
        write: Callable[[str], object] | None = None,
    ) -> None:
        """`write` returns when the terminal has taken it; None: the console's file."""
        self._console = console
        self._table = table
        self._write = write or self._into_file
        self._lines: WaitingLines[RenderableType] = WaitingLines(lambda count: Text(missing_words(count)))
        self._thread = threading.Thread(target=self._run, name="screen", daemon=True)
        #: What each row of the table that stands there is wide.
        self._drawn: list[int] = []
        self._ends_with = contextlib.ExitStack()

    def start(self) -> None:
        """From now on."""
        self._ends_with.enter_context(_unechoed())
        self._thread.start()

    def print(self, what: RenderableType) -> None:
        """A line that stays; nobody waits for it."""
        self._lines.put(what)

    def stop(self) -> None:
        """Ends with all lines told and the table gone; a terminal that is held is not waited for much longer."""
        self._lines.end()
        self._thread.join(_DRAWN_WITHIN_S)
        self._ends_with.close()

    def _run(self) -> None:
        is_over = False
        due_s = time.monotonic()
        while not is_over:
            waiting: list[RenderableType] = []
            with contextlib.suppress(queue.Empty):
                what = self._lines.get(max(0.0, due_s - time.monotonic()))
                while what is not None:
                    waiting.append(what)
                    what = self._lines.get(0)
                is_over = True
            due_s = time.monotonic() + _EVERY_S
            self._draw(waiting, None if is_over else self._table())
        self._write(_SHOW_CURSOR)

    def _draw(self, lines: list[RenderableType], table: RenderableType | None) -> None:
        for _ in range(_DRAWN_ANEW):
            size = width, height = self._console.size
            told = "".join(self._rendered(line, width) for line in lines)
            rows = [] if table is None else self._rendered(table, width).rstrip("\n").split("\n")[: max(1, height - 1)]
            if self._console.size == size:
                break  # else it was resized meanwhile, which has folded the old rows, and would fold these
        text = f"{_FRAME}{self._erased(width)}{told}{_HIDE_CURSOR if rows else ''}{chr(10).join(rows)}{_FRAME_END}"
        self._drawn = [cell_len(_CONTROLS.sub("", row)) for row in rows]
        self._write(text)

    def _erased(self, width: int) -> str:
        """Up to the first of the old rows, as the terminal has them now, and all below gone."""
        if not self._drawn:
            return ""
        rows = sum(max(1, -(-wide // width)) for wide in self._drawn)
        return f"\r{f'{chr(27)}[{rows - 1}A' if rows > 1 else ''}{_ERASE_BELOW}"

    def _rendered(self, what: RenderableType, width: int) -> str:
        """As text with its colours; lines are broken between words."""
        canvas = _Canvas(self._console.encoding)
        console = Console(
            file=canvas, width=width, force_terminal=True, color_system=cast(Any, self._console.color_system),
            highlight=False,
        )  # fmt: skip
        console.print(what, end="\n" if isinstance(what, Text) else "")
        text = canvas.getvalue()
        return text if text.endswith("\n") else f"{text}\n"

    def _into_file(self, text: str) -> None:
        self._console.file.write(text)
        self._console.file.flush()


class _Canvas(io.StringIO):
    """Text that is meant for a terminal of some encoding: without UTF, boxes are drawn in ASCII."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._meant_for = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._meant_for


@contextlib.contextmanager
def _unechoed() -> Iterator[None]:
    """What is typed is not shown, where we own the terminal; as it was, afterwards."""
    try:
        import termios

        number = sys.stdin.fileno()
        if not os.isatty(number) or os.tcgetpgrp(number) != os.getpgrp():
            yield
            return
        before = termios.tcgetattr(number)
    except (ImportError, OSError, ValueError, AttributeError):
        yield
        return
    quiet = [*before]
    quiet[3] = before[3] & ~(termios.ECHO | getattr(termios, "ECHOCTL", 0))
    try:
        termios.tcsetattr(number, termios.TCSADRAIN, quiet)
        yield
    finally:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(number, termios.TCSADRAIN, before)
