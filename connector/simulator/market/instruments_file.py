"""Contracts from a file: the answer of exchangeInfo, as the venue gives it.

Each row is read by `instrument_rows`. What can't be listed is left out, and `left_out` says which and why; the others
are listed as if it were not there.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from connector.simulator.errors import BadInput
from connector.simulator.market.instrument_rows import instrument_of
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.row_fields import Unusable

#: Kinds of faults that one line names.
MOST_KINDS = 5


@dataclass(frozen=True, slots=True)
class InstrumentList:
    """What a file lists, in its order, and a line for each row that was left out."""

    instruments: tuple[Instrument, ...]
    left_out: tuple[str, ...]


def read_instruments(path: Path) -> InstrumentList:
    """The contracts of an exchangeInfo file. Raises `BadInput` where there is none to list."""
    rows = _rows(path)
    found: dict[str, Instrument] = {}
    flaws: list[tuple[str, Unusable]] = []
    for number, row in enumerate(rows, 1):
        name = row.get("symbol") if isinstance(row, dict) else None
        try:
            instrument = instrument_of(row, found)
            found[instrument.symbol] = instrument
        except Unusable as flaw:
            flaws.append((_called(name, number), flaw))
    if not found:
        why = f"of its {len(rows)} rows {_summed_up(flaws)}" if rows else "`symbols` is empty"
        raise BadInput(f"{path} lists nothing that can be traded here: {why}")
    return InstrumentList(
        tuple(found.values()), tuple(f"{path}: {called} is left out: {flaw}" for called, flaw in flaws)
    )


def _rows(path: Path) -> list[object]:
    if path.is_dir():
        raise BadInput(f"{path} is a folder; name a file with an answer of exchangeInfo")
    try:
        answer = json.loads(path.read_bytes())
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as flaw:
        raise BadInput(f"{path} is no JSON: {flaw}") from flaw
    rows = answer.get("symbols") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise BadInput(f"{path} is no answer of exchangeInfo: it has no list `symbols`")
    return rows


def _summed_up(flaws: Iterable[tuple[str, Unusable]]) -> str:
    """How many rows failed by what, and the first of each kind: `118 by tickSize (first ABCUSDT: …)`."""
    kinds: dict[str, list[tuple[str, Unusable]]] = {}
    for called, flaw in flaws:
        kinds.setdefault(flaw.kind, []).append((called, flaw))
    most = sorted(kinds.items(), key=lambda kind: -len(kind[1]))
    told = [f"{len(rows)} by {kind} (first {rows[0][0]}: {rows[0][1]})" for kind, rows in most[:MOST_KINDS]]
    rest = sum(len(rows) for _, rows in most[MOST_KINDS:])
    return ", ".join([*told, f"{rest} by something else"] if rest else told)


def _called(name: object, number: int) -> str:
    """How a row is named to whoever wrote it."""
    return name if isinstance(name, str) and name and name.isprintable() else f"row {number}"
