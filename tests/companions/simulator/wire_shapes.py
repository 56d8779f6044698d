"""Shapes of events and answers: keys in their order, JSON types, and how numbers are spelled.

A fixture names a shape for each situation, in the wire's own form. What stands in `<...>` is a pattern, all else is
the very value:

    <price> <qty> <value>   two, three and five decimals: those of BTCUSDT
    <e8> <short> <decimal>  eight decimals; no zero at the end; any number in a text
    <percent>               three decimals
    <levels> <texts>        rows of [<price>, <qty>], none or more; texts, none or more
    <id> <int> <ms> <tran>  integers: positive, any, of 13 digits, of 18 or 19 digits
    <number> <bool> <null>  a JSON number, true or false, null
    <text>                  a text with something in it
    <A|B>                   one of these texts; "<e8|0>": a pattern or a text

A list of one shape stands for one or more such rows, any other list for rows in that order.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FOLDER = Path(__file__).parents[2] / "simulator" / "payloads" / "wire_shapes"
_TEXTS = {
    "price": r"-?\d+\.\d{2}",
    "qty": r"-?\d+\.\d{3}",
    "value": r"\d+\.\d{5}",
    "percent": r"-?\d+\.\d{3}",
    "e8": r"-?\d+\.\d{8}",
    "short": r"-?(0|[1-9]\d*)(\.\d*[1-9])?",
    "decimal": r"-?\d+(\.\d+)?",
    "text": r".+",
}
_ROWS: dict[str, Any] = {"levels": ["<price>", "<qty>"], "texts": "<text>"}
_INTEGERS = {"id": r"[1-9]\d*", "int": r"-?\d+", "ms": r"\d{13}", "tran": r"\d{18,19}"}


@cache
def shapes(fixture: str) -> dict[str, Any]:
    """The shapes of a fixture by situation."""
    found: dict[str, Any] = YAML(typ="safe").load(FOLDER / f"{fixture}.yaml")
    return found


def differences(value: Any, shape: Any, at: str = "") -> list[str]:
    """Where `value` is not of the shape: keys, their order, types and spelling."""
    if isinstance(shape, dict):
        return _of_object(value, shape, at)
    if isinstance(shape, list):
        return _of_rows(value, shape, at)
    if isinstance(shape, str) and shape.startswith("<"):
        fits = any(_fits(value, choice) for choice in shape.strip("<>").split("|"))
    else:
        fits = type(value) is type(shape) and value == shape
    return [] if fits else [f"{at}: {value!r} is not {shape!r}"]


def _of_object(value: Any, shape: dict[str, Any], at: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{at}: {value!r} is no object"]
    if list(value) != list(shape):
        return [f"{at}: {' '.join(value)} is not {' '.join(shape)}"]
    return [line for name, inner in shape.items() for line in differences(value[name], inner, f"{at}.{name}")]


def _of_rows(value: Any, shape: list[Any], at: str) -> list[str]:
    if not isinstance(value, list):
        return [f"{at}: {value!r} is no list"]
    rows = shape * len(value) if len(shape) == 1 and value else shape
    if len(rows) != len(value):
        return [f"{at}: {len(value)} rows are not {len(rows)}"]
    pairs = enumerate(zip(value, rows, strict=True))
    return [line for number, (row, inner) in pairs for line in differences(row, inner, f"{at}[{number}]")]


def _fits(value: Any, pattern: str) -> bool:
    if pattern in _ROWS:
        return isinstance(value, list) and differences(value, [_ROWS[pattern]] if value else []) == []
    if isinstance(value, bool) or value is None:
        return pattern == ("null" if value is None else "bool")
    if isinstance(value, str):
        return bool(re.fullmatch(_TEXTS.get(pattern, re.escape(pattern)), value))
    if isinstance(value, int) and pattern in _INTEGERS:
        return bool(re.fullmatch(_INTEGERS[pattern], str(value)))
    return isinstance(value, int | float) and pattern == "number"


def mismatches(found: list[tuple[str, Any]], fixture: str) -> list[str]:
    """What of values, each with the name of its situation, differs from the fixture."""
    return [line for name, value in found for line in differences(value, shapes(fixture)[name], name)]
