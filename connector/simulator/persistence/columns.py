"""Objects as columns of plain data, and back: what a saved state is made of.

Nothing in a column makes anything run. It names a class by its tag and a field by its name, both of one table, and
whatever stands in no table is refused.

    state    {"root": column, "objects": [[kind, content], ...]}
    kind     the tag of a class: content is {field: column}
             "list", "set": [lengths, column] · "deque": [lengths, bounds, column] · "dict": [lengths, keys, values]
             "random": a column of generator states
    column   ["plain", values]              None, bool, int, float and text as they are
             ["ref", kind, numbers]         objects of one kind, by their number among that kind's
             ["tuple", lengths, column]     all items one behind another
             ["mixed", which, columns]      each value is the next one of the column with that number
             ["bytes" | "decimal" | "frozenset" | "enum" | "function", ...]

Columns are why plain data is as quick as a pickle: one call goes through a field of all objects, not one through each.
What two share stays shared, and what points in a circle is no trouble: objects are made empty first, then filled.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from inspect import isfunction
from itertools import chain, islice, repeat
from operator import attrgetter
from random import Random
from typing import Any

from connector.core.faults import failure_text
from connector.simulator.persistence.state_tags import (
    BY_KIND,
    BY_TAG,
    ENUM_TAGS,
    ENUMS,
    FUNCTION_TAGS,
    FUNCTIONS,
    Tagged,
)

Plain = Any
_ATOMS = frozenset({type(None), bool, int, float, str})
_CONTAINERS: dict[type[Any], str] = {list: "list", dict: "dict", set: "set", deque: "deque", Random: "random"}
#: What reading strange data runs into.
_STRANGE = (
    KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, StopIteration,
)  # fmt: skip
#: Filled last and in this order, since what they sort by has to be whole.
_HASHED = ("set", "dict")


class NoState(ValueError):
    """Data that is no state of this release; the text says what in it is strange."""


def flattened(root: object) -> Plain:
    """All that hangs on `root` as plain data. TypeError for what no table names."""
    return _Flattening().done(root)


def rebuilt(state: Plain) -> Any:
    """The root of what was flattened. Raises `NoState`."""
    try:
        return _Rebuilding(state["objects"]).root(state["root"])
    except NoState:
        raise
    except _STRANGE as flaw:
        raise NoState(failure_text(flaw)) from flaw


class _Flattening:
    def __init__(self) -> None:
        self._found: dict[str, list[Any]] = {}
        self._numbers: dict[int, int] = {}

    def done(self, root: object) -> Plain:
        top = self._column([root])
        chunks: list[Plain] = []
        written: dict[str, int] = {}
        while fresh := [kind for kind, found in self._found.items() if len(found) > written.get(kind, 0)]:
            for kind in fresh:
                batch = self._found[kind][written.get(kind, 0) :]
                written[kind] = len(self._found[kind])
                chunks.append([kind, self._content(kind, batch)])
        return {"root": top, "objects": chunks}

    def _content(self, kind: str, batch: list[Any]) -> Plain:
        if kind in BY_TAG:
            row = BY_TAG[kind]
            _check_fields(row, batch)
            return {name: self._column([*map(attrgetter(one), batch)]) for name, one in row.attributes.items()}
        if kind == "random":
            return self._column([each.getstate() for each in batch])
        lengths = [*map(len, batch)]
        if kind == "dict":
            keys, values = chain.from_iterable(batch), chain.from_iterable(map(dict.values, batch))
            return [lengths, self._column([*keys]), self._column([*values])]
        column = self._column([*chain.from_iterable(batch)])
        return [lengths, [each.maxlen for each in batch], column] if kind == "deque" else [lengths, column]

    def _column(self, values: list[Any]) -> Plain:
        kinds = set(map(type, values))
        if kinds <= _ATOMS:
            return ["plain", values]
        if len(kinds) > 1:
            return self._mixed(values)
        (kind,) = kinds
        row = BY_KIND.get(kind)
        known = row.tag if row is not None else _CONTAINERS.get(kind)
        if known is not None:
            return ["ref", known, self._numbered(known, values)]
        if kind is tuple:
            return ["tuple", [*map(len, values)], self._column([*chain.from_iterable(values)])]
        if kind is frozenset:
            return ["frozenset", self._column([tuple(sorted(each)) for each in values])]
        if kind in ENUM_TAGS:
            return ["enum", ENUM_TAGS[kind], [each.value for each in values]]
        if kind is Decimal:
            return ["decimal", [*map(str, values)]]
        if kind is bytes:
            return ["bytes", [each.hex() for each in values]]
        if callable(values[0]):
            return ["function", [_function_tag(each) for each in values]]
        raise TypeError(f"a state holds no {kind.__name__}")

    def _mixed(self, values: list[Any]) -> Plain:
        """The values sorted into columns of one kind each."""
        places: dict[type[Any] | None, int] = {}
        parts: list[list[Any]] = []
        which: list[int] = []
        for value in values:
            kind = None if type(value) in _ATOMS else type(value)
            if kind not in places:
                places[kind] = len(parts)
                parts.append([])
            which.append(places[kind])
            parts[places[kind]].append(value)
        return ["mixed", which, [self._column(part) for part in parts]]

    def _numbered(self, kind: str, values: list[Any]) -> list[int]:
        found, numbers = self._found.setdefault(kind, []), self._numbers
        for value in values:
            if id(value) not in numbers:
                numbers[id(value)] = len(found)
                found.append(value)
        return [numbers[one] for one in map(id, values)]


def _check_fields(row: Tagged, batch: list[Any]) -> None:
    """A field that stands in no table would be lost: TypeError. Commands that somebody listens to are no fields."""
    if hasattr(batch[0], "__dict__") and set(map(len, map(vars, batch))) != {len(row.attributes)}:
        found = {name for each in batch for name, value in vars(each).items() if not isfunction(value)}
        strange = found ^ set(row.attributes.values())
        if not strange:
            return
        raise TypeError(f"{row.tag} has other fields than its row says: {', '.join(sorted(strange))}")


def _function_tag(value: Any) -> str:
    if value not in FUNCTION_TAGS:
        raise TypeError(f"a state holds no {value!r}")
    return FUNCTION_TAGS[value]


class _Rebuilding:
    """Makes every object empty, then fills them: what is looked up by its hash after what the hash is of."""

    def __init__(self, chunks: Plain) -> None:
        self._objects: dict[str, list[Any]] = {}
        batches = [(kind, content, self._made(kind, content)) for kind, content in chunks]
        batches.sort(key=lambda batch: _HASHED.index(batch[0]) if batch[0] in _HASHED else -1)
        for kind, content, batch in batches:
            self._fill(kind, batch, content)

    def root(self, column: Plain) -> Any:
        (value,) = self._values(column)
        return value

    def _made(self, kind: str, content: Plain) -> list[Any]:
        batch: list[Any]
        if kind in BY_TAG:
            count = _length(next(iter(content.values())))
            batch = [*map(object.__new__, repeat(BY_TAG[kind].kind, count))]
        elif kind == "deque":
            batch = [deque(maxlen=most) for most in content[1]]
        else:
            count = _length(content) if kind == "random" else len(content[0])
            batch = [_EMPTY[kind]() for _ in range(count)]
        self._objects.setdefault(kind, []).extend(batch)
        return batch

    def _fill(self, kind: str, batch: list[Any], content: Plain) -> None:
        if kind in BY_TAG:
            self._set_fields(BY_TAG[kind], batch, content)
        elif kind == "random":
            _exhaust(map(Random.setstate, batch, self._values(content)))
        elif kind == "dict":
            lengths, keys, values = content
            pairs = zip(self._values(keys), self._values(values), strict=True)
            _exhaust(map(dict.update, batch, _cut(pairs, lengths)))
        else:
            put: Callable[[Any, Iterable[Any]], None] = getattr(_EMPTY[kind], "update" if kind == "set" else "extend")
            _exhaust(map(put, batch, _cut(iter(self._values(content[-1])), content[0])))

    def _set_fields(self, row: Tagged, batch: list[Any], content: dict[str, Plain]) -> None:
        if strange := content.keys() - row.attributes.keys():
            raise NoState(f"{row.tag} has no {', '.join(sorted(strange))}")
        for name, attribute in row.attributes.items():
            if name in content:
                values = self._values(content[name])
            elif name in row.defaults:
                values = [row.defaults[name]() for _ in batch]
            else:
                raise NoState(f"{row.tag} lacks {name}")
            if len(values) != len(batch):
                raise NoState(f"{row.tag} has columns of different lengths")
            _exhaust(map(object.__setattr__, batch, repeat(attribute), values))

    def _values(self, column: Plain) -> Sequence[Any]:
        kind, *rest = column
        if kind == "plain":
            (values,) = rest
            if not set(map(type, values)) <= _ATOMS:
                raise NoState("a plain column holds more than plain values")
            return list(values)
        if kind == "ref":
            found = self._objects[rest[0]]
            return [found[number] for number in rest[1]]
        if kind == "tuple":
            return self._tuples(*rest)
        if kind == "mixed":
            which, parts = rest
            nexts = [iter(self._values(part)).__next__ for part in parts]
            return [nexts[number]() for number in which]
        if kind == "frozenset":
            return [*map(frozenset, self._values(rest[0]))]
        if kind == "enum":
            return [*map(ENUMS[rest[0]], rest[1])]
        return [*map(_READ[kind], rest[0])]

    def _tuples(self, lengths: list[int], column: Plain) -> list[tuple[Any, ...]]:
        flat = self._values(column)
        if len(set(lengths)) == 1 and lengths[0]:
            return [*zip(*[iter(flat)] * lengths[0], strict=True)]
        return [*_cut(iter(flat), lengths)]


_EMPTY: dict[str, Callable[[], Any]] = {"list": list, "dict": dict, "set": set, "deque": deque, "random": Random}
_READ: dict[str, Callable[[Any], Any]] = {
    "decimal": Decimal,
    "bytes": bytes.fromhex,
    "function": FUNCTIONS.__getitem__,
}


def _length(column: Plain) -> int:
    kind, first, *_ = column
    return _length(first) if kind == "frozenset" else len(first if kind in ("tuple", "mixed") else column[-1])


def _cut(values: Iterator[Any], lengths: Iterable[int]) -> Iterator[tuple[Any, ...]]:
    for length in lengths:
        piece = tuple(islice(values, length))
        if len(piece) != length:
            raise NoState("a column is too short")
        yield piece


def _exhaust(doings: Iterable[object]) -> None:
    deque(doings, maxlen=0)
