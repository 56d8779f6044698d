"""Secrets that cannot be read by accident, and a log that cannot tell them.

A `Secret` has no readable repr, no text and no length; it compares by identity alone and is neither pickled, copied nor
written as JSON. Its value comes out in one way: `reveal`, which is called where a request is signed and nowhere else.
It is wiped when nobody holds it any more. What `reveal` returned is a text of Python's, which can't be.

Every line of a log is masked by the values of the secrets that live, and by how keys and signatures look.
"""

import logging
import re
from typing import Final, NoReturn, final
from urllib.parse import quote
from weakref import WeakValueDictionary

_MASK: Final = "***"
#: What a log line may never show: signatures, keys and listen keys, in URLs, headers and JSON alike.
_TELLTALES: Final = re.compile(
    r"(?i)(signature|listenKey|X-MBX-APIKEY|api_?key|api_?secret|secret|password|passwd|passphrase|token)"
    r"([\"']?\s*[=:]\s*b?[\"']?)([A-Za-z0-9%+/=_\-]{6,})"
)
#: One of them, in small letters, is in whatever the pattern above finds; to look for them costs a tenth of it.
_TELLTALE_WORDS: Final = ("signature", "key", "secret", "passw", "passphrase", "token")
_PRIVATE_PATH: Final = re.compile(r"(/private/(?:ws|stream)/)([A-Za-z0-9]{6,})")
#: API keys, their secrets, listen keys and signatures of HMAC have 64 letters, and nothing else that is logged has.
_KEY_LIKE: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{64}(?![A-Za-z0-9])")
_PRIVATE_KEY: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*KEY-----|\Z)", re.DOTALL)
#: Name and password before a host, such as a proxy's or a database's; a password may hold any sign. A port is none,
#: nor what stands behind it ("host:443/stream?streams=btcusdt@depth").
_USER_OF_URL: Final = re.compile(r"(://)(?:[^/\s@\"'?:]+:(?!\d{1,5}(?:[/?]|$))[^\s\"']*|[^/\s@\"'?:]+)@")
#: Recovery codes of a key store: five groups of five.
_RECOVERY_CODE: Final = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{5}(?:-[0-9A-HJKMNP-TV-Z]{5}){4}\b")
#: A shorter value would mask words that stand in a line by chance.
_LEAST_LETTERS: Final = 8


@final
class Secret:
    """A piece of text that shows itself only when asked by name."""

    __slots__ = ("__weakref__", "_letters")

    def __init__(self, text: str) -> None:
        self._letters = bytearray()
        self._letters = bytearray(text, "utf-8", "surrogatepass")
        _LIVING[id(self)] = self

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError("a secret has no kinds")

    def reveal(self) -> str:
        return self._letters.decode("utf-8", "surrogatepass")

    def wipe(self) -> None:
        """Overwrites it: it is empty from now on."""
        self._letters[:] = bytes(len(self._letters))
        self._letters = bytearray()

    def __del__(self) -> None:
        self._letters[:] = bytes(len(self._letters))

    def __repr__(self) -> str:
        return f"Secret({_MASK})"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __bool__(self) -> bool:
        return bool(self._letters)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret is not pickled")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")

    def __getstate__(self) -> NoReturn:
        raise TypeError("a secret is not copied out")

    def __copy__(self) -> NoReturn:
        raise TypeError("a secret is not copied")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError("a secret is not copied")


#: Those that somebody holds, by their identity.
_LIVING: Final[WeakValueDictionary[int, Secret]] = WeakValueDictionary()


def redact(text: str) -> str:
    """`text` with every secret that lives, and every signature, key and listen key masked."""
    for value in _living_values():
        if value in text:
            text = text.replace(value, _MASK)
    if _may_tell(text):
        text = _TELLTALES.sub(rf"\1\2{_MASK}", text)
    text = _PRIVATE_PATH.sub(rf"\1{_MASK}", text)
    text = _RECOVERY_CODE.sub(_MASK, _KEY_LIKE.sub(_MASK, _PRIVATE_KEY.sub(_MASK, text)))
    return _USER_OF_URL.sub(rf"\1{_MASK}@", text)


def _may_tell(text: str) -> bool:
    # Beyond ASCII a capital may be written with other letters (a dotless i): there the pattern itself looks.
    lowered = text.lower()
    return not text.isascii() or any(word in lowered for word in _TELLTALE_WORDS)


def _living_values() -> set[str]:
    """As they would stand in a line: whole, line by line, and as in a URL."""
    values: set[str] = set()
    for living in _LIVING.valuerefs():
        secret = living()
        if secret is not None:
            whole = secret.reveal()
            values.update((whole, quote(whole, safe=""), *(line for line in whole.splitlines() if "-----" not in line)))
    return {value for value in values if len(value) >= _LEAST_LETTERS}


class RedactingFormatter(logging.Formatter):
    """Formats as another formatter does, then redacts: message, arguments, traceback and all."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return redact(self._inner.format(record))


class RedactingFilter(logging.Filter):
    """Masks a record itself, whichever logger made it, so that no handler after this one can tell what it held."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            record.msg, record.args = redact(record.getMessage()), None
        except (TypeError, ValueError):
            # Arguments that do not fit their text are told by whoever writes it, masked by its formatter.
            return True
        if record.exc_info and not record.exc_text:
            record.exc_text = redact(_TRACEBACKS.formatException(record.exc_info))
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return True


_TRACEBACKS: Final = logging.Formatter()
