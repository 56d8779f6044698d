"""What somebody asks a fault to do, read strictly: from a request, from a row of a script.

Whatever is wrong ends in one line that names it and says what would do, and nothing is armed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from connector.simulator.errors import BadInput
from connector.simulator.fault_injection.catalogue import ALWAYS, FAULTS, FaultRow
from connector.simulator.fault_injection.faults import Armed

#: A clock years ahead or an answer that never comes happens to nobody.
LONGEST_FAULT_MS = 86_400_000
#: The longest that a copy of the exchange lags behind: all that happens meanwhile is kept.
LONGEST_LAG_MS = 60_000
#: The most of each number.
MOST = {"times": 10**9, "ms": LONGEST_FAULT_MS, "count": 10_000}
#: What a fault makes a contract stand at.
STATUSES = (
    "PENDING_TRADING", "TRADING_HALT", "TRADING_CANCEL_ONLY", "PRE_DELIVERING", "PRE_SETTLE", "SETTLING", "DELIVERING",
    "DELIVERED", "CLOSE",
)  # fmt: skip
METHODS = ("GET", "POST", "PUT", "DELETE")
USER_EVENTS = (
    "ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE", "TRADE_LITE", "ALGO_UPDATE", "ACCOUNT_CONFIG_UPDATE", "MARGIN_CALL",
)  # fmt: skip
ANSWERS = ("502", "503", "504", "reset", "refused")
LISTEN_KEY_LENGTH = 64


class FaultError(BadInput):
    """A fault that can't be armed; the text names what is wrong and what would do."""

    def __init__(self, text: str, code: int = -1130) -> None:
        super().__init__(text)
        #: That of a refusal over HTTP.
        self.code = code


@dataclass(frozen=True, slots=True)
class Known:
    """What an exchange has: contracts, streams, and its requests as method and path."""

    symbols: Collection[str]
    streams: Collection[str]
    requests: Collection[tuple[str, str]]


def fault_of(sent: Mapping[str, object], known: Known) -> Armed:
    """The fault that is asked for, numbers as numbers or as text. Raises `FaultError`."""
    name = sent.get("name")
    if not isinstance(name, str) or name not in FAULTS:
        raise FaultError(f"name {_said(name)} is no fault{_nearest(name, FAULTS)}; GET /local/v1/faults lists them")
    row = FAULTS[name]
    taken = (*ALWAYS, *row.takes)
    for each in sent:
        if each not in taken:
            raise FaultError(f"{name} takes no {each}{_nearest(each, taken)}; it takes {', '.join(taken)}")
    terms: dict[str, Any] = {
        each: _number(each, value) if each in MOST else _text(each, value) for each, value in sent.items()
    }
    if terms.get("times", 1) != 0:
        _check(row, terms, known)
    return Armed(**terms)


def _check(row: FaultRow, terms: dict[str, Any], known: Known) -> None:
    name = terms["name"]
    for each in row.needs:
        if not terms.get(each):
            raise FaultError(f"{name} needs {' and '.join(row.needs)}; {each} is missing")
    if terms.get("symbol") and terms["symbol"] not in known.symbols:
        nearest = _nearest(terms["symbol"], known.symbols)
        raise FaultError(f"symbol {_said(terms['symbol'])} is not listed{nearest}", code=-1121)
    stream = terms.get("stream", "")
    if stream and stream not in known.streams and not _is_listen_key(stream):
        raise FaultError(f"stream {_said(stream)} is none that is served here{_nearest_stream(stream, known)}")
    _check_choices(terms)
    _check_request(row, terms, known)
    if name.startswith("lagging_") and terms.get("ms", 0) > LONGEST_LAG_MS:
        raise FaultError(f"ms {terms['ms']} is too long for {name}; it may lag by {LONGEST_LAG_MS} at most")


def _check_choices(terms: dict[str, Any]) -> None:
    for name, allowed in {"event": USER_EVENTS, "answer": ANSWERS, "status": STATUSES, "method": METHODS}.items():
        if terms.get(name) and terms[name] not in allowed:
            raise FaultError(f"{name} {_said(terms[name])} is none of {', '.join(allowed)}")


def _check_request(row: FaultRow, terms: dict[str, Any], known: Known) -> None:
    method, path = terms.get("method") or row.method, terms.get("path") or row.path
    if not any(method in ("", one) and path in ("", other) for one, other in known.requests):
        paths = [other for one, other in known.requests if method in ("", one)]
        raise FaultError(f"path {_said(path)} answers no {method or 'request'}{_nearest(path, paths)}")


def _number(name: str, value: object) -> int:
    """A whole number from 0, as it is or as text."""
    text = value if isinstance(value, str) else str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) <= 20):
        raise FaultError(f"{name} {_said(value)} must be a whole number from 0 to {MOST[name]}")
    if int(text) > MOST[name]:
        raise FaultError(f"{name} {text} is above {MOST[name]}")
    return int(text)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise FaultError(f"{name} {_said(value)} must be text")
    if not value and name not in ("contract_type", "symbol", "stream", "method", "path"):
        raise FaultError(f"{name} is empty; leave it out, or say which")
    return value


def _is_listen_key(text: str) -> bool:
    return len(text) == LISTEN_KEY_LENGTH and text.isalnum()


def _said(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= 60 else f"{text[:60]}…")


def _nearest_stream(stream: str, known: Known) -> str:
    """A hint among the streams of that contract, or of contracts spelled nearly so: there are thousands in all."""
    stem, _, kind = stream.partition("@")
    stems = [stem] if any(stem == each.lower() for each in known.symbols) else []
    stems = stems or get_close_matches(stem, [each.lower() for each in known.symbols], n=3)
    if not stems:
        return _nearest(stream, [each for each in known.streams if each.startswith("!")])
    if all(f"{each}@{kind}" in known.streams for each in stems):
        return f" (did you mean {' or '.join(f'{each}@{kind}' for each in stems)}?)"
    return _nearest(stream, [each for each in known.streams if each.startswith(f"{stems[0]}@")])


def _nearest(value: object, known: Collection[str]) -> str:
    """A hint at what was meant."""
    found = get_close_matches(str(value), list(known), n=3, cutoff=0.6)
    return f" (did you mean {' or '.join(found)}?)" if found else ""
