"""Where a run is shown: one live table on a terminal, plain lines everywhere else."""

import contextlib
import io
import os
import sys
from pathlib import Path
from types import TracebackType

from rich.console import Console, RenderableType
from rich.live import Live

from connector.bot.report.status import Status
from connector.core.clock import Clock
from connector.core.secrets import redact

_LINE_EVERY_MS = 3_000
_PICTURE_WIDTH = 118


class PatientConsole(Console):
    """A console whose reader may go away: the run goes on, and stops in order, without being seen."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


class Screen:
    """Shows one run. Lines that must not be missed go above the table, or between the lines.

    With `picture`, the last table is drawn into that file (SVG) at the end.
    """

    def __init__(self, console: Console, clock: Clock, picture: Path | None = None) -> None:
        self.console = console
        self._clock = clock
        self._picture = picture
        self._last_table: RenderableType | None = None
        self._run_epoch = Live(console=console, refresh_per_second=4, transient=True) if console.is_terminal else None
        self._lined_ms = -_LINE_EVERY_MS

    def __enter__(self) -> "Screen":
        if self._run_epoch is not None:
            self._run_epoch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._run_epoch is not None:
            self._run_epoch.stop()
        if self._picture is not None and self._last_table is not None:
            canvas = Console(record=True, width=_PICTURE_WIDTH, file=io.StringIO(), force_terminal=True)
            canvas.print(self._last_table)
            canvas.save_svg(str(self._picture), title="connector run")

    def print_line(self, text: str) -> None:
        """One line that stays."""
        self.console.print(redact(text), markup=False, highlight=False, soft_wrap=True)
        with contextlib.suppress(OSError):
            self.console.file.flush()

    def show(self, status: Status) -> None:
        """The present state: the table anew, or a line every few seconds."""
        if self._run_epoch is not None or self._picture is not None:
            width = _PICTURE_WIDTH if self._run_epoch is None else self.console.width
            self._last_table = status.table(self._clock.now_ms(), width)
        if self._run_epoch is not None and self._last_table is not None:
            self._run_epoch.update(self._last_table)
        elif self._clock.monotonic_ms() - self._lined_ms >= _LINE_EVERY_MS:
            self._lined_ms = self._clock.monotonic_ms()
            self.print_line(status.line())
