"""What a settings model says of its keys, as rows: for tables in documents and for the words of a refusal."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

_KINDS: dict[object, str] = {Decimal: "a number", int: "a whole number", bool: "true or false"}
_SIGNS = ((Gt, "gt", ">"), (Ge, "ge", "≥"), (Lt, "lt", "<"), (Le, "le", "≤"))


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One key."""

    key: str
    #: Empty where the bound is in words, which name the kind, too.
    kind: str
    #: Empty where there is none.
    unit: str
    bound: str
    #: Text as it would stand in a file; None for a key that has to be written.
    default: str | None
    meaning: str

    @property
    def expectation(self) -> str:
        """The bound as a rule: `must be a number > 0 and < 100 (%)`."""
        unit = f" ({self.unit})" if self.unit else ""
        return f"must be {' '.join(filter(None, (self.kind, self.bound))) or 'text'}{unit}"


def schema_rows(model: type[BaseModel]) -> tuple[SettingRow, ...]:
    """A row for each key of a model, in the model's order."""
    return tuple(_row(key, field) for key, field in model.model_fields.items())


def _row(key: str, field: FieldInfo) -> SettingRow:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    in_words = str(extra.get("bound", ""))
    return SettingRow(
        key=key,
        kind="" if in_words else _KINDS.get(field.annotation, ""),
        unit=str(extra.get("unit", "")),
        bound=in_words or " and ".join(_bounds(field)),
        default=None if field.is_required() else str(extra.get("default") or _as_written(field.default)),
        meaning=field.description or "",
    )


def _bounds(field: FieldInfo) -> Iterator[str]:
    for fact in field.metadata:
        for kind, attribute, sign in _SIGNS:
            if isinstance(fact, kind):
                yield f"{sign} {getattr(fact, attribute)}"


def _as_written(default: object) -> str:
    if default is None or default == ():
        return ""
    return str(default).lower() if isinstance(default, bool) else str(default)
