"""A run of the bot beside a local exchange and a process that looks at the clock: what its loop has seen."""

import contextlib
import json
import os
import pty
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.cores import bind, cores
from tests.bench.exchange_process import exchange
from tests.bench.pauses.watched_loop import Seen, Stall
from tests.companions.flows.programs import home_with
from tests.companions.places import ROOT

#: Of the terminal on which the live table is drawn.
_ROWS, _COLUMNS = 50, 160


@dataclass(frozen=True, slots=True)
class Run:
    """What was seen, and when the machine stood still (`perf_counter_ns`)."""

    seen: Seen
    machine: list[tuple[int, int]]


def traded(folder: Path, seconds: float, changes: dict[str, str], *options: str, is_watched: bool = True) -> Run:
    """The shipped strategy with `changes` of its settings for so long; `options` are the exchange's. Watched, its
    loop is, and it draws its table on a terminal; else it runs as it does where nobody looks, alone on its core.

    Raises `RuntimeError` for a run that did not end as it should."""
    home, report = home_with(folder, **changes), folder / "report"
    with exchange(*options) as venue, _clock_watch(is_watched) as machine, _shown(folder, is_watched) as output:
        command = [sys.executable, "-m", "tests.bench.pauses.traded", str(report), "watched" if is_watched else "bare"]
        command += ["run", "--exchange", venue.rest, "--duration", str(seconds)]
        environment = {**os.environ, "CONNECTOR_HOME": str(home), "TERM": "xterm"}
        bot = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=output, stdout=output, stderr=output)
        bind(cores()[-1], process=bot.pid)
        code = bot.wait()
    if code:
        shown = (folder / "shown").read_text(errors="replace")
        raise RuntimeError(f"the bot ended with {code}: the figures mean nothing; it said: {shown[-500:]}")
    told: dict[str, Any] = json.loads(report.read_text())
    stalls = [Stall(**row) for row in told.pop("stalls")]
    collections = [(began, ended, generation) for began, ended, generation in told.pop("collections")]
    return Run(Seen(stalls=stalls, collections=collections, **told), machine)


@contextlib.contextmanager
def _clock_watch(is_watched: bool) -> Iterator[list[tuple[int, int]]]:
    """Filled when the block has ended."""
    late: list[tuple[int, int]] = []
    if not is_watched:
        yield late
        return
    command = [sys.executable, "-m", "tests.bench.pauses.clock_watch", str(cores()[-1])]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as watch:
        assert watch.stdout is not None
        watch.stdout.readline()
        yield late
        told, _ = watch.communicate()
        late += [(began, ended) for began, ended in json.loads(told)]


@contextlib.contextmanager
def _shown(folder: Path, is_terminal: bool) -> Iterator[int]:
    """Where the bot writes to: what it writes goes into a file in any case."""
    if is_terminal:
        with _terminal(folder / "shown") as terminal:
            yield terminal
        return
    with (folder / "shown").open("w+b") as file:
        yield file.fileno()


@contextlib.contextmanager
def _terminal(shown: Path) -> Iterator[int]:
    mine, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (_ROWS, _COLUMNS))

    def read() -> None:
        with shown.open("wb") as file, contextlib.suppress(OSError):
            while piece := os.read(mine, 65_536):
                file.write(piece)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield theirs
    finally:
        os.close(theirs)
        reader.join(5)
        os.close(mine)
