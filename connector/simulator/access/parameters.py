"""A request's parameters, read with the venue's complaints about what is missing or malformed."""

import json
import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from types import MappingProxyType
from urllib.parse import parse_qsl

from connector.simulator.errors import VenueError

_INTEGER = re.compile(r"[0-9]{1,20}")
_DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
_DECIMAL_RANGE = "^([0-9]{1,20})(\\.[0-9]{1,20})?$"
_DAY_MS = 86_400_000


def decoded(query: str, body: str) -> dict[str, str]:
    """The parameters of query string and form body; the query wins on duplicates."""
    found = dict(parse_qsl(body, keep_blank_values=True))
    found.update(parse_qsl(query, keep_blank_values=True))
    return found


def decoded_json(query: str, body: str) -> dict[str, str]:
    """The same where the body may be JSON instead: an object's fields, those that are lists or objects as text of JSON.

    A body that is a list is one field, `rows`. ValueError where it is JSON of another sort.
    """
    if not body.lstrip().startswith(("{", "[")):
        return decoded(query, body)
    told = json.loads(body)
    found = told if isinstance(told, dict) else {"rows": told}
    sent = {name: value if isinstance(value, str) else json.dumps(value) for name, value in found.items()}
    return sent | dict(parse_qsl(query, keep_blank_values=True))


def whole_number(text: str) -> int | None:
    """What `text` says, None where it is no whole number of at most 20 digits."""
    return int(text) if _INTEGER.fullmatch(text) else None


class Parameters:
    """Reads by name. Mandatory ones complain with -1102, empty ones with -1105, ill decimals with -1100, other ill
    ones with -1102 or -1130."""

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

    def integer(self, name: str) -> int:
        return self._whole(name, self.text(name))

    def optional_integer(self, name: str) -> int | None:
        text = self.optional(name)
        return None if text is None else self._whole(name, text)

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
        """How many rows are wanted, from one to the most that the venue gives; -1130 beyond."""
        text = self.optional("limit")
        if text is None:
            return default
        wanted = self._whole("limit", text.removeprefix("-"))
        if text.startswith("-") or not 1 <= wanted <= most:
            raise VenueError(-1130, "limit")
        return wanted

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
    def _whole(name: str, text: str) -> int:
        number = whole_number(text)
        if number is None:
            raise VenueError(-1102, name)
        return number
