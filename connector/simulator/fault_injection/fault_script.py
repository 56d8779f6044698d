"""A script of faults with times, read from YAML: what strikes when, counted from the start of the exchange.

    - {at_s: 5, fault: silent_stream, stream: btcusdt@depth@100ms, ms: 3000}
    - {at_s: 10, every_s: 30, fault: unknown_but_placed, times: 2}

`fault` is a name of `catalogue.FAULTS`, which says what else a row may have; `every_s` repeats it. `times: 0` disarms.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.error import YAMLError

from connector.simulator.errors import BadInput
from connector.simulator.fault_injection.fault_terms import FaultError, Known, fault_of
from connector.simulator.fault_injection.faults import Armed

#: A row that repeats itself faster than this is a mistake.
LEAST_EVERY_S = 0.05
MOST_S = 1e9
_TIMES = ("at_s", "every_s")


class FaultScriptError(BadInput):
    """The script can't be run; the text names the file, the row and the rule."""


@dataclass(frozen=True, slots=True)
class ScriptedFault:
    """One row: a fault that is armed by time."""

    #: Seconds after the start.
    at_s: float
    fault: Armed
    #: Armed again and again, where given.
    every_s: float = 0.0


class FaultScript:
    """The rows in the order of their times."""

    def __init__(self, rows: Iterable[ScriptedFault]) -> None:
        self._waiting = [(row.at_s * 1000, number, row) for number, row in enumerate(rows)]
        heapq.heapify(self._waiting)

    def due(self, elapsed_ms: float) -> Iterator[ScriptedFault]:
        """The rows whose time has come since the last call, in order; a repeated row waits for its next time."""
        while self._waiting and self._waiting[0][0] <= elapsed_ms:
            due_ms, number, row = heapq.heappop(self._waiting)
            if row.every_s:
                heapq.heappush(self._waiting, (due_ms + row.every_s * 1000, number, row))
            yield row


def read_fault_script(path: Path, known: Known) -> tuple[ScriptedFault, ...]:
    """The rows of a file. Raises `FaultScriptError` for what is unreadable, unknown, not listed, or out of bounds."""
    try:
        rows = YAML(typ="rt").load(path)
    except OSError as error:
        raise FaultScriptError(f"{path}: {error.strerror}") from None
    except YAMLError as error:
        raise FaultScriptError(f"{path}: no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(rows, list) or not rows:
        raise FaultScriptError(f"{path}: a list of rows is needed, such as `- {{at_s: 5, fault: cut_sockets}}`")
    return tuple(_row(f"{path}, {_place(rows, number)}", row, known) for number, row in enumerate(rows))


def _place(rows: list[object], number: int) -> str:
    """Where a row stands: its line and its number."""
    line = rows.lc.data[number][0] + 1 if isinstance(rows, CommentedSeq) else number + 1
    return f"line {line}, row {number + 1}"


def _row(where: str, row: object, known: Known) -> ScriptedFault:
    if not isinstance(row, dict) or "at_s" not in row or "fault" not in row:
        raise FaultScriptError(f"{where}: at_s and fault are needed")
    if "name" in row:
        raise FaultScriptError(f"{where}: name is not for scripts; say fault")
    at_s, every_s = (_seconds(where, name, row.get(name, 0)) for name in _TIMES)
    if "every_s" in row and every_s < LEAST_EVERY_S:
        raise FaultScriptError(f"{where}: every_s: {every_s}: must be at least {LEAST_EVERY_S}; leave it out for once")
    others = {str(name): value for name, value in row.items() if name not in (*_TIMES, "fault")}
    try:
        return ScriptedFault(at_s, fault_of({"name": row["fault"], **others}, known, "fault"), every_s)
    except FaultError as flaw:
        raise FaultScriptError(f"{where}: {flaw}") from None


def _seconds(where: str, name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < MOST_S:
        raise FaultScriptError(f"{where}: {name}: {value}: must be a number from 0 to below 1e9")
    return float(value)
