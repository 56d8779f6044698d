"""One instance a tag and account: the second is refused before it has sent a byte."""

import contextlib
import os
import warnings
from pathlib import Path
from typing import Final

from connector.core.faults import InstanceFault

with warnings.catch_warnings():
    # Where the system has no file locks the library says so at its import; a file that stands is the lock there.
    warnings.simplefilter("ignore", UserWarning)
    from filelock import FileLock, Timeout

_LOCK: Final = "instance.lock"
_HOLDER: Final = "instance.pid"
_LOOKS_EVERY_S: Final = 0.01
#: Who takes a lock again and again leaves it for so long in between: who waits for it comes in.
GAP_S: Final = 5 * _LOOKS_EVERY_S


class InstanceLock:
    """Held until `release`, or until the process ends, however it ends."""

    def __init__(self, folder: Path, tag: str, wait_s: float = 0.0) -> None:
        """Raises `InstanceFault` while another holds it for longer than `wait_s`, OSError where no lock can be made."""
        self._holder = folder / _HOLDER
        self._lock = FileLock(folder / _LOCK, timeout=wait_s)
        try:
            self._lock.acquire(poll_interval=_LOOKS_EVERY_S)
        except Timeout as error:
            raise InstanceFault(
                f"{_running(self._holder)} runs with the tag {tag} on this account already; "
                "stop it, or give this one a client_order_id_prefix of its own in connector.yml"
            ) from error
        with contextlib.suppress(OSError):  # a full disk: the number is for the line above alone
            self._holder.write_text(str(os.getpid()), encoding="utf-8")

    def release(self) -> None:
        self._lock.release()


def runs_in(folder: Path) -> str:
    """Who holds the lock of an instance now, in words; empty where nobody does."""
    try:
        lock = FileLock(folder / _LOCK, timeout=0)
        lock.acquire()
    except Timeout:
        return _running(folder / _HOLDER)
    lock.release()
    return ""


def instance_folders(data: Path) -> tuple[Path, ...]:
    """Every instance that keeps a journal there."""
    return tuple(sorted(path.parent for path in data.glob(f"*/*/*/{_LOCK}")))


def _running(holder: Path) -> str:
    try:
        return f"another connector (process {int(holder.read_text(encoding='utf-8'))})"
    except (OSError, ValueError):
        return "another connector"
