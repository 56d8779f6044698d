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
from typing import Any, Final, get_type_hints

from connector.core import journal
from connector.core.faults import failure_text
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


def _read_flag(text: str) -> bool:
    return {"1": True, "0": False}[text]


def _as_read(read: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: read(text) if text else None


class _How(Enum):
    """How a field is written."""

    #: By `str`. `E` for an exponent of a Decimal is text, too: what is read back is the same Decimal.
    TEXT = 0
    FLAG = 1
    #: By its name.
    WORD = 2


def _codec(kind: Any) -> tuple[_How, bool, Callable[[str], Any]]:
    """How a field of that type is written, whether it may be none, which is no text, and how it is read."""
    if kind in (str, int, Decimal):
        return _How.TEXT, False, kind
    if kind is bool:
        return _How.FLAG, False, _read_flag
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _How.WORD, False, lambda text: kind[text]
    (inner,) = (part for part in kind.__args__ if part is not type(None))
    how, _, read = _codec(inner)
    return how, True, _as_read(read)


def _spelling(name: str, how: _How, may_lack: bool) -> str:
    """The part of an f-string that writes a field of the record `r`."""
    written = {_How.TEXT: f"r.{name}", _How.FLAG: f"'1' if r.{name} else '0'", _How.WORD: f"r.{name}._name_"}[how]
    return f"('' if r.{name} is None else {written})!s" if may_lack else f"({written})!s"


class _Form:
    """How one kind of record is written and read."""

    __slots__ = ("_least", "_make", "_readers", "_texts", "separators", "spelt")

    def __init__(self, letter: str, kind: type[Any]) -> None:
        hints = get_type_hints(kind)
        rows = fields(kind)
        codecs = [_codec(hints[row.name]) for row in rows]
        self.separators, self._make = len(rows), kind
        parts = [_spelling(row.name, how, may_lack) for row, (how, may_lack, _) in zip(rows, codecs, strict=True)]
        # One expression: nothing is called for a field, and four records are written of each trade.
        whole, each = "".join(f"\\t{{{part}}}" for part in parts), "".join(f'f"{{{part}}}",' for part in parts)
        self.spelt: Callable[[Any], str] = eval(f'lambda r: f"{letter}{whole}"')
        self._texts: Callable[[Any], tuple[str, ...]] = eval(f"lambda r: ({each})")
        self._readers = [read for _, _, read in codecs]
        self._least = sum(row.default is MISSING for row in rows)

    def payload(self, record: Record) -> str:
        text = self.spelt(record)
        # A separator within a text is rare, and is seen faster in the whole than in each.
        if text.count("\t") != self.separators or "\n" in text or "\r" in text:
            return "\t".join((text[0], *[part.translate(_SEPARATORS) for part in self._texts(record)]))
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
    lines = []
    for record in records:
        # As `line_of`, without its calls.
        form = _FORM_OF[type(record)]
        text = form.spelt(record)
        if text.count("\t") != form.separators or "\n" in text or "\r" in text:
            text = form.payload(record)
        payload = text.encode()
        lines.append(b"%06x %08x %b\n" % (len(payload), zlib.crc32(payload), payload))
    return b"".join(lines)


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
        raise BadLine(f"its fields can't be read: {failure_text(error)}") from error
