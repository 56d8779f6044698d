"""What several processes of one machine have used of the limits of one address, or one account: one count for all.

A file of slots, one a process, mapped into the memory of each. A process writes into its own slot alone and reads
those of the others, so that nothing is locked between requests:

    slot    a lock file that its process holds while it lives: a crash frees it, and the next one takes it
    cell    of one window: the venue's newest count, when it was told, and what that count cannot know yet
            (requests that are not answered, or were answered without a count)

A cell is of one window of the venue's clock: what a process that crashed left there ends with that window by itself.
The file is written in full when it is made, so that a full disk is an error then, and never while orders are sent.
"""

import contextlib
import logging
import mmap
import os
import shutil
import time
import warnings
from pathlib import Path
from typing import Final, NamedTuple

from connector.venue.limits import FUNDING_REQUESTS, ORDERS, REQUEST_WEIGHT

with warnings.catch_warnings():
    # Where the system has no file locks the library says so at its import; a file that stands is the lock there.
    warnings.simplefilter("ignore", UserWarning)
    from filelock import FileLock, Timeout

_LOG = logging.getLogger(__name__)
SLOTS: Final = 64
#: Which column of a slot a window is kept in; a limit that is not here is not shared.
COLUMNS: Final = {
    (REQUEST_WEIGHT, 60_000): 0,
    (ORDERS, 10_000): 1,
    (ORDERS, 60_000): 2,
    (FUNDING_REQUESTS, 300_000): 3,
}
#: Words of eight bytes: a cell has the count with its window, when it was told, and what is open with its window.
_CELL, _WORD = 3, 8
_SLOT: Final = _CELL * len(COLUMNS)
_BYTES: Final = SLOTS * _SLOT * _WORD
#: A window's number stands above its count in one word, so that no reader sees one without the other.
SHIFT: Final = 24
MASK: Final = (1 << SHIFT) - 1
#: Which others there are is looked at so often; a new one begins with counts of nothing.
_LOOK_EVERY_MS = 1_000
#: With the number of its layout: a file that others have in memory is never changed in size.
_COUNTS = "counts-1"
#: A folder of an exchange or an account that nobody used for so long is removed.
_STALE_S = 86_400.0


class Others(NamedTuple):
    """What the other processes know, and have under way, of one window."""

    #: The venue's newest count that one of them was told.
    told: int
    #: When, by the steady clock of the machine; 0 for never.
    told_ms: int
    #: What is under way at all of them.
    open: int


NOBODY: Final = Others(0, 0, 0)


class Cell:
    """What this process knows, and has under way, of one window; the number of the window goes with it."""

    __slots__ = ("at", "words")

    def __init__(self, words: memoryview, at: int) -> None:
        self.words, self.at = words, at

    def publish(self, index: int, told: int, told_ms: int, under_way: int) -> None:
        words, at, window = self.words, self.at, index << SHIFT
        words[at] = window | (told if told < MASK else MASK)
        words[at + 1] = told_ms
        words[at + 2] = window | (under_way if under_way < MASK else MASK)

    def publish_open(self, index: int, under_way: int) -> None:
        """What is under way alone."""
        self.words[self.at + 2] = index << SHIFT | (under_way if under_way < MASK else MASK)


class SharedCounts:
    """One process's slot in one folder, and its look at the others'. Times are of the machine's steady clock, in ms."""

    def __init__(self, folder: Path) -> None:
        """Takes a free slot. Raises OSError where the folder can't be used, or 64 processes have it."""
        folder.mkdir(parents=True, exist_ok=True)
        self._lock, self._slot = _free_slot(folder)
        self._map = _mapped(folder / _COUNTS)
        self._words = memoryview(self._map).cast("q")
        self._own = self._slot * _SLOT
        self._others: tuple[int, ...] = ()
        self._looked_ms: int | None = None
        self._clear()

    def cell(self, column: int) -> "Cell":
        """Where this process tells of one window."""
        return Cell(self._words, self._own + column * _CELL)

    def others(self, column: int, index: int, steady_ms: int) -> Others:
        """What the others have of that window."""
        if self._looked_ms is None or steady_ms - self._looked_ms >= _LOOK_EVERY_MS:
            self._look(steady_ms)
        if not self._others:
            return NOBODY
        told = told_ms = under_way = 0
        words, offset = self._words, column * _CELL
        for slot in self._others:
            at = slot + offset
            word = words[at]
            if word >> SHIFT == index and words[at + 1] > told_ms:
                told, told_ms = word & MASK, words[at + 1]
            word = words[at + 2]
            if word >> SHIFT == index:
                under_way += word & MASK
        return Others(told, told_ms, under_way)

    def close(self) -> None:
        """Gives the slot free."""
        self._clear()
        self._words.release()
        self._map.close()
        self._lock.release()

    def _look(self, steady_ms: int) -> None:
        """Slots in which something stands: of processes that live, or of one that crashed within the longest window."""
        self._looked_ms = steady_ms
        used = (slot * _SLOT for slot in range(SLOTS) if slot != self._slot)
        self._others = tuple(slot for slot in used if any(self._words[slot : slot + _SLOT]))

    def _clear(self) -> None:
        for word in range(self._own, self._own + _SLOT):
            self._words[word] = 0


def shared_counts(folder: Path) -> SharedCounts | None:
    """The shared counts of a folder; None, with a line in the log, where it can't be used: each then counts alone."""
    try:
        _forget_stale(folder)
        return SharedCounts(folder)
    except OSError as error:
        _LOG.warning("limits are not shared with other processes: %s: %s", folder, error.strerror or error)
        return None


def _free_slot(folder: Path) -> tuple[FileLock, int]:
    for slot in range(SLOTS):
        lock = FileLock(folder / f"slot-{slot:02}.lock", timeout=0)
        with contextlib.suppress(Timeout):
            lock.acquire()
            return lock, slot
    raise OSError(f"{SLOTS} processes share it already")


def _mapped(path: Path) -> mmap.mmap:
    """The file in memory; made under a lock, whole, where it is not there."""
    with FileLock(path.with_suffix(".lock")):
        if not path.exists() or path.stat().st_size != _BYTES:
            made = path.with_suffix(".made")
            made.write_bytes(bytes(_BYTES))
            made.replace(path)
        os.utime(path)
    with path.open("r+b") as file:
        return mmap.mmap(file.fileno(), _BYTES)


def _forget_stale(folder: Path) -> None:
    """Removes what is beside the folder and was not used for a day: exchanges on loopback come and go."""
    for other in folder.parent.glob("*/"):
        counts = other / _COUNTS
        with contextlib.suppress(OSError, Timeout):
            if other == folder or time.time() - counts.stat().st_mtime < _STALE_S:
                continue
            locks = [FileLock(lock, timeout=0) for lock in other.glob("slot-*.lock")]
            with contextlib.ExitStack() as held:
                for lock in locks:
                    held.enter_context(lock)
                shutil.rmtree(other, ignore_errors=True)
