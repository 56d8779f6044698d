"""What a venue that breaks or lies may write in place of a field: any answer and event, one lie at a time.

JSON can spell what Python's writer will not (`1e400`, lone surrogates, 100,000 brackets), so a lie is a piece of text
that is set in where the field's value stood.
"""

import json
import random
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]
_MARK = "@lie@"
MISSING = ""

#: By the kind of lie; an empty text leaves the field out.
LIES: dict[str, tuple[str, ...]] = {
    "missing": (MISSING,),
    "null": ("null",),
    "other type": ("[]", "{}", "true", '"x"', '""', "1.5", "[[1]]", '{"a":1}'),
    "negative": ("-1", '"-1"', '"-0.00000001"', "-9223372036854775808"),
    "nothing": ("0", '"0"', '"0.00000000"', "1", '"1"'),
    "huge": (
        "9223372036854775807", "1000000000000000000", '"1e400"', "1e400", '"99999999999999999999"', "1e18",
        '"123456789012345678901234567890.5"', '"1e-400"', "9" * 5000, f'"{"9" * 5000}"',
    ),
    "not a number": ("NaN", "Infinity", "-Infinity", '"NaN"', '"Infinity"', '"sNaN"', '"²"', '"1_000"'),
    "ahead in time": ("4102444800000", "9999999999999", '"4102444800000"', "9999999999999999"),
    "another's": ('"ETHUSDT"', '"someone-else"', '"SHORT"', '"FILLED"', '"CANCELED"', '"SELL"', "12345"),
    "surrogate": ('"\\ud800"', '"a\\udfff"'),
    "deep": ("[" * 900 + "]" * 900, "[" * 3000 + "]" * 3000, '{"a":' * 100_000 + "1" + "}" * 100_000),
    "long": (f'"{"x" * 20_000}"', f'"{"Ж" * 5000}"', "[" + ",".join("1" * 5000) + "]"),
}  # fmt: skip


def fields(tree: Any, most_rows: int = 3) -> Iterator[Path]:
    """The place of every field, also those of the first rows of lists; the whole is a field, too."""
    yield ()
    yield from _within(tree, (), most_rows)


def _within(tree: Any, place: Path, most_rows: int) -> Iterator[Path]:
    entries = tree.items() if isinstance(tree, dict) else enumerate(tree[:most_rows]) if isinstance(tree, list) else ()
    for name, value in entries:
        yield (*place, name)
        yield from _within(value, (*place, name), most_rows)


def told_with(tree: Any, place: Path, lie: str) -> bytes:
    """The JSON of `tree` with the lie at that place. `tree` stays as it is."""
    if not place:
        return lie.encode()
    copy = json.loads(json.dumps(tree))
    holder = copy
    for step in place[:-1]:
        holder = holder[step]
    if lie == MISSING:
        del holder[place[-1]]
    else:
        holder[place[-1]] = _MARK
    return json.dumps(copy, ensure_ascii=False, separators=(",", ":")).replace(f'"{_MARK}"', lie).encode()


def one_lie(tree: Any, chance: random.Random) -> tuple[bytes, str]:
    """A lie about any field, and what it was."""
    places = list(fields(tree))
    place = chance.choice(places)
    kind = chance.choice(list(LIES))
    lie = chance.choice(LIES[kind])
    return told_with(tree, place, lie), f"{'.'.join(map(str, place)) or 'all'}: {kind}: {lie[:24]}"
