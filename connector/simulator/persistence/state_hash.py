"""One number for all that an exchange knows: two engines that were told the same have the same hash.

Classes and fields count by the names that files have for them, so that a hash outlives what is renamed. Everything
reachable from the engine counts, but for what only waits to be told to somebody, what is derived from the
tape, and what a mere look leaves behind: an account's empty lists, and positions that never were.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import Enum
from typing import Any

from connector.simulator.accounts.positions import Position
from connector.simulator.engine import Engine
from connector.simulator.persistence.state_tags import BY_KIND, ENUM_TAGS, Tagged

#: Fields, as files name them, that only say what was not told yet, or that a look brings up to date: candles, the day,
#: sums of orders, who held how much. How a contract's control began is told by how it stands.
UNTOLD = frozenset({
    "outbox", "_fresh_trades", "_fresh_aggregates", "_changed", "_first_id", "touched", "candles", "day", "sums",
    "positioning", "first_control_side",
})  # fmt: skip
#: Fields that a later release brought: while they are as they begin they count for nothing, so that a journal of an
#: earlier release still comes to the hash that it ends with.
LATER = frozenset({
    "has_signed", "opening_refused", "covered", "min_quantity", "market_min_quantity", "liquidation_fee",
    "times_in_force", "delivery_ms", "dated_pair", "told", "delivers_ms", "delivered",
})  # fmt: skip
_PLAIN = (type(None), bool, int, float, str, bytes, Decimal, Enum)


def state_hash(engine: Engine) -> str:
    """SHA-256 of the engine's whole state, as hex."""
    digest = hashlib.sha256()
    _Walk(digest.update).visit(engine)
    return digest.hexdigest()


class _Walk:
    """Tells every value once, in an order that the state alone decides; a value met again is told by its number."""

    def __init__(self, add: Callable[[bytes], object]) -> None:
        self._add = add
        self._met: dict[int, int] = {}
        self._kept: list[object] = []

    def visit(self, value: Any) -> None:
        if isinstance(value, _PLAIN):
            self._count(_plain_text(value))
        elif _is_value(value):
            self._open(value)
        elif id(value) in self._met:
            self._count(f"again {self._met[id(value)]}")
        else:
            self._met[id(value)] = len(self._met)
            self._kept.append(value)
            self._open(value)

    def _open(self, value: Any) -> None:
        if isinstance(value, dict):
            self._pairs(
                "dict", sorted(value.items(), key=lambda pair: repr(pair[0])) if _is_plain(value) else value.items()
            )
        elif isinstance(value, list | tuple | deque):
            self._count(f"list {len(value)}")
            for each in value:
                self.visit(each)
        elif isinstance(value, set | frozenset):
            self._count(f"set {sorted(map(repr, value))}")
        else:
            row = BY_KIND.get(type(value))
            if row is None:
                raise TypeError(f"{type(value).__name__} has no tag, so that no hash can count it")
            self._pairs(row.tag, _fields(row, value))

    def _pairs(self, kind: str, pairs: Any) -> None:
        self._count(kind)
        for key, each in pairs:
            if not callable(each) and not _is_trace_of_a_look(each):
                self.visit(key)
                self.visit(each)
        self._count("end")

    def _count(self, text: str) -> None:
        self._add(text.encode() + b"\n")


def _is_value(value: object) -> bool:
    """Whether it is what it holds, so that one of it and two alike are the same."""
    terms = getattr(value, "__dataclass_params__", None)
    is_row = terms is not None and terms.eq and (terms.frozen or terms.unsafe_hash)
    return is_row or isinstance(value, tuple | frozenset)


def _is_plain(value: dict[Any, Any]) -> bool:
    """Whether the keys say themselves where they belong; orders as keys do not."""
    return all(isinstance(key, str | int | tuple) for key in value)


def _plain_text(value: object) -> str:
    if isinstance(value, Enum):
        tag = ENUM_TAGS[type(value)]
        return f"{tag} <{tag}.{value.name}: {value.value!r}>"
    return f"{type(value).__name__} {value!r}"


def _fields(row: Tagged, value: object) -> Iterator[tuple[str, object]]:
    for name, attribute in row.attributes.items():
        if name in UNTOLD:
            continue
        found = getattr(value, attribute)
        if name not in LATER or found != row.defaults[name]():
            yield name, found


def _is_trace_of_a_look(value: object) -> bool:
    if isinstance(value, Position):
        return not (value.lots or value.realised_e8 or value.updated_ms)
    if isinstance(value, dict):
        return all(_is_trace_of_a_look(each) for each in value.values())
    return isinstance(value, list | tuple | deque | set) and not value
