"""Everything that public names lead to: what whoever holds an object can reach without breaking into it."""

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

from numpy import asarray, generic, ndarray
from pandas import DataFrame, Index, Series

from connector.core.secrets import Secret
from connector.net.sign import HmacSigner, KeyPairSigner
from tests.companions.keys.canaries import forms_of

_PLAIN = (str, bytes, int, float, Decimal, Enum)
_TABLES = (ndarray, DataFrame, Series, Index)
_ENDS = (*_PLAIN, *_TABLES, generic, type, ModuleType, FunctionType, BuiltinFunctionType, MethodType)
_MOST_OBJECTS = 200_000


def walked(root: object) -> Iterator[tuple[str, object]]:
    """Each object, with the way to it: by public attributes, by what containers hold, and by whose a method is."""
    seen: set[int] = set()
    kept: list[object] = []
    waiting = [("it", root)]
    while waiting:
        way, found = waiting.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        kept.append(found)  # so that no other object gets its identity
        assert len(kept) < _MOST_OBJECTS, way[:400]
        yield way, found
        if not isinstance(found, _PLAIN):
            waiting += _held(way, found)
        if not isinstance(found, _ENDS):
            waiting += _attributes(way, found)


def _held(way: str, found: object) -> Iterator[tuple[str, object]]:
    if isinstance(found, Mapping):
        yield from ((f"{way}[{key!r:.20}]", value) for key, value in list(found.items()))
        yield from ((f"a key of {way}", key) for key in list(found))
    elif isinstance(found, _TABLES):
        cells = asarray(found)
        # Figures are no words.
        if cells.dtype.hasobject:
            yield from ((f"{way}[{number}]", value) for number, value in enumerate(cells.flat))
    elif isinstance(found, Collection) and not isinstance(found, type):
        yield from ((f"{way}[{number}]", value) for number, value in enumerate(list(found)))
    elif isinstance(found, partial):
        yield from ((f"{way}.args[{number}]", value) for number, value in enumerate(found.args))
        yield from ((f"{way}.keywords[{name!r}]", value) for name, value in found.keywords.items())


def _attributes(way: str, found: object) -> Iterator[tuple[str, object]]:
    for name in dir(found):
        if name.startswith("_"):
            continue
        try:
            value = getattr(found, name)
        except Exception:
            continue
        if isinstance(value, MethodType) and value.__self__ is not found:
            yield f"{way}.{name}.__self__", value.__self__
        yield f"{way}.{name}", value


def tells(found: object, words: tuple[str, ...]) -> bool:
    """Whether an object is a secret, signs, or says one of the words, in whichever form."""
    if isinstance(found, Secret | HmacSigner | KeyPairSigner):
        return True
    data = found if isinstance(found, bytes) else _text(found).encode(errors="replace")
    return any(form in data for word in words for form in forms_of(word).values())


def _text(found: object) -> str:
    if isinstance(found, str):
        return found
    return "" if isinstance(found, _ENDS) else f"{found!r}{found}"
