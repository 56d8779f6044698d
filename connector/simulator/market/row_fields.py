"""The fields of a row of exchangeInfo, read strictly: what is no such field says so by its name and value."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from connector.simulator.fixed_point import decimals_of
from connector.simulator.market.told_figures import MOST, figure_of

#: Of what an amount has at most, and a precision.
MOST_DECIMALS = 8
Row = Mapping[str, Any]


class Unusable(ValueError):
    """A row that can't be listed; the text says why, `kind` by which field."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


def text_in(row: Row, name: str) -> str:
    """A text that says something and can be written."""
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise Unusable(name, f"it has no {name}")
    return _printable(name, value)


def words_in(row: Row, name: str) -> tuple[str, ...]:
    """A list of texts; none where the row has none."""
    value = row.get(name) or []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Unusable(name, f"{name} is {shown(value)} and should be a list of words")
    return tuple(_printable(name, one) for one in value)


def choice_in(name: str, value: object, known: Collection[str]) -> str:
    """One of the words that there are."""
    if value not in known:
        raise Unusable(name, f"{name} is {shown(value)} and should be one of {', '.join(known)}")
    return str(value)


def whole_in(row: Row, name: str, default: int) -> int:
    """A whole number from 0 on. `default` stands for one that is not there."""
    value = row.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < MOST:
        raise Unusable(name, f"{name} is {shown(value)} and should be a whole number from 0 to {MOST:.0e}")
    return value


def amount_in(row: Row, name: str, default: Decimal | None = None) -> Decimal:
    """A figure above 0. `default` stands for one that is not there."""
    value = row.get(name)
    if value is None and default is not None:
        return default
    amount = figure_of(value)
    if amount is None or amount <= 0:
        raise Unusable(name, f"{name} is {shown(value)} and should be a number above 0 and below {MOST:.0e}")
    if decimals_of(amount) > MOST_DECIMALS:
        raise Unusable(name, f"{name} is {shown(value)}, finer than the {MOST_DECIMALS} decimals that amounts have")
    return amount


def share_in(row: Row, name: str, default: Decimal, *, may_be_none: bool = False) -> Decimal:
    """A figure above 0, or of 0 where there `may_be_none`, and below 1."""
    if may_be_none and figure_of(row.get(name)) == 0:
        return Decimal(0)
    share = amount_in(row, name, default)
    if share >= 1:
        raise Unusable(name, f"{name} is {share} and should be below 1")
    return share


def precision_in(row: Row, name: str, grid: Decimal) -> int:
    """At least the decimals of the grid, whatever the row says."""
    least = decimals_of(grid)
    given = whole_in(row, name, least)
    if given > MOST_DECIMALS:
        raise Unusable(name, f"{name} is {given}, more than {MOST_DECIMALS}")
    return max(least, given)


def shown(value: object) -> str:
    """A value for a line: never longer than it helps."""
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _printable(name: str, value: str) -> str:
    if not value.isprintable():
        raise Unusable(name, f"{name} is {shown(value)}, which cannot be written")
    return value
