"""Exit codes: stable, and each with its meaning; the README's table is made of these."""

from enum import IntEnum

from connector.core.faults import (
    AccountingFault,
    ConfigFault,
    ConnectorFault,
    Fault,
    InstanceFault,
    StopFault,
    UnavailableFault,
    UnreadableFault,
)


class ExitCode(IntEnum):
    """How a command ended."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    BAD_CONFIG = 3
    NEEDS_KEY_STORE = 4
    UNAVAILABLE = 5
    BOOKS_DIFFER = 6
    STOP_UNVERIFIED = 7
    ALREADY_RUNNING = 13


MEANINGS: dict[ExitCode, str] = {
    ExitCode.OK: "Finished, or stopped on request (Ctrl-C, SIGTERM): nothing left open, the books agree.",
    ExitCode.INTERNAL: "A defect of this program. The log holds the details.",
    ExitCode.USAGE: "The command line is wrong.",
    ExitCode.BAD_CONFIG: "A setting or an input file is wrong; the line names it. No order was sent.",
    ExitCode.NEEDS_KEY_STORE: "The domain needs an API key from a key store, which this release has not.",
    ExitCode.UNAVAILABLE: "The exchange could not be reached, or refused what the start needs.",
    ExitCode.BOOKS_DIFFER: "The bot's books and the exchange's differ; the lines name the trade or income id.",
    ExitCode.STOP_UNVERIFIED: "The stop could not be verified: orders may still be open at the exchange.",
    ExitCode.ALREADY_RUNNING: "Another instance runs with this tag on this account; the line names its process.",
}

_CODES: dict[type[ConnectorFault], ExitCode] = {
    ConfigFault: ExitCode.BAD_CONFIG,
    UnavailableFault: ExitCode.UNAVAILABLE,
    Fault: ExitCode.UNAVAILABLE,
    UnreadableFault: ExitCode.UNAVAILABLE,
    AccountingFault: ExitCode.BOOKS_DIFFER,
    StopFault: ExitCode.STOP_UNVERIFIED,
    InstanceFault: ExitCode.ALREADY_RUNNING,
}


def exit_code_of(fault: ConnectorFault) -> ExitCode:
    """The code that a fault ends a command with."""
    return next((code for kind, code in _CODES.items() if isinstance(fault, kind)), ExitCode.INTERNAL)
