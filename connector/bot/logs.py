"""The log: one file that rotates, redacted throughout. The screen belongs to the user, not to the log."""

import contextlib
import json
import logging
import os
import stat
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from connector.core.faults import ConfigFault, failure_text
from connector.core.secrets import RedactingFilter, RedactingFormatter
from connector.keys.file_locks import FileLock, Timeout

_MOST_BYTES = 5_000_000
_KEPT = 3
#: How often the path is looked at, in seconds: another bot may have turned the file over.
_LOOKED_EVERY_S = 1.0
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def warn_aside() -> None:
    """Until a log is started, what has to be heard is a masked line on standard error."""
    root = logging.getLogger()
    if not root.handlers:
        handler = logging.StreamHandler()
        handler.setLevel(logging.WARNING)
        handler.setFormatter(RedactingFormatter(_Line()))
        root.addHandler(handler)


class _Line(logging.Formatter):
    """The message alone: no traceback reaches a user."""

    def format(self, record: logging.LogRecord) -> str:
        return record.getMessage()


class _Timed(logging.Formatter):
    """A line of text, its time in UTC."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return _time(record)


class _JsonLine(logging.Formatter):
    """One JSON object a line: time, level, logger and message, and of an order the fields of its event."""

    def format(self, record: logging.LogRecord) -> str:
        row = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info or record.exc_text:
            row["traceback"] = record.exc_text or self.formatException(record.exc_info)  # type: ignore[arg-type]
        return json.dumps(row, ensure_ascii=False, default=str)


class LogFile(RotatingFileHandler):
    """The file, which all bots of a home write. Where it can't be written, one line says so, and one says when it is
    written again. One that another bot turned over is followed, and one alone turns it over."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_MOST_BYTES, backupCount=_KEPT, encoding="utf-8")
        #: Told both; by whoever has a screen.
        self.tell: Callable[[str], None] = _tell_aside
        #: Lines that are missing; 0 while it is written.
        self.missing = 0
        self._looked_s = time.monotonic()

    def shouldRollover(self, record: logging.LogRecord) -> bool:
        now_s = time.monotonic()
        if now_s - self._looked_s >= _LOOKED_EVERY_S:
            self._looked_s = now_s
            self._follow()
        # By what stands there already: the standard library's own look formats each line once more to know its length.
        if self.stream is None:
            return False
        found = os.fstat(self.stream.fileno())
        return stat.S_ISREG(found.st_mode) and found.st_size >= self.maxBytes

    def doRollover(self) -> None:
        path = Path(self.baseFilename)
        # Whoever finds another at it writes on, and looks again with the next line.
        with contextlib.suppress(Timeout), FileLock(path.with_name(f".{path.name}.lock"), timeout=0):
            if not self._follow():
                super().doRollover()

    def _follow(self) -> bool:
        """Whether the path was another file than the one that is open; now it is the open one."""
        if self.stream is None:
            return False
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(Path(self.baseFilename).stat(), os.fstat(self.stream.fileno())):
                return False
        before, self.stream = self.stream, self._open()
        before.close()
        return True

    def emit(self, record: logging.LogRecord) -> None:
        missing = self.missing
        super().emit(record)
        if missing and self.missing == missing:
            self.missing = 0
            self.tell(f"the log is written again: {missing} lines are missing")

    def handleError(self, record: logging.LogRecord) -> None:
        self.missing += 1
        if self.missing == 1:
            error = sys.exc_info()[1]
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            self.tell(f"the log can't be written: {reason}: {self.baseFilename}")


def log_file() -> LogFile | None:
    """The log that is on; None before it is started."""
    return next((row for row in logging.getLogger().handlers if isinstance(row, LogFile)), None)


def start_log(folder: Path, level: str = "INFO", *, as_json: bool = False) -> Path:
    """Sends every logger, third-party ones included, to `folder/connector.log`, as text or as JSON lines, and returns
    its path."""
    path = folder / "connector.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = LogFile(path)
    except OSError as error:
        reason = failure_text(error)
        raise ConfigFault("--home", folder, f"cannot be written to: {reason}", "choose another folder") from error
    handler.setFormatter(RedactingFormatter(_JsonLine() if as_json else _Timed(_FORMAT)))
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


def _time(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    return f"{at.removesuffix('+00:00')}Z"


def _tell_aside(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"{text}\n")
