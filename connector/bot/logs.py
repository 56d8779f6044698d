"""The log: one file that rotates, redacted throughout. The screen belongs to the user, not to the log."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from connector.core.faults import ConfigFault
from connector.core.secrets import RedactingFilter, RedactingFormatter

_MOST_BYTES = 5_000_000
_KEPT = 3
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _Line(logging.Formatter):
    """The message alone: no traceback reaches a user."""

    def format(self, record: logging.LogRecord) -> str:
        return record.getMessage()


def warn_aside() -> None:
    """Until a log is started, what has to be heard is a masked line on standard error."""
    root = logging.getLogger()
    if not root.handlers:
        handler = logging.StreamHandler()
        handler.setLevel(logging.WARNING)
        handler.setFormatter(RedactingFormatter(_Line()))
        root.addHandler(handler)


def start_log(folder: Path, level: str = "INFO") -> Path:
    """Sends every logger, third-party ones included, to `folder/connector.log`, and returns its path."""
    path = folder / "connector.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=_MOST_BYTES, backupCount=_KEPT, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigFault("--home", folder, f"cannot be written to: {reason}", "choose another folder") from error
    handler.setFormatter(RedactingFormatter(logging.Formatter(_FORMAT)))
    # A logger's own filter sees what is logged on it alone, a handler's whatever reaches it.
    handler.addFilter(RedactingFilter())
    root = logging.getLogger()
    if not any(isinstance(row, RedactingFilter) for row in root.filters):
        root.addFilter(RedactingFilter())
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    return path
