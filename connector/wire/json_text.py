"""JSON text to Python values, and the few conversions that the venue's text needs. JSON ends in this room."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import ujson

from connector.core.faults import UnreadableFault

T = TypeVar("T")
Row = Mapping[str, Any]


def parsed(body: bytes, what: str) -> Any:
    """The value that `body` spells; raises `UnreadableFault` naming `what`."""
    try:
        return ujson.loads(body)
    except ValueError as error:
        raise UnreadableFault(what, str(error)) from error


def read(body: bytes, what: str, meaning: Callable[[Any], T]) -> T:
    """`meaning` of the parsed body; a missing field or a wrong type raises `UnreadableFault`."""
    value = parsed(body, what)
    try:
        return meaning(value)
    except (LookupError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise UnreadableFault(what, f"{type(error).__name__} {error}") from error


def amount(row: Row, field: str) -> Decimal:
    """A mandatory amount. The venue sends amounts as text: a float has already lost digits."""
    return Decimal(str(row[field]))


def amount_or_none(row: Row, field: str) -> Decimal | None:
    text = row.get(field)
    return None if text is None or text == "" else Decimal(str(text))


def flag(value: object) -> bool:
    """The venue writes flags as true, "true" and "TRUE"."""
    return str(value).lower() == "true"
