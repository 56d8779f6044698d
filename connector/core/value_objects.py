"""Rows that are made in great numbers and never changed."""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from typing import ParamSpec, TypeVar, dataclass_transform

Row = TypeVar("Row")
Parameters = ParamSpec("Parameters")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value_object(row: type[Row]) -> type[Row]:
    """A data class with slots whose fields the type checker lets nobody set anew.

    `dataclass(frozen=True)` guards them at run time too, at two thirds of the cost of making a row of a dozen fields.
    """
    return dataclass(slots=True, unsafe_hash=True)(row)


def maker_of(kind: Callable[Parameters, Row]) -> Callable[Parameters, Row]:
    """Makes rows of a frozen data class with slots at the cost of one that is not; once made they are frozen."""
    rows = fields(kind)  # type: ignore[arg-type]
    defaults = {row.name: row.default for row in rows if row.default is not MISSING}

    def freeze(self: object) -> None:
        self.__class__ = kind  # type: ignore[assignment]

    body = {"__annotations__": {row.name: row.type for row in rows}, "__post_init__": freeze, **defaults}
    made: Callable[Parameters, Row] = dataclass(slots=True)(type("Loose", (), body))
    return made
