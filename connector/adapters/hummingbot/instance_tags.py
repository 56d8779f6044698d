"""Tags that mark the orders of one running connector, kept beside Hummingbot's data.

A tag is held by a lock on its file as long as its process lives. Whoever starts next takes a tag that nobody holds, and
with it the duty for orders that its last holder left: two bots of one account never take each other's.

A folder of data may be copied, and a lock with it, which then keeps nobody out. So beside each lock lies a file that
tells its own number in the file system: a copy's number is another. Tags that were copied here are not taken, and their
orders neither: the folder that they were made in may be trading.
"""

import hashlib
import logging
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeVar

from filelock import FileLock, Timeout

from connector.core.faults import failure_text
from connector.orders.client_order_ids import is_ours

_LOG = logging.getLogger(__name__)
#: `connector limits` takes the lock for a moment, to see whether it is held.
_LOOKED_AT_S: Final = 1.0
_ENDING: Final = ".lock"
_NUMBERED: Final = ".inode"
#: By which `connector limits` knows that the bot of a folder runs.
_RUNS: Final = "instance.lock"

State = TypeVar("State")


class HeldTag:
    """A tag, held until this object ends or its process does."""

    def __init__(self, tag: str, *locks: FileLock) -> None:
        self.tag = tag
        self._locks = locks

    def release(self) -> None:
        """Anybody may take it now."""
        for lock in self._locks:
            lock.release()

    def limits_folder(self, folder: Path, api_key: str) -> Path:
        """Where what struck lies until the next start, by tag and key: a local exchange that was started anew made up
        another key, and nothing was lost there. As long as the tag is held, `connector limits` finds it running."""
        own = folder / _digest(api_key) / self.tag
        for other in folder.glob(f"*/{self.tag}"):
            if other != own:
                shutil.rmtree(other, ignore_errors=True)
        runs = FileLock(own / _RUNS)
        try:
            own.mkdir(parents=True, exist_ok=True)
            runs.acquire(timeout=_LOOKED_AT_S)
            self._locks = (*self._locks, runs)
        except (OSError, Timeout) as error:
            _LOG.warning("%s: %s: connector limits does not see that this bot runs", own, failure_text(error))
        return own


def held_tag(folder: Path, account: str) -> HeldTag:
    """A tag of the account (any text that names it) that nobody else holds; a new one where all are held, or the
    folder can't be written to."""
    name = _digest(account)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.glob(f"{name}-*{_ENDING}")):
            held = _held(path)
            if held is not None:
                return held
        made = _held(folder / f"{name}-{_new_tag()}{_ENDING}")
    except OSError as error:
        _LOG.warning("%s: %s: orders that a kill leaves open are not known after it", folder, failure_text(error))
        made = None
    return made or HeldTag(_new_tag())


def without_copied(folder: Path, states: Mapping[str, State]) -> dict[str, State]:
    """States of orders, by id, without those of tags that were copied here."""
    copied = [_tag_of(path) for path in folder.glob(f"*{_NUMBERED}") if _is_copy(path)]
    left_out = [name for name in states if any(is_ours(name, tag) for tag in copied)]
    if left_out:
        _LOG.warning(
            "%s was copied: of the bot that it was copied from, and not followed or cancelled here, are %s",
            folder,
            ", ".join(left_out),
        )
    return {name: state for name, state in states.items() if name not in left_out}


def _held(path: Path) -> HeldTag | None:
    """None where another holds it, or the tag was copied here."""
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    numbered = path.with_suffix(_NUMBERED)
    numbered.touch()
    if _is_copy(numbered):
        lock.release()
        return None
    numbered.write_text(f"{numbered.stat().st_ino}\n")
    return HeldTag(_tag_of(path), lock)


def _is_copy(numbered: Path) -> bool:
    """An empty one was not finished by whoever made it here."""
    told = numbered.read_text().strip()
    return bool(told) and told != str(numbered.stat().st_ino)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _tag_of(path: Path) -> str:
    return path.stem.partition("-")[2]


def _new_tag() -> str:
    return f"h{secrets.token_hex(3)}"
