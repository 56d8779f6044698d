"""A request's parameters, read with the venue's complaints about what is missing, malformed or out of range.

The rule, for every parameter of every path ("Error codes", 2026-05):

    missing or empty where it must be sent    -1102
    empty where it may be left out            -1105
    sent twice                                -1101
    no whole number where one belongs         -1102, met on klines (2024-07), in other words on `/sapi` (2023-04)
    a whole number out of its range           -1130, measured for limits (2026-09-15), else inferred
    no decimal where one belongs              -1100

A parameter whose range has a code of its own (leverage, goodTillDate, timestamp) is judged by who knows that code.
"""

import json
import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import parse_qsl

from connector.simulator.errors import VenueError

_INTEGER = re.compile(r"-?[0-9]{1,20}")
#: The venue counts in 64 bits.
_MOST_INTEGER = 2**63 - 1
_DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
_DECIMAL_RANGE = "^([0-9]{1,20})(\\.[0-9]{1,20})?$"
_DAY_MS = 86_400_000


class Decoded(NamedTuple):
    """What was sent, and whether a name stood twice in the query, or twice in the body."""

    sent: dict[str, str]
    is_repeated: bool


def decoded(query: str, body: str) -> Decoded:
    """The parameters of query string and form body; of one that stands in both, the query's holds."""
    asked = parse_qsl(query, keep_blank_values=True)
    posted = parse_qsl(body, keep_blank_values=True) if body else []
    in_query, in_body = dict(asked), dict(posted)
    is_repeated = len(in_query) < len(asked) or len(in_body) < len(posted)
    return Decoded(in_body | in_query if posted else in_query, is_repeated)


def decoded_json(query: str, body: str) -> dict[str, str]:
    """The same where the body may be JSON instead: an object's fields, those that are lists or objects as text of JSON.

    A body that is a list is one field, `rows`. ValueError where it is JSON of another sort, -1101 as
    for `decoded`.
    """
    is_json = body.lstrip().startswith(("{", "["))
    asked, is_repeated = decoded(query, "" if is_json else body)
    if is_repeated:
        raise VenueError(-1101)
    if not is_json:
        return asked
    told = json.loads(body)
    found = told if isinstance(told, dict) else {"rows": told}
    sent = {name: value if isinstance(value, str) else json.dumps(value) for name, value in found.items()}
    return sent | asked


def whole_number(text: str) -> int | None:
    """What `text` says, None where it is no whole number of 64 bits."""
    if not _INTEGER.fullmatch(text):
        return None
    number = int(text)
    return number if -_MOST_INTEGER <= number <= _MOST_INTEGER else None


class Parameters:
    """Reads by name, and refuses by the rule at the head of this file."""

    def __init__(self, sent: dict[str, str]) -> None:
        self._sent = sent

    def has(self, name: str) -> bool:
        return name in self._sent

    def sent(self) -> Mapping[str, str]:
        """All of them by name, as they were sent."""
        return MappingProxyType(self._sent)

    def refuse(self, *names: str) -> None:
        """-1106 for each of `names` that was sent."""
        for name in names:
            if name in self._sent:
                raise VenueError(-1106, name)

    def optional(self, name: str) -> str | None:
        """The text sent, None where nothing was sent; -1105 where it is empty."""
        text = self._sent.get(name)
        if text == "":
            raise VenueError(-1105, name)
        return text

    def text(self, name: str) -> str:
        found = self._sent.get(name)
        if not found:
            raise VenueError(-1102, name)
        return found

    def integer(self, name: str, least: int | None = 0, most: int = _MOST_INTEGER) -> int:
        """A whole number of that range; without a `least` any, for who has a code of its own for it."""
        return self._whole(name, self.text(name), least, most)

    def optional_integer(self, name: str, least: int | None = 0, most: int = _MOST_INTEGER) -> int | None:
        text = self.optional(name)
        return None if text is None else self._whole(name, text, least, most)

    def decimal(self, name: str) -> Decimal:
        text = self.text(name)
        if not _DECIMAL.fullmatch(text):
            raise VenueError(-1100, name, _DECIMAL_RANGE)
        return Decimal(text)

    def optional_decimal(self, name: str) -> Decimal | None:
        return None if self.optional(name) is None else self.decimal(name)

    def renamed(self, names: dict[str, str]) -> "Parameters":
        """The same parameters, some of them under other names."""
        return Parameters({names.get(name, name): text for name, text in self._sent.items()})

    def flag(self, name: str, default: bool | None = None) -> bool:
        """ "true" or "false" in any case; mandatory without a default."""
        text = self.text(name) if default is None else self._sent.get(name)
        if text is None:
            return bool(default)
        if text.lower() not in ("true", "false"):
            raise VenueError(-1130, name)
        return text.lower() == "true"

    def choice(self, name: str, allowed: Collection[str], code: int, default: str | None = None) -> str:
        """One of `allowed`, else the refusal `code`; mandatory without a default."""
        text = self.text(name) if default is None else (self.optional(name) or default)
        if text not in allowed:
            raise VenueError(code)
        return text

    def limit(self, default: int, most: int) -> int:
        """How many rows are wanted, from one to the most that the venue gives."""
        return self.optional_integer("limit", 1, most) or default

    def window(self, most_days: int) -> tuple[int | None, int | None]:
        """startTime and endTime in ms; -1023 when turned round, -4165 when too far apart."""
        start, end = self.optional_integer("startTime"), self.optional_integer("endTime")
        if start is not None and end is not None:
            if start > end:
                raise VenueError(-1023)
            if end - start > most_days * _DAY_MS:
                raise VenueError(-4165)
        return start, end

    @staticmethod
    def _whole(name: str, text: str, least: int | None, most: int) -> int:
        number = whole_number(text)
        if number is None:
            raise VenueError(-1102, name)
        if number > most or (least is not None and number < least):
            raise VenueError(-1130, name)
        return number
