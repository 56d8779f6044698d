"""A script of faults with times, read from YAML: what strikes when, counted from the start of the exchange.

    - {at_s: 5, fault: silent_stream, stream: btcusdt@depth@100ms, ms: 3000}
    - {at_s: 10, every_s: 30, fault: unknown_but_placed, times: 2}

`fault` is a name of `faults.FAULTS`; `times`, `ms`, `method`, `path`, `stream` and `symbol` mean what they mean there.
`every_s` repeats the row. `times: 0` disarms.
"""

import heapq
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from connector.simulator.errors import BadInput
from connector.simulator.fault_injection.faults import FAULTS

#: A row that repeats itself faster than this is a mistake.
LEAST_EVERY_S = 0.05
_NUMBERS = {"at_s", "every_s", "times", "ms"}


class FaultScriptError(BadInput):
    """The script can't be run; the text names the file, the row and the rule."""


@dataclass(frozen=True, slots=True)
class ScriptedFault:
    """One row: a fault that is armed by time."""

    #: Seconds after the start.
    at_s: float
    fault: str
    #: Armed again and again, where given.
    every_s: float = 0.0
    times: int = 1
    ms: int = 1000
    method: str = ""
    path: str = ""
    stream: str = ""
    symbol: str = ""


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


def read_fault_script(path: Path, symbols: Collection[str]) -> tuple[ScriptedFault, ...]:
    """The rows of a file. Raises `FaultScriptError` for what is unreadable, unknown, not listed, or out of bounds."""
    try:
        rows = YAML(typ="safe").load(path)
    except OSError as error:
        raise FaultScriptError(f"{path}: {error.strerror}") from None
    except YAMLError as error:
        raise FaultScriptError(f"{path}: no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(rows, list):
        raise FaultScriptError(f"{path}: a list of rows is needed, such as `- {{at_s: 5, fault: cut_sockets}}`")
    return tuple(_row(f"{path}, row {number}", row, symbols) for number, row in enumerate(rows, 1))


def _row(where: str, row: object, symbols: Collection[str]) -> ScriptedFault:
    known = {field.name: field for field in fields(ScriptedFault)}
    if not isinstance(row, dict):
        raise FaultScriptError(f"{where}: at_s and fault are needed")
    for name, value in row.items():
        if name not in known:
            raise FaultScriptError(f"{where}: unknown key {name}; known are {', '.join(known)}")
        _check(f"{where}: {name}: {value}", name, value)
    if "at_s" not in row or row.get("fault") not in FAULTS:
        raise FaultScriptError(
            f"{where}: at_s and a fault of --list-faults are needed; fault is {row.get('fault', 'missing')}"
        )
    if row.get("symbol") and row["symbol"] not in symbols:
        raise FaultScriptError(f"{where}: symbol: {row['symbol']}: is not listed; known are {', '.join(symbols)}")
    if 0 < row.get("every_s", 0) < LEAST_EVERY_S:
        raise FaultScriptError(f"{where}: every_s: {row['every_s']}: must be 0 or at least {LEAST_EVERY_S}")
    return ScriptedFault(**row)


def _check(where: str, name: str, value: object) -> None:
    """Numbers are numbers at or above 0, whole where they count; all else is text."""
    if name not in _NUMBERS:
        if not isinstance(value, str):
            raise FaultScriptError(f"{where}: must be text")
        return
    kinds: Callable[[object], bool] = (
        (lambda number: isinstance(number, int | float))
        if name.endswith("_s")
        else (lambda number: isinstance(number, int))
    )
    if isinstance(value, bool) or not kinds(value) or not 0 <= float(str(value)) < 1e9:
        raise FaultScriptError(
            f"{where}: must be a {'' if name.endswith('_s') else 'whole '}number from 0 to below 1e9"
        )
