"""What somebody asks a fault to do, read strictly: from a request, from a row of a script.

Whatever is wrong ends in one line that names it and says what would do, and nothing is armed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from connector.simulator.errors import BadInput
from connector.simulator.fault_injection.alterations import HEADER
from connector.simulator.fault_injection.catalogue import ALWAYS, ANY_PATH, FAULTS, LASTING, FaultRow
from connector.simulator.fault_injection.faults import Armed
from connector.simulator.fault_injection.overload import OVERLOADED, is_spared

#: A clock years ahead or an answer that never comes happens to nobody.
LONGEST_FAULT_MS = 86_400_000
#: The longest that a copy of the exchange lags behind: all that happens meanwhile is kept.
LONGEST_LAG_MS = 60_000
#: The most of each number.
MOST = {"times": 10**9, "ms": LONGEST_FAULT_MS, "count": 10_000, "left": 2_399}
#: Numbers of which 0 would do nothing; what may take no time says so in its row.
LEAST = {"ms": 1, "count": 1}
#: One less than an account may place in 10 s.
MOST_ORDERS_LEFT = 299
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
#: Text that may be written as a number.
NUMBERED = ("answer", "value")
LISTEN_KEY_LENGTH = 64
_WHERE_LISTED = "GET /local/v1/faults and --list-faults list them"


class FaultError(BadInput):
    """A fault that can't be armed; the text names what is wrong and what would do."""

    def __init__(self, text: str, code: int = -1130) -> None:
        super().__init__(text)
        #: That of a refusal over HTTP.
        self.code = code


@dataclass(frozen=True, slots=True)
class Known:
    """What an exchange has: contracts, streams, its requests as method and path, and keys."""

    symbols: Collection[str]
    streams: Collection[str]
    depth_streams: Collection[str]
    requests: Collection[tuple[str, str]]
    #: None where they are made up later.
    api_keys: Collection[str] | None = None
    listen_keys: Collection[str] = ()


def fault_of(sent: Mapping[str, object], known: Known, named_by: str = "name") -> Armed:
    """The fault that is asked for, numbers as numbers or as text. Raises `FaultError`.

    `named_by` is what the name is called where it is asked for.
    """
    name = sent.get("name")
    if name is None or name == "":
        raise FaultError(f"{named_by} is missing: say which fault; {_WHERE_LISTED}")
    if not isinstance(name, str) or name not in FAULTS:
        raise FaultError(f"{named_by} {_said(name)} is no fault{_nearest(name, FAULTS)}; {_WHERE_LISTED}")
    row = FAULTS[name]
    taken = (*ALWAYS, *row.takes)
    for each in sent:
        if each not in taken:
            others = ", ".join((named_by, *taken[1:]))
            raise FaultError(f"{name} takes no {each}{_nearest(each, taken)}; it takes {others}")
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
    if terms.get("stream"):
        _check_stream(row, name, terms["stream"], known)
    if known.api_keys is not None and terms.get("api_key") and terms["api_key"] not in known.api_keys:
        raise FaultError(f"api_key {_said(terms['api_key'])} is no key of this exchange; leave it out for all keys")
    if name == HEADER and not (terms["field"].replace("-", "").isalnum() and terms["value"].isprintable()):
        raise FaultError("field must be a header's name and value printable text, or no answer can have it")
    _check_choices(terms)
    _check_request(row, terms, known)
    _check_numbers(row, terms)


def _check_numbers(row: FaultRow, terms: dict[str, Any]) -> None:
    """Numbers that would do nothing, or too much."""
    name = terms["name"]
    for each, least in LEAST.items():
        if terms.get(each, least) < least and not (each == "ms" and row.may_take_no_time):
            raise FaultError(f"{each} {terms[each]}: {name} would do nothing; say from {least} to {MOST[each]}")
    if terms.get("times", 1) > 1 and not row.repeats:
        how = "lasts until it ends" if row.moment in LASTING else "strikes once"
        raise FaultError(f"times {terms['times']}: {name} {how}; leave times out, or say 0 to disarm it")
    if name == "orders_used_up" and terms.get("left", 0) > MOST_ORDERS_LEFT:
        raise FaultError(f"left {terms['left']} is too much for {name}; it may leave {MOST_ORDERS_LEFT} at most")
    if name.startswith("lagging_") and terms.get("ms", 0) > LONGEST_LAG_MS:
        raise FaultError(f"ms {terms['ms']} is too long for {name}; it may lag by {LONGEST_LAG_MS} at most")


def _check_stream(row: FaultRow, name: str, stream: str, known: Known) -> None:
    """A stream that is served, one of depth where those alone are struck."""
    if row.strikes_depth:
        if stream not in known.depth_streams:
            like = f"{stream.partition('@')[0]}@depth@100ms"
            meant = like if like in known.depth_streams else min(known.depth_streams, default="")
            raise FaultError(f"stream {_said(stream)} is none of depth; {name} strikes those alone, such as {meant}")
    elif _is_listen_key(stream):
        if stream not in known.listen_keys:
            raise FaultError(f"stream {_said(stream)} is no listen key that lives; POST /fapi/v1/listenKey makes one")
    elif stream not in known.streams:
        raise FaultError(f"stream {_said(stream)} is none that is served here{_nearest_stream(stream, known)}")


def _check_choices(terms: dict[str, Any]) -> None:
    for name, allowed in {"event": USER_EVENTS, "answer": ANSWERS, "status": STATUSES, "method": METHODS}.items():
        if terms.get(name) and terms[name] not in allowed:
            raise FaultError(f"{name} {_said(terms[name])} is none of {', '.join(allowed)}")


def _check_request(row: FaultRow, terms: dict[str, Any], known: Known) -> None:
    method, path = terms.get("method") or row.method, terms.get("path") or row.path
    if not any(method in ("", one) and path in ("", ANY_PATH, other) for one, other in known.requests):
        paths = [other for one, other in known.requests if method in ("", one)]
        raise FaultError(f"path {_said(path)} answers no {method or 'request'}{_nearest(path, paths)}")
    if terms["name"] == OVERLOADED and is_spared(method, {}):
        raise FaultError(f"method {method}: {OVERLOADED} spares it, as the venue does; say POST or PUT")


def _number(name: str, value: object) -> int:
    """A whole number from 0, as it is or as text."""
    text = value if isinstance(value, str) else str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) <= 20):
        raise FaultError(f"{name} {_said(value)} must be a whole number from 0 to {MOST[name]}")
    if int(text) > MOST[name]:
        raise FaultError(f"{name} {text} is above {MOST[name]}")
    return int(text)


def _text(name: str, value: object) -> str:
    if name in NUMBERED and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
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
