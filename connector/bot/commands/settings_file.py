"""A strategy's settings as a file that explains itself: what a key takes, and how it is written."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, TypeAdapter, ValidationError

from connector.config.loader import load_settings
from connector.config.schema_table import SettingRow, schema_rows
from connector.core.faults import ConfigFault

#: What is not asked for: the command knows it, or it belongs to files of other hosts.
NOT_ASKED: Final = ("template_version", "strategy", "derivative", "domain")


def asked_keys(model: type[BaseModel]) -> tuple[SettingRow, ...]:
    """The keys that a person is asked for, those without a default first."""
    rows = [row for row in schema_rows(model) if row.key not in NOT_ASKED]
    return tuple(sorted(rows, key=lambda row: row.default is not None))


def refused(model: type[BaseModel], row: SettingRow, text: str) -> str:
    """Why a value can't be that of the key; empty where it can."""
    field = model.model_fields[row.key]
    if not text:
        return "" if row.default is not None else "has to be set"
    try:
        kind: Any = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
        TypeAdapter(kind).validate_python(text)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        context: dict[str, Any] = detail.get("ctx", {})
        return str(context["rule"]) if detail["type"] == "rule" else row.expectation
    return ""


def written(strategy: str, model: type[BaseModel], values: Mapping[str, str]) -> str:
    """The file's text: a comment of meaning, bound and default above each key that has a value, the others as
    comments."""
    lines = [f"# Settings of {strategy}, written by connector create. Every key: docs/settings.md, docs/strategies.md."]
    for row in schema_rows(model):
        told = " ".join(filter(None, (row.expectation.removeprefix("must be "), _default(row))))
        value = strategy if row.key == "strategy" else values.get(row.key, "")
        if row.key in ("template_version", "derivative"):
            continue
        text = f"{row.key}: {_scalar(value)}" if value else f"# {row.key}: {row.default or ''}".rstrip()
        lines += ["", f"# {row.meaning}: {told}.", text]
    return "\n".join(lines) + "\n"


def checked(text: str, model: type[BaseModel]) -> BaseModel:
    """The settings of a text, as a run would load them. Raises `ConfigFault`: all that is wrong with them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "settings.yml"
        path.write_text(text, encoding="utf-8")
        return load_settings(path, model)


def put(text: str, path: Path) -> None:
    """Writes the file whole, or not at all. Raises `ConfigFault`, also where one is there already."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.link(name, path)  # unlike a rename, it replaces nothing
        finally:
            Path(name).unlink(missing_ok=True)
    except FileExistsError as error:
        raise ConfigFault("FILE", path, "exists already", "name another file, or move it away first") from error
    except OSError as error:
        raise ConfigFault("FILE", path, f"cannot be written: {error.strerror or error}", "name another file") from error


def _default(row: SettingRow) -> str:
    return "" if row.default is None else f"(default {row.default or 'none'})"


def _scalar(text: str) -> str:
    """Text that YAML would read as something else is quoted; figures, words and lists stand as they are."""
    return f'"{text}"' if any(sign in text for sign in ("#", ": ", "'", "&", "*", "!", "%", "@")) else text
