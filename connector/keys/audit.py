"""The audit log: who unlocked, connected, changed, approved, refused; a line each, never a secret.

Lines are only ever added, and each carries the hash of the one before it: what is removed, altered or put in another
order in the middle is found. Whoever rewrites the whole tail is not: for that a count is sealed in the key store at
each unlock and stop, which says how many lines there were, and what the last one was.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from connector.core.faults import ConfigFault, KeyStoreFault
from connector.keys.file_locks import FileLock, Timeout
from connector.keys.machine_user import machine_user
from connector.keys.private_files import check_no_link

_FIRST: Final = "0" * 64
_WITHIN_S: Final = 10.0
_LONGEST_LINE: Final = 4_096
_OPTION: Final = "audit"
_RENEW: Final = "when you have looked into it, put it aside and begin anew: connector audit renew"


@dataclass(frozen=True, slots=True)
class AuditMark:
    """How far the log went: what is sealed in the key store."""

    lines: int = 0
    last: str = _FIRST

    def text(self) -> str:
        return json.dumps({"lines": self.lines, "last": self.last})

    @classmethod
    def of(cls, text: str | None) -> "AuditMark":
        """What was sealed; nothing was: no line."""
        if not text:
            return cls()
        row = json.loads(text)
        return cls(int(row["lines"]), str(row["last"]))


class Audit:
    """The log of one home. `now_s` gives seconds since the epoch."""

    def __init__(self, path: Path, now_s: Callable[[], float] = time.time) -> None:
        self.path = path
        self._now_s = now_s

    def record(self, what: str, domain: str = "", detail: str = "") -> AuditMark:
        """Adds a line, on the disk when this returns; how far the log goes now. Raises `KeyStoreFault`."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            check_no_link(self.path)
            with FileLock(self.path.with_suffix(".lock"), timeout=_WITHIN_S, mode=0o600):
                return self._added(what, domain, detail)
        except Timeout:
            raise KeyStoreFault(f"{self.path}: another connector writes the audit log, and does not end") from None
        except OSError as error:
            raise KeyStoreFault(f"{self.path}: the audit log can't be written: {error.strerror}") from error

    def holds(self, mark: AuditMark) -> bool:
        """Whether the line that a key store has seen last is still there. Raises `KeyStoreFault`."""
        if not mark.lines:
            return True
        number = f'"n":{mark.lines},'.encode()
        try:
            with self.path.open("rb") as file:
                rows = (row_of(line.rstrip(b"\n")) for line in file if number in line)
                return any(row is not None and row["n"] == mark.lines and row["hash"] == mark.last for row in rows)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise KeyStoreFault(f"{self.path}: the audit log can't be read: {error.strerror}") from error

    def put_aside(self) -> Path | None:
        """The log as it is goes aside, named by the time; the next line begins a new one. None where there is none.

        Raises `KeyStoreFault`.
        """
        day = time.strftime("%Y%m%d-%H%M%S", time.gmtime(self._now_s()))
        aside = self.path.with_name(f"{self.path.stem}.{day}{self.path.suffix}")
        try:
            check_no_link(self.path)
            if aside.exists():
                raise KeyStoreFault(f"{aside}: stands there already; try again")
            self.path.rename(aside)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise KeyStoreFault(f"{self.path}: the audit log can't be put aside: {error.strerror}") from error
        return aside

    def _added(self, what: str, domain: str, detail: str) -> AuditMark:
        before, is_torn = self._end()
        row: dict[str, Any] = {
            "n": before.lines + 1,
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._now_s())),
            "what": what,
            "domain": domain,
            "detail": detail,
            "user": machine_user(),
            "process": os.getpid(),
            "before": before.last,
            # The machine stopped while the line before this one was written: it is none.
            **({"torn": True} if is_torn else {}),
        }
        row["hash"] = hash_of(row)
        line = ("\n" if is_torn else "") + json.dumps(row, separators=(",", ":")) + "\n"
        number = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            os.write(number, line.encode())
            os.fsync(number)
        finally:
            os.close(number)
        return AuditMark(row["n"], row["hash"])

    def _end(self) -> tuple[AuditMark, bool]:
        """The last line that is one, and whether a torn one stands behind it."""
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - 16 * _LONGEST_LINE))
                data = file.read()
        except FileNotFoundError:
            return AuditMark(), False
        rows = [row for line in data.split(b"\n") if (row := row_of(line)) is not None]
        mark = AuditMark(rows[-1]["n"], rows[-1]["hash"]) if rows else AuditMark()
        return mark, bool(data) and not data.endswith(b"\n")


def verified(path: Path, sealed: Mapping[str, AuditMark]) -> Iterator[str]:
    """What can be said of the log: lines of text. `sealed` are the marks in the key stores, by domain.

    Raises `ConfigFault` that names the first line that was removed, altered or put in another place.
    """
    hashes, torn = _chained(path)
    for domain, mark in sealed.items():
        if mark.lines > len(hashes):
            rule = f"the key store of {domain} has seen {mark.lines} lines, and {len(hashes)} are there"
            raise ConfigFault(_OPTION, path, rule, f"lines were removed at its end; {_RENEW}")
        if mark.lines and hashes[mark.lines - 1] != mark.last:
            rule = f"line {mark.lines} is another one than the key store of {domain} has seen"
            raise ConfigFault(_OPTION, path, rule, f"it was written anew; {_RENEW}")
    yield f"{path}: {len(hashes)} lines, each follows from the one before it"
    for number in torn:
        yield f"line {number} is torn: the machine stopped while it was written, and the next one says so"
    most = max((mark.lines for mark in sealed.values()), default=0)
    if most:
        yield f"lines 1 to {most} are sealed by the key store"
    if most < len(hashes):
        yield f"from line {most + 1} on they are chained only: who can write the file could have written them anew"


def _chained(path: Path) -> tuple[list[str], list[int]]:
    """The hashes of the lines, and which lines of the file are torn ones."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return [], []
    except OSError as error:
        raise ConfigFault(_OPTION, path, f"can't be read: {error.strerror}") from error
    hashes: list[str] = []
    torn: list[int] = []
    broken = 0
    for number, line in enumerate(lines[:-1] if not lines[-1] else lines, 1):
        row = row_of(line)
        if broken and (row is None or not row.get("torn")):
            break
        if row is None:
            broken = number
            continue
        is_next = row["n"] == len(hashes) + 1 and row["before"] == (hashes[-1] if hashes else _FIRST)
        if not is_next or (row.get("torn") and not broken):
            rule = f"before line {number} one was removed, added or put in another place"
            raise ConfigFault(_OPTION, path, rule, _RENEW)
        if broken:
            torn.append(broken)
            broken = 0
        hashes.append(row["hash"])
    if broken:
        raise ConfigFault(_OPTION, path, f"line {broken} was altered, or torn when the machine stopped", _RENEW)
    return hashes, torn


def row_of(line: bytes) -> dict[str, Any] | None:
    """A line that carries its own hash; None for any other."""
    try:
        row = json.loads(line)
        is_whole = row["hash"] == hash_of(row) and type(row["n"]) is int and isinstance(row["before"], str)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return row if is_whole and json.dumps(row, separators=(",", ":")).encode() == line else None


def hash_of(row: Mapping[str, Any]) -> str:
    """Over everything in a line but the hash."""
    rest = {name: value for name, value in row.items() if name != "hash"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
