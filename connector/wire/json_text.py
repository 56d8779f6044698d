"""JSON text to Python values, and the few conversions that the venue's text needs. JSON ends in this room."""

import logging
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

import ujson

from connector.core import figures
from connector.core.amounts import ZERO
from connector.core.faults import UnreadableFault, failure_text
from connector.core.figures import KNOWN, MOST_ID, FigureError

_LOG = logging.getLogger(__name__)

#: The symbols whose rows were left out and told, each with the kind of its error; no more than so many.
_TOLD: Final[set[tuple[str, str]]] = set()
_MOST_TOLD: Final = 100

T = TypeVar("T")
Row = Mapping[str, Any]
#: What a reader raises on values that are not as promised; none of them may be a defect of ours.
NOT_AS_PROMISED = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)


def parsed(body: bytes, what: str) -> Any:
    """The value that `body` spells; raises `UnreadableFault` naming `what`."""
    try:
        return ujson.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableFault(what, str(error)) from error


def read(body: bytes, what: str, meaning: Callable[[Any], T]) -> T:
    """`meaning` of the parsed body; a missing field or a wrong type raises `UnreadableFault`."""
    try:
        value = ujson.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableFault(what, str(error)) from error
    try:
        return meaning(value)
    except NOT_AS_PROMISED as error:
        raise UnreadableFault(what, failure_text(error)) from error


def rows_of(value: object) -> Sequence[Row]:
    """A list of objects; anything else is a wrong type."""
    if type(value) is not list or not all(type(row) is dict for row in value):
        raise FigureError("is no list of objects")
    return value


def sound_rows(value: object, meaning: Callable[[Row], T]) -> tuple[T, ...]:
    """What the rows of a list of all symbols mean, without those that are not as promised: one of hundreds, mostly of
    a symbol that nobody asks for, takes no other along. Where none is sound the list is unreadable."""
    if type(value) is not list:
        raise FigureError("is no list")
    sound: list[T] = []
    for row in value:
        try:
            sound.append(meaning(row))
        except NOT_AS_PROMISED as error:
            _tell_once(row, error)
    if value and not sound:
        raise FigureError("no row is as promised")
    return tuple(sound)


def _tell_once(row: object, error: Exception) -> None:
    """These lists are read every few seconds, with the same odd row in them."""
    symbol = row.get("symbol") if isinstance(row, dict) else None
    told = figures.cut(str(symbol or "no symbol")), figures.cut(failure_text(error))
    if told not in _TOLD and len(_TOLD) < _MOST_TOLD:
        _TOLD.add(told)
        _LOG.warning("a row of a list of all symbols is left out: %s: %s", *told)


def amount(row: Row, field: str) -> Decimal:
    """A mandatory amount, finite. The venue sends amounts as text: a float has already lost digits."""
    value = row[field]
    known = KNOWN.get(value) if type(value) is str else None
    return figures.exact(value, field) if known is None else known


def amount_or_none(row: Row, field: str) -> Decimal | None:
    text = row.get(field)
    known = KNOWN.get(text) if type(text) is str else None
    return known if known is not None or text is None or text == "" else figures.exact(text, field)


def unsigned(row: Row, field: str) -> Decimal:
    """A mandatory amount that is not below 0."""
    value = row[field]
    number = KNOWN.get(value) if type(value) is str else None
    if number is None:
        number = figures.exact(value, field)
    return number if number >= ZERO else _not_negative(number, field)


def unsigned_or_none(row: Row, field: str) -> Decimal | None:
    """An amount that is not below 0, where it is there."""
    value = row.get(field)
    number = KNOWN.get(value) if type(value) is str else None
    if number is None:
        number = amount_or_none(row, field)
    return number if number is None or number >= ZERO else _not_negative(number, field)


def positive(row: Row, field: str) -> Decimal:
    """A mandatory amount above 0."""
    number = amount(row, field)
    if number > ZERO:
        return number
    raise FigureError(f"{field}: {number} is not above 0")


def whole(row: Row, field: str, least: int = 0, most: int = MOST_ID) -> int:
    """A mandatory whole number within its bounds."""
    return figures.whole(row[field], field, least, most)


def time_ms(row: Row, field: str) -> int:
    """A mandatory time, in ms."""
    return figures.time_ms(row[field], field)


def word(row: Row, field: str, most: int = figures.MOST_LETTERS) -> str:
    """A mandatory text."""
    return figures.word(row[field], field, most)


def word_or_none(row: Row, field: str) -> str:
    """A text, empty where there is none."""
    value = row.get(field)
    return "" if value is None else figures.word(value, field)


def id_text(row: Row, field: str) -> str:
    """A mandatory id of the venue's, which is a whole number, as text."""
    return str(figures.whole(row[field], field))


def flag(value: object) -> bool:
    """The venue writes flags as true, "true" and "TRUE"."""
    if type(value) is str:
        value = {"true": True, "false": False}.get(value.lower()[:6])
    if value is True or value is False or (type(value) is int and value in (0, 1)):
        return bool(value)
    raise FigureError(f"a {type(value).__name__} is no flag")


def _not_negative(number: Decimal, field: str) -> Decimal:
    if number < 0:
        raise FigureError(f"{field}: {number} is below 0")
    return number
