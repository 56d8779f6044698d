"""How soon what is written is on the disk for good.

each    synced before the append returns: a power cut loses nothing. The loop waits for the disk.
group   written at once, synced every 10 ms beside the loop, or as fast as the disk syncs: a kill loses nothing, a
        power cut what was not synced yet.
none    written at once, synced by the system when it likes: a kill loses nothing, a power cut some 30 s.
"""

import asyncio
import os
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Final, Protocol

_EVERY_S: Final = 0.010
#: Looked at without being told, too: a loop may end before the turn in which it would tell.
_UNTOLD_S: Final = 1.0
_END_WITHIN_S: Final = 5.0


class Durability(StrEnum):
    """When an append is synced."""

    EACH = "each"
    GROUP = "group"
    NONE = "none"


class Syncing(Protocol):
    """Syncs what was written by `sync`, which it was made with and which keeps its own failures."""

    #: Whether what is written now will be synced though nobody calls `written`.
    is_due: bool

    def written(self) -> None:
        """Something was written."""
        ...

    def close(self) -> None:
        """Nothing more is written; it does not sync any more when this returns."""
        ...


class EachSync:
    """Syncs at once."""

    __slots__ = ("_sync", "is_due")

    def __init__(self, sync: Callable[[], None]) -> None:
        self._sync, self.is_due = sync, False

    def written(self) -> None:
        self._sync()

    def close(self) -> None:
        """Nothing is left over."""


class NoSync:
    """Leaves it to the system."""

    __slots__ = ("is_due",)

    def __init__(self) -> None:
        self.is_due = True

    def written(self) -> None:
        """Nothing is done."""

    def close(self) -> None:
        """Nothing is left over."""


class ThreadSync:
    """Syncs in a thread of its own: no disk, however slow, holds up the loop.

    What is written in a turn of the loop wakes the thread in the next one: a thread that wakes takes the core from who
    woke it, and an order whose line was just written has not left yet.
    """

    __slots__ = ("_is_closed", "_is_dirty", "_sync", "_thread", "is_due")

    def __init__(self, sync: Callable[[], None]) -> None:
        self._sync = sync
        self.is_due = False
        self._is_dirty = threading.Event()
        self._is_closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal sync", daemon=True)
        self._thread.start()

    def written(self) -> None:
        if self.is_due:
            return
        self.is_due = True
        try:
            asyncio.get_running_loop().call_soon(self._is_dirty.set)
        except RuntimeError:
            self._is_dirty.set()

    def close(self) -> None:
        self._is_closed.set()
        self._is_dirty.set()
        self._thread.join(_END_WITHIN_S)

    def _run(self) -> None:
        while not self._is_closed.is_set():
            self._is_dirty.wait(_UNTOLD_S)
            if self._is_closed.wait(_EVERY_S):
                return
            self._is_dirty.clear()
            # From here on the next write tells anew; what was written before is in this sync.
            self.is_due = False
            self._sync()


class LoopSync:
    """Syncs on the running event loop, 10 ms after a write: for loops of virtual time, whose runs must repeat."""

    __slots__ = ("_sync", "_timer", "is_due")

    def __init__(self, sync: Callable[[], None]) -> None:
        self._sync = sync
        self.is_due = False
        self._timer: asyncio.TimerHandle | None = None

    def written(self) -> None:
        if not self.is_due:
            self.is_due = True
            self._timer = asyncio.get_running_loop().call_later(_EVERY_S, self._fire)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _fire(self) -> None:
        self._timer, self.is_due = None, False
        self._sync()


class SyncTimes:
    """The syncs of one log: how many, and the longest."""

    def __init__(self) -> None:
        self.count = 0
        self.longest_ms = 0.0

    def sync(self, number: int) -> None:
        """Syncs the data of an open file. Raises OSError."""
        began = time.perf_counter()
        sync_data(number)
        self.count += 1
        self.longest_ms = max(self.longest_ms, (time.perf_counter() - began) * 1000)


#: macOS and Windows have no `fdatasync`.
sync_data: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)


def syncing(durability: Durability, sync: Callable[[], None], *, in_loop: bool) -> Syncing:
    """What keeps a durability's promise."""
    match durability:
        case Durability.EACH:
            return EachSync(sync)
        case Durability.NONE:
            return NoSync()
        case Durability.GROUP:
            return LoopSync(sync) if in_loop else ThreadSync(sync)
