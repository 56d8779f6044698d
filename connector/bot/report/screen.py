"""Where a run is shown: one live table on a terminal, plain lines everywhere else."""

import io
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Any, cast

from rich.console import Console, RenderableType
from rich.text import Text

from connector.bot.report.live_table import LiveTable
from connector.bot.report.status import Status
from connector.core.clock import Clock
from connector.core.faults import ConfigFault
from connector.core.secrets import redact

_LINE_EVERY_MS = 3_000
_PICTURE_WIDTH = 118


class PatientOutput:
    """Standard output whose reader may go away, be it a pipe or a terminal that is closed: the run goes on, and stops
    in order, without being seen."""

    def __init__(self) -> None:
        self._file = sys.stdout
        replace_letters(self._file)

    def write(self, text: str) -> int:
        try:
            return self._file.write(text)
        except OSError:
            self._write_nowhere()
            return len(text)

    def flush(self) -> None:
        try:
            self._file.flush()
        except OSError:
            self._write_nowhere()

    def __getattr__(self, name: str) -> Any:
        """What a console asks of its file beside: whether it is a terminal, its encoding."""
        return getattr(self._file, name)

    def _write_nowhere(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._file.fileno())
        os.close(nowhere)


def replace_letters(file: object) -> None:
    """What a stream's encoding has no letter for is replaced, and ends nothing."""
    if isinstance(file, io.TextIOWrapper):
        file.reconfigure(errors="replace")


def patient_console(*, is_plain: bool = False) -> Console:
    """A console on standard output that outlives its reader; `is_plain`: lines, though it be a terminal."""
    return Console(file=cast(IO[str], PatientOutput()), force_terminal=False if is_plain else None)


def draw(what: RenderableType, picture: Path, title: str) -> None:
    """Writes what a terminal would show into a file (SVG)."""
    canvas = Console(record=True, width=_PICTURE_WIDTH, file=io.StringIO(), force_terminal=True)
    canvas.print(what)
    canvas.save_svg(str(picture), title=title)


class Screen:
    """Shows one run. Lines that must not be missed go above the table, or between the lines.

    On a terminal all drawing is done in a thread of its own: a table takes ten milliseconds, and a terminal that is
    held takes nothing at all. One that can't move its cursor (`TERM=dumb`) gets the lines. With `picture`, the last
    table is drawn into that file (SVG) at the end; `picture_trouble` says why it could not be.
    """

    def __init__(self, console: Console, clock: Clock, picture: Path | None = None) -> None:
        self.console = console
        self._clock = clock
        self._picture = picture
        self.picture_trouble: ConfigFault | None = None
        self._last_table: RenderableType | None = None
        self._live: LiveTable | None = None
        self._is_live = console.is_terminal and not (console.is_dumb_terminal or console.legacy_windows)
        self._lined_ms = -_LINE_EVERY_MS

    def __enter__(self) -> "Screen":
        if self._is_live:
            self._live = LiveTable(self.console, lambda: self._last_table)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
        if self._picture is not None and self._last_table is not None:
            try:
                draw(self._last_table, self._picture, title="connector run")
            except OSError as fault:
                why = f"cannot be written: {fault.strerror or fault}"
                self.picture_trouble = ConfigFault("--picture", self._picture, why)

    def print_line(self, text: str) -> None:
        """One line that stays."""
        self.print(Text(redact(text)))

    def print(self, what: RenderableType) -> None:
        """The same, of a table and the like."""
        if self._live is not None:
            self._live.print(what)
            return
        self.console.print(what, highlight=False, soft_wrap=isinstance(what, Text))
        self.console.file.flush()

    def show(self, status: Status) -> None:
        """The present state: the table anew, or a line every few seconds."""
        if self._is_live or self._picture is not None:
            width = self.console.width if self._is_live else _PICTURE_WIDTH
            self._last_table = status.table(self._clock.now_ms(), width)
        if not self._is_live and self._clock.monotonic_ms() - self._lined_ms >= _LINE_EVERY_MS:
            self._lined_ms = self._clock.monotonic_ms()
            self.print_line(status.line())
