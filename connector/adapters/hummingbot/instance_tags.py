"""Tags that mark the orders of one running connector, kept beside Hummingbot's data.

A tag is held by a lock on its file as long as its process lives. Whoever starts next takes a tag that nobody holds, and
with it the duty for orders that its last holder left: two bots of one account never take each other's.
"""

import hashlib
import logging
import secrets
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

_LOG = logging.getLogger(__name__)
_ENDING: Final = ".lock"


class HeldTag:
    """A tag, held until this object ends or its process does."""

    def __init__(self, tag: str, lock: FileLock | None = None) -> None:
        self.tag = tag
        self._lock = lock

    def release(self) -> None:
        """Anybody may take it now."""
        if self._lock is not None:
            self._lock.release()


def held_tag(folder: Path, account: str) -> HeldTag:
    """A tag of the account (any text that names it) that nobody else holds; a new one where all are held, or the
    folder can't be written to."""
    name = hashlib.sha256(account.encode()).hexdigest()[:12]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.glob(f"{name}-*{_ENDING}")):
            held = _held(path)
            if held is not None:
                return held
        made = _held(folder / f"{name}-{_new_tag()}{_ENDING}")
    except OSError as error:
        _LOG.warning("%s: %s: orders that a kill leaves open are not known after it", folder, error)
        made = None
    return made or HeldTag(_new_tag())


def _held(path: Path) -> HeldTag | None:
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    return HeldTag(path.name.removesuffix(_ENDING).partition("-")[2], lock)


def _new_tag() -> str:
    return f"h{secrets.token_hex(3)}"
