"""Exit codes: stable, and each with its meaning; the README's table is made of these."""

from collections.abc import Sequence
from enum import IntEnum

from connector.core.faults import (
    AccountingFault,
    ApprovalFault,
    ConfigFault,
    ConnectorFault,
    Fault,
    InstanceFault,
    KeyStoreFault,
    LiquidatedFault,
    NoKeyFault,
    OptionFault,
    PositionLeftFault,
    RiskLimitFault,
    StopFault,
    StrategyFault,
    UnavailableFault,
    UnreadableFault,
)


class ExitCode(IntEnum):
    """How a command ended."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    BAD_CONFIG = 3
    NO_USABLE_KEY = 4
    UNAVAILABLE = 5
    BOOKS_DIFFER = 6
    STOP_UNVERIFIED = 7
    LIQUIDATED = 8
    LOSS_LIMIT = 9
    POSITION_LEFT = 10
    STORE_CLOSED = 11
    APPROVAL_MISSING = 12
    ALREADY_RUNNING = 13


MEANINGS: dict[ExitCode, str] = {
    ExitCode.OK: "Finished, or stopped on request (Ctrl-C, SIGTERM): nothing left open, the books agree.",
    ExitCode.INTERNAL: "A defect of this program, or of a strategy of one's own, whose line is named. See the log.",
    ExitCode.USAGE: "The command line is wrong: an option, its value, or two that do not go together.",
    ExitCode.BAD_CONFIG: "A setting or an input file is wrong; the line names it. No order was sent.",
    ExitCode.NO_USABLE_KEY: "The domain has no API key that can be used; the line says how to give it one.",
    ExitCode.UNAVAILABLE: "The exchange could not be reached, or refused what the start needs.",
    ExitCode.BOOKS_DIFFER: "The bot's books and the exchange's differ; the lines name the trade or income id.",
    ExitCode.STOP_UNVERIFIED: "The stop could not be verified: orders may still be open at the exchange.",
    ExitCode.LIQUIDATED: "The bot was liquidated; the lines tell each step with its loss.",
    ExitCode.LOSS_LIMIT: "A limit on losses struck; the line names it, with what was lost and the bound.",
    ExitCode.POSITION_LEFT: "A position remains though `on_stop: close` is set; one that `keep` keeps ends with 0.",
    ExitCode.STORE_CLOSED: "The key store can't be opened: wrong or no password, damaged, newer version, other domain.",
    ExitCode.APPROVAL_MISSING: "A second factor is on, and neither a code nor an approval was there at the start.",
    ExitCode.ALREADY_RUNNING: "Another instance runs with this tag on this account; the line names its process.",
}

_CODES: dict[type[ConnectorFault], ExitCode] = {
    OptionFault: ExitCode.USAGE,
    ConfigFault: ExitCode.BAD_CONFIG,
    UnavailableFault: ExitCode.UNAVAILABLE,
    Fault: ExitCode.UNAVAILABLE,
    UnreadableFault: ExitCode.UNAVAILABLE,
    AccountingFault: ExitCode.BOOKS_DIFFER,
    StrategyFault: ExitCode.INTERNAL,
    StopFault: ExitCode.STOP_UNVERIFIED,
    LiquidatedFault: ExitCode.LIQUIDATED,
    RiskLimitFault: ExitCode.LOSS_LIMIT,
    PositionLeftFault: ExitCode.POSITION_LEFT,
    InstanceFault: ExitCode.ALREADY_RUNNING,
    KeyStoreFault: ExitCode.STORE_CLOSED,
    NoKeyFault: ExitCode.NO_USABLE_KEY,
    ApprovalFault: ExitCode.APPROVAL_MISSING,
}
#: Where several apply, the first of them is the run's.
_FIRST = (
    ExitCode.INTERNAL,
    ExitCode.STOP_UNVERIFIED,
    ExitCode.BOOKS_DIFFER,
    ExitCode.LIQUIDATED,
    ExitCode.LOSS_LIMIT,
    ExitCode.POSITION_LEFT,
    ExitCode.UNAVAILABLE,
)


def exit_code_of(fault: ConnectorFault) -> ExitCode:
    """The code that a fault ends a command with."""
    return next((code for kind, code in _CODES.items() if isinstance(fault, kind)), ExitCode.INTERNAL)


def gravest(faults: Sequence[ConnectorFault]) -> ConnectorFault:
    """The fault whose code a run ends with, of one or more."""
    return min(faults, key=lambda fault: _rank(exit_code_of(fault)))


def _rank(code: ExitCode) -> int:
    return _FIRST.index(code) if code in _FIRST else len(_FIRST)
