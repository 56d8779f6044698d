"""From a settings file to a model of it, or to one clear line a problem.

Every failure is a `ConfigFault`: file and line, key, value, rule, remedy. The model is handed in; what it checks
is reported here in the words of its own table of keys.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from connector.config.document import Document, read_document
from connector.config.schema_table import schema_rows
from connector.core.faults import ConfigFault
from connector.venue.domains import DOMAINS

M = TypeVar("M", bound=BaseModel)

#: Keys of any settings file that name a domain.
DOMAIN_KEYS = ("domain", "derivative", "price_source_derivative")
_NO_OVERRIDES: Mapping[str, object] = MappingProxyType({})
_NOTHING_RETIRED: Mapping[str, frozenset[str]] = MappingProxyType({})
_LOG = logging.getLogger(__name__)


class SettingsFault(ConfigFault):
    """All that is wrong with one file: reads as a line a problem. Its own fields are those of the first."""

    def __init__(self, faults: tuple[ConfigFault, ...]) -> None:
        first = faults[0]
        super().__init__(first.key, first.value, first.rule, first.remedy, first.where)
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(ConfigFault.__str__(fault) for fault in self.faults)


def load_settings(
    path: Path,
    model: type[M],
    overrides: Mapping[str, object] = _NO_OVERRIDES,
    tell: Callable[[str], None] = _LOG.info,
) -> M:
    """The settings of a file, `overrides` in place of what it says. `tell` is handed the one line that names keys of an
    earlier version of the file that are switched off there, and so change nothing.

    Raises `ConfigFault`: for a file that cannot be read at once, for wrong settings all of them in one.
    """
    document = read_document(path)
    given = {**document.values, **overrides}
    passed = [key for key, words in _retired(model).items() if key in given and is_off(given[key], words)]
    if passed:
        tell(f"{path}: of an earlier version, off, and not used: {', '.join(passed)}")
    given = {key: value for key, value in given.items() if key not in passed}
    unknown = tuple(key for key in given if key not in model.model_fields)
    written = {key: value for key, value in given.items() if value is not None and key not in unknown}
    wording = _Wording(document, given, frozenset(overrides), model)
    faults = [wording.unknown(key) for key in unknown]
    faults += wording.wrong_domains(written)
    try:
        settings = model.model_validate(written)
    except ValidationError as error:
        faults += [wording.broken(detail) for detail in error.errors(include_url=False)]
        raise SettingsFault(tuple(faults)) from error
    if faults:
        raise SettingsFault(tuple(faults))
    return settings


def _retired(model: type[BaseModel]) -> Mapping[str, frozenset[str]]:
    """Keys that a model serves no more, each with the words that stand for it being off."""
    return getattr(model, "retired", _NOTHING_RETIRED)


def is_off(value: object, words: Collection[str]) -> bool:
    """Whether a key is switched off: empty, false, 0 in any spelling, or at one of these words or numbers."""
    if value is None:
        return True
    text = str(value).lower()
    if text == "false" or text in words:
        return True
    try:
        return Decimal(text) in (0, *(Decimal(word) for word in words if word.isdigit()))
    except InvalidOperation:
        return False


class _Wording:
    """Names what is wrong with a key in the words of its file and of its model."""

    def __init__(
        self,
        document: Document,
        given: Mapping[str, object],
        overridden: frozenset[str],
        model: type[BaseModel],
    ) -> None:
        self._document, self._given, self._overridden = document, given, overridden
        self._retired = _retired(model)
        self._rows = {row.key: row for row in schema_rows(model)}

    def unknown(self, key: str) -> ConfigFault:
        if key in self._retired:
            return self._fault(key, "is served no more", "remove it, or switch it off")
        near = get_close_matches(key, self._rows, n=1)
        return self._fault(key, "is not a setting", f"did you mean {near[0]}?" if near else "remove it")

    def wrong_domains(self, written: Mapping[str, object]) -> Iterator[ConfigFault]:
        for key in DOMAIN_KEYS:
            name = written.get(key)
            if isinstance(name, str) and name not in DOMAINS:
                yield self._fault(key, "no such domain", f"use one of {', '.join(DOMAINS)}")

    def broken(self, detail: ErrorDetails) -> ConfigFault:
        """One finding of the model. `rule` is a refusal in the strategy's own words; the rest is in the table."""
        context: dict[str, Any] = detail.get("ctx", {})
        key = context.get("key") or ".".join(str(part) for part in detail["loc"][:1])
        if detail["type"] == "rule":
            return self._fault(key, context["rule"], context["remedy"], context["value"])
        if detail["type"] == "missing":
            return self._fault(key, "has to be set", self._rows[key].meaning)
        return self._fault(key, self._rows[key].expectation)

    def _fault(self, key: str, rule: str, remedy: str = "", value: str = "") -> ConfigFault:
        where = "command line" if key in self._overridden else self._document.where(key)
        return ConfigFault(key, value or self._shown(key), rule, remedy, where)

    def _shown(self, key: str) -> str:
        """The value as one line of text, whatever stands in the file; the default where nothing does."""
        value = self._given.get(key)
        if value is None:
            row = self._rows.get(key)
            return (row.default if row else None) or "(missing)"
        return str(value) if str(value).isprintable() else repr(value)
