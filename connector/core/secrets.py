"""Secrets that cannot be read by accident, and a log that cannot tell them.

A `Secret` has no readable repr, no text, compares by identity alone, and refuses pickle. Its value comes
out in one way: `reveal`, which is called where a request is signed and nowhere else.
"""

import logging
import re
from typing import Final, NoReturn

_MASK: Final = "***"
#: What a log line may never show: signatures, keys and listen keys, in URLs, headers and JSON alike.
_TELLTALES: Final = re.compile(
    r"(?i)(signature|listenKey|X-MBX-APIKEY|api_?key|api_?secret|secret)"
    r"([\"']?\s*[=:]\s*[\"']?)([A-Za-z0-9%+/=_\-]{6,})"
)
_PRIVATE_PATH: Final = re.compile(r"(/private/(?:ws|stream)/)([A-Za-z0-9]{6,})")


class Secret:
    """A piece of text that shows itself only when asked by name."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"Secret({_MASK})"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")

    def __getstate__(self) -> NoReturn:
        raise TypeError("a secret is not copied out")


def redact(text: str) -> str:
    """`text` with every signature, key and listen key masked."""
    return _PRIVATE_PATH.sub(rf"\1{_MASK}", _TELLTALES.sub(rf"\1\2{_MASK}", text))


class RedactingFormatter(logging.Formatter):
    """Formats as another formatter does, then redacts: message, arguments, traceback and all."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return redact(self._inner.format(record))
