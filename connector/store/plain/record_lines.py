"""Records as lines of text, each with its length and checksum, so that what a crash tore is told from what it wrote.

    00004b 9a3f10c2 F<TAB>desk1-…<TAB>BTCUSDT<TAB>…<NL>
    length crc-32   the payload: a letter for the kind, then its fields

Numbers and names stand as text. Fields that were added later are missing in older lines: they take their defaults.
Letters are kept for ever: a log outlives the program that wrote it.
"""

import zlib
from collections.abc import Callable, Iterable
from dataclasses import MISSING, fields
from decimal import Decimal
from enum import Enum
from operator import attrgetter
from typing import Any, Final, get_type_hints

from connector.core import journal
from connector.core.journal import Record

KINDS: Final[dict[str, type[Any]]] = {
    "B": journal.LifeBegan,
    "E": journal.LifeEnded,
    "N": journal.IdsGiven,
    "I": journal.OrderIntended,
    "C": journal.OrderChanged,
    "F": journal.OrderFilled,
    "P": journal.FundingPaid,
    "W": journal.WalletChanged,
    "R": journal.TradesRead,
    "Y": journal.FundingRead,
    "H": journal.AccountHeard,
    "Z": journal.Restated,
    "T": journal.Telling,
    "t": journal.Told,
}
#: `00004b 9a3f10c2 `
HEAD_LENGTH: Final = 16
#: No record of ours comes near it: a length above it is damage.
MOST_BYTES: Final = 1 << 20
_SEPARATORS: Final = str.maketrans("\t\n\r", "   ")


class BadLine(ValueError):
    """A line that is not what was written."""


def _name(value: Enum) -> str:
    return value._name_  # `name` is looked up by a call


def _flag(value: bool) -> str:
    return "1" if value else "0"


def _read_flag(text: str) -> bool:
    return {"1": True, "0": False}[text]


def _as_written(write: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: "" if value is None else write(value)


def _as_read(read: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: read(text) if text else None


def _codec(kind: Any) -> tuple[Callable[[Any], str] | None, Callable[[str], Any]]:
    """How a field of that type is written, None where it is by `str`, and read."""
    if kind is str:
        return None, str
    if kind is int:
        return None, int
    if kind is bool:
        return _flag, _read_flag
    if kind is Decimal:
        # `E` for an exponent is text, too: what is read back is the same Decimal.
        return None, Decimal
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _name, lambda text: kind[text]
    (inner,) = (part for part in kind.__args__ if part is not type(None))
    write, read = _codec(inner)
    return _as_written(write or str), _as_read(read)


class _Form:
    """How one kind of record is written and read."""

    __slots__ = ("_least", "_make", "_pattern", "_readers", "_separators", "_values", "_writers")

    def __init__(self, letter: str, kind: type[Any]) -> None:
        hints = get_type_hints(kind)
        rows = fields(kind)
        codecs = [_codec(hints[row.name]) for row in rows]
        getter = attrgetter(*(row.name for row in rows))
        self._pattern, self._separators = letter + "\t%s" * len(rows), len(rows)
        self._make = kind
        self._values: Callable[[Any], tuple[Any, ...]] = getter if len(rows) > 1 else lambda record: (getter(record),)
        #: Of the fields that `str` does not write, by their place.
        self._writers = [(place, write) for place, (write, _) in enumerate(codecs) if write is not None]
        self._readers = [read for _, read in codecs]
        self._least = sum(row.default is MISSING for row in rows)

    def payload(self, record: Record) -> str:
        values = list(self._values(record))
        for place, write in self._writers:
            values[place] = write(values[place])
        text = self._pattern % tuple(values)
        # A separator within a text is rare, and is seen faster in the whole than in each.
        if text.count("\t") != self._separators or "\n" in text or "\r" in text:
            return self._pattern % tuple([str(value).translate(_SEPARATORS) for value in values])
        return text

    def record(self, texts: list[str]) -> Record:
        if not self._least <= len(texts) <= len(self._readers):
            raise BadLine(f"{len(texts)} fields, and not {len(self._readers)}")
        made: Record = self._make(*[read(text) for read, text in zip(self._readers, texts, strict=False)])
        return made


_FORMS: Final = {letter: _Form(letter, kind) for letter, kind in KINDS.items()}
_FORM_OF: Final = {kind: _FORMS[letter] for letter, kind in KINDS.items()}


def line_of(record: Record) -> bytes:
    """The record as its line."""
    payload = _FORM_OF[type(record)].payload(record).encode()
    return b"%06x %08x %b\n" % (len(payload), zlib.crc32(payload), payload)


def lines_of(records: Iterable[Record]) -> bytes:
    """The records as their lines, in order."""
    return b"".join(map(line_of, records))


def record_at(data: bytes, start: int) -> tuple[Record, int]:
    """The record whose line begins at `start`, and where the next line begins. Raises `BadLine`."""
    end = start + HEAD_LENGTH
    if len(data) < end:
        raise BadLine("it ends within its head")
    try:
        length, checksum = int(data[start : start + 6], 16), int(data[start + 7 : start + 15], 16)
    except ValueError as error:
        raise BadLine("its head is no head") from error
    payload = data[end : end + length]
    if length > MOST_BYTES or data[end + length : end + length + 1] != b"\n":
        raise BadLine("it ends elsewhere than its head says")
    if zlib.crc32(payload) != checksum:
        raise BadLine("its checksum differs")
    letter, *texts = payload.decode().split("\t")
    try:
        return _FORMS[letter].record(texts), end + length + 1
    except (KeyError, ArithmeticError, ValueError) as error:
        raise BadLine(f"its fields can't be read: {error}") from error
