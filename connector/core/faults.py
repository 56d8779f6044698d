"""Everything that can go wrong, and what it means for the order.

    ConnectorFault                a line a user can read; never a traceback
    ├── ConfigFault               a setting is wrong: key, value, rule, remedy
    ├── ArgumentFault             a call's argument cannot be used: argument, value, rule, remedy
    ├── UnavailableFault          something that must be there is not (exchange, key store)
    ├── AccountingFault           our books and the exchange's do not agree
    ├── StopFault                 the stop could not be verified
    ├── InstanceFault             another instance runs with this tag on this account
    ├── KeyStoreFault             the key store can't be opened, or can't be written
    ├── NoKeyFault                the domain has no key that can be used
    ├── ApprovalFault             a second factor or its approval is missing
    ├── UnreadableFault           an answer or a frame that is not what the protocol says
    └── Fault                     a venue refused, or did not answer, one request
        └── its `rule` decides: fate, retry, blame

A `Fault` carries the decision. Callers ask `fault.rule.fate`, never its text.
"""

import errno
import os
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from connector.core.figures import cut

_NUMBERED: Final = re.compile(r"\[Errno (-?\d+)\] ")
_OF_A_CLASS: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (ConnectionRefusedError, os.strerror(errno.ECONNREFUSED)),
    (ConnectionResetError, os.strerror(errno.ECONNRESET)),
    (BrokenPipeError, os.strerror(errno.EPIPE)),
    (ConnectionError, "the connection broke"),
    (TimeoutError, "no answer in time"),
)
#: A value that can't be read as what it should be: what Python says of it is about our code.
_OF_ANOTHER_FORM: Final = (TypeError, AttributeError, IndexError, RecursionError)


class Fate(StrEnum):
    """What a failed request means for the order it spoke of."""

    #: The venue did not take it: the order never lived, or stands as it stood.
    NEVER_LIVED = "never_lived"
    #: The venue has no such open order (any more).
    GONE = "gone"
    #: Nobody knows. Its margin stays held until stream or query resolve it.
    UNKNOWN = "unknown"
    #: The venue already has what was asked for.
    DONE = "done"


class Retry(StrEnum):
    """Whether the same request may be sent again."""

    NEVER = "never"
    #: After a pause that grows.
    BACKOFF = "backoff"
    #: Once, after the clock was measured again and the request signed anew.
    AFTER_CLOCK_SYNC = "after_clock_sync"
    #: When the venue's pause is over; until then nothing of the pool is sent.
    AFTER_PAUSE = "after_pause"
    #: The same for new orders alone: cancels and reads go on.
    AFTER_ORDER_PAUSE = "after_order_pause"


class Blame(StrEnum):
    """Who has to act."""

    REQUEST = "request"
    CONFIGURATION = "configuration"
    ACCOUNT = "account"
    CLOCK = "clock"
    VENUE = "venue"
    NETWORK = "network"
    RATE_LIMIT = "rate_limit"


@dataclass(frozen=True, slots=True)
class FaultRule:
    """The decision for one kind of fault, and the words for the user."""

    fate: Fate
    retry: Retry
    blame: Blame
    meaning: str
    #: What is done about it, or what the user can do; empty where there is nothing.
    remedy: str = ""


class ConnectorFault(Exception):
    """A failure that has a line for the user. The message names what, where, and how to mend it."""


class ConfigFault(ConnectorFault):
    """A setting that cannot be used. The line names the key, the value, the rule and the way out."""

    def __init__(self, key: str, value: object, rule: str, remedy: str = "", where: str = "") -> None:
        self.key, self.value, self.rule, self.remedy, self.where = key, value, rule, remedy, where
        place = f"{where}: " if where else ""
        hint = f"; {remedy}" if remedy else ""
        super().__init__(f"{place}{key}: {value}: {rule}{hint}")


class OptionFault(ConfigFault):
    """An option of the command line that is wrong as it was typed, whatever lies on the disk."""


class ArgumentFault(ConnectorFault, ValueError):
    """An argument of a call that cannot be used. The line names the argument, the value, the rule and the way out."""

    def __init__(self, argument: str, value: object, rule: str, remedy: str = "") -> None:
        self.argument, self.value, self.rule, self.remedy = argument, value, rule, remedy
        hint = f"; {remedy}" if remedy else ""
        super().__init__(f"{argument}: {value!r}: {rule}{hint}")


class UnavailableFault(ConnectorFault):
    """Something that has to be there is not: the exchange, the key store, the network."""


class StrategyFault(ConnectorFault):
    """A strategy of somebody's own raised something: what, and in which line of which file."""


class AccountingFault(ConnectorFault):
    """The bot's books and the exchange's differ."""


class StopFault(ConnectorFault):
    """A stop that could not be verified: orders may still be open at the exchange."""


class LiquidatedFault(ConnectorFault):
    """The exchange closed the bot's position, since its margin did not suffice."""


class RiskLimitFault(ConnectorFault):
    """A limit on losses struck."""


class PositionLeftFault(ConnectorFault):
    """A position remains though the run was to close it."""


class InstanceFault(ConnectorFault):
    """Another instance runs with this tag on this account: each would take the other's orders for its own."""


class KeyStoreFault(ConnectorFault):
    """The key store can't be opened, or can't be written: the line says which of the reasons, and the way out."""


class NoKeyFault(ConnectorFault):
    """The domain has no key that can be used."""


class ApprovalFault(ConnectorFault):
    """A second factor stands in the way: no fresh code was given, and nobody has approved this beforehand."""


class UnreadableFault(ConnectorFault):
    """An answer that is not what the protocol says. After a write, the outcome is unknown."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"unreadable {what}: {cut(why)}")


class Fault(ConnectorFault):
    """One request that the venue refused or did not answer."""

    def __init__(
        self,
        rule: FaultRule,
        request: str,
        *,
        code: int = 0,
        http_status: int = 0,
        text: str = "",
        pause_until_ms: int | None = None,
    ) -> None:
        self.rule = rule
        #: Method and path.
        self.request = request
        #: The venue's number, 0 without one.
        self.code = code
        #: 0 where nothing came back.
        self.http_status = http_status
        #: The venue's words, cut to a line.
        self.text = text = cut(text)
        #: By the venue's clock, where it names the time until which to stay silent.
        self.pause_until_ms = pause_until_ms
        #: Whether the venue itself said so, and not this side of the wire.
        self.was_answered = bool(code or http_status)
        number = f" [{code}]" if code else (f" [HTTP {http_status}]" if http_status else "")
        words = f": {text}" if text else ""
        hint = f" ({rule.remedy})" if rule.remedy else ""
        super().__init__(f"{request}{number} {rule.meaning}{words}{hint}")


def failure_text(error: BaseException) -> str:
    """Why something failed, in words for a person: no number of the system's, no name of a class; never empty. What it
    was about, a file or a host, the caller names."""
    # A client tells the host again, and the cause behind it.
    inner = getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
    if isinstance(inner, BaseException):
        return failure_text(inner)
    if isinstance(error, OSError):
        return _of_the_system(error)
    if isinstance(error, KeyError):
        return f"{error.args[0]} is missing" if error.args else "a part is missing"
    if isinstance(error, ArithmeticError):
        return "a figure can't be read"
    if isinstance(error, _OF_ANOTHER_FORM):
        return "a part has another form than it should"
    return _unnumbered(str(error)) or "no reason is told"


def _of_the_system(error: OSError) -> str:
    if verified := getattr(error, "verify_message", ""):
        return f"its certificate can't be verified: {verified}"
    if reason := getattr(error, "reason", ""):
        return f"no TLS comes about: {str(reason).replace('_', ' ').lower()}"
    if error.errno is not None and error.strerror:
        # Event loops put words of their own there, but only where the number is the system's.
        is_of_loop = error.strerror.startswith("Connect call failed")
        return os.strerror(error.errno) if is_of_loop else _unnumbered(error.strerror)
    named = next((text for kind, text in _OF_A_CLASS if isinstance(error, kind)), "no reason is told")
    return _unnumbered(str(error)) or named


def _unnumbered(text: str) -> str:
    """One that is told of several attempts tells each reason once."""
    numbers = [int(number) for number in _NUMBERED.findall(text)]
    if text.startswith("Multiple exceptions") and numbers:
        return ", ".join(dict.fromkeys(map(os.strerror, numbers)))
    return _NUMBERED.sub("", text)
