"""Where a run is shown: one live table on a terminal, plain lines everywhere else."""

import contextlib
import errno
import io
import os
import select
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, TextIO, cast

from rich.console import Console, RenderableType
from rich.text import Text

from connector.bot.report.live_table import LiveTable
from connector.bot.report.output_file import IN_BACKGROUND, output_file
from connector.bot.report.status import Status
from connector.bot.waiting_lines import WaitingLines, missing_words
from connector.core.clock import Clock
from connector.core.faults import ConfigFault
from connector.core.secrets import redact

_LINE_EVERY_MS = 3_000
_PICTURE_WIDTH = 118
_SETTLED_WITHIN_S = 5.0
#: A reader that is not there any more: of a pipe, of a terminal.
_GONE = (errno.EPIPE, errno.EIO, errno.ENXIO)


class PatientOutput:
    """Standard output (or `file`) whose reader may go away, be it a pipe or a terminal that is closed: the run goes on,
    and stops in order, without being seen. A line that a full disk does not take is left out."""

    def __init__(self, file: TextIO | None = None) -> None:
        self._file = file or sys.stdout
        replace_letters(self._file)
        self._number = _number_of(self._file)
        self._output_file = output_file()

    def write(self, text: str) -> int:
        self.write_now(text)
        return len(text)

    def flush(self) -> None:
        """Nothing is kept back."""

    def write_now(self, text: str) -> None:
        """Written when this returns. Nothing stays in a buffer: one that is held would hold up the process's end."""
        try:
            if self._number is None:
                self._file.write(text)
                self._file.flush()
            else:
                _write_all(self._number, text.encode(self._file.encoding or "utf-8", "replace"))
                if self._output_file is not None:
                    self._output_file.bound(self._number, sys.stderr.fileno())
        except OSError as error:
            if error.errno in _GONE:
                self._write_nowhere()

    def __getattr__(self, name: str) -> Any:
        """What a console asks of its file beside: whether it is a terminal, its encoding."""
        return getattr(self._file, name)

    def _write_nowhere(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._file.fileno())
        os.close(nowhere)


class UnheldOutput(PatientOutput):
    """The same, whose reader may stand still, too: a thread writes, and nobody waits for it."""

    def __init__(self, file: TextIO | None = None) -> None:
        super().__init__(file)
        self._lines: WaitingLines[str] = WaitingLines(lambda count: f"{missing_words(count)}\n")
        self._thread: threading.Thread | None = None

    def write(self, text: str) -> int:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="output", daemon=True)
            self._thread.start()
        if text:
            self._lines.put(text)
        return len(text)

    def settle(self, within_s: float = _SETTLED_WITHIN_S) -> None:
        """What was said is written, unless the reader stands still; to be called when all is over."""
        if self._thread is not None:
            self._lines.end()
            self._thread.join(within_s)
            self._thread = None

    def _run(self) -> None:
        while (text := self._lines.get()) is not None:
            self.write_now(text)


def _number_of(file: IO[str]) -> int | None:
    """Its descriptor; None where it has none, or where the system translates what is written (Windows)."""
    try:
        return None if os.name == "nt" else file.fileno()
    except (OSError, ValueError, AttributeError):
        return None


def _write_all(number: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        try:
            left = left[os.write(number, left) :]
        except BlockingIOError:
            select.select([], [number], [], 1.0)


def replace_letters(file: object) -> None:
    """What a stream's encoding has no letter for is replaced, and ends nothing."""
    if isinstance(file, io.TextIOWrapper):
        file.reconfigure(errors="replace")


def patient_console(file: TextIO | None = None) -> Console:
    """A console on standard output (or `file`) that outlives its reader."""
    return Console(file=cast(IO[str], PatientOutput(file)))


@contextlib.contextmanager
def unheld_console(file: TextIO | None = None, *, is_plain: bool = False) -> Iterator[Console]:
    """The same, for what must not wait for its reader, and is all written at the end; `is_plain`: lines, though it be
    a terminal."""
    output = UnheldOutput(file)
    try:
        yield Console(file=cast(IO[str], output), force_terminal=False if is_plain else None)
    finally:
        output.settle()


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
        # `connector status` tells how a bot in the background stands.
        self._has_status_lines = not self._is_live and IN_BACKGROUND not in os.environ
        self._lined_ms = -_LINE_EVERY_MS

    def __enter__(self) -> "Screen":
        if self._is_live:
            out = self.console.file
            write = out.write_now if isinstance(out, PatientOutput) else None
            self._live = LiveTable(self.console, lambda: self._last_table, write)
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
        """The present state: the table anew, or a line every few seconds; none in the background."""
        if self._is_live or self._picture is not None:
            width = self.console.width if self._is_live else _PICTURE_WIDTH
            self._last_table = status.table(self._clock.now_ms(), width)
        if self._has_status_lines and self._clock.monotonic_ms() - self._lined_ms >= _LINE_EVERY_MS:
            self._lined_ms = self._clock.monotonic_ms()
            self.print_line(status.line())
