"""The last line of defence of every command: what it raises is one clear line on standard error and an exit code."""

import logging
import sys
from collections.abc import Callable

from connector.bot.exit_codes import ExitCode, exit_code_of
from connector.bot.home import home_at
from connector.bot.logs import log_file, start_log, warn_aside
from connector.bot.report.screen import replace_letters
from connector.core.faults import ConnectorFault, failure_text
from connector.core.secrets import redact

_LOG = logging.getLogger(__name__)


def guarded(command: Callable[[], object]) -> int:
    """Runs a command; turns what it raises into a line on standard error and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        replace_letters(stream)
    warn_aside()
    try:
        command()
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else ExitCode.OK
    except ConnectorFault as fault:
        sys.stderr.write(redact(f"{fault}\n"))
        return exit_code_of(fault)
    except KeyboardInterrupt:
        return ExitCode.OK
    except Exception as defect:
        if isinstance(defect, OSError) and defect.filename is not None:
            sys.stderr.write(redact(f"{defect.filename}: {defect.strerror}\n"))
            return ExitCode.BAD_CONFIG
        sys.stderr.write(redact(f"internal error: {failure_text(defect)}; {_kept(defect)}\n"))
        return ExitCode.INTERNAL
    return ExitCode.OK


def _kept(defect: Exception) -> str:
    """Writes a defect into the log, the home's where the command has none, and says where it is."""
    if log_file() is None:
        try:
            start_log(home_at(None).logs)
        except ConnectorFault as fault:
            return f"no log could be written: {fault}"
    _LOG.error("a defect", exc_info=defect)
    log = log_file()
    return "the log can't be written" if log is not None and log.missing else "the log holds the details"
