"""A log that is only appended to: a line a record, in segments of bounded size, on the disk as soon as was promised.

It is written by `write` and not through a memory map: a disk that is full is then an error that can be told, and not
a signal that ends the process. What can't be written waits in memory, in order, and is written as soon as the disk
takes it again; `trouble` says so meanwhile.
"""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from connector.core.journal import Record, Restated
from connector.store.durability import Durability, SyncTimes, syncing
from connector.store.log_tail import LogTail
from connector.store.record_lines import lines_of
from connector.store.segments import number_of, segment_path, segments_of, sync_folder

_LOG: Final = logging.getLogger(__name__)
#: A new segment begins beyond this size.
SEGMENT_BYTES: Final = 8 << 20
#: So many are kept at most, however far behind is who else needs them.
MOST_SEGMENTS: Final = 64
#: A disk that refused is tried again this often.
_RETRY_S: Final = 0.25


class WriteAheadLog(LogTail):
    """The log of one folder, which it alone writes. Raises OSError where it can't begin."""

    def __init__(
        self, folder: Path, durability: Durability, *, segment_bytes: int = SEGMENT_BYTES, in_loop: bool = False
    ) -> None:
        super().__init__()
        self._folder = folder
        self._lock = threading.Lock()
        self._times = SyncTimes()
        self._number = max(map(number_of, segments_of(folder)), default=0) + 1
        self._file = self._new_file(self._number)
        self._synced = 0
        self._retry_at = 0.0
        self._is_told = False
        self._restate: Callable[[], Sequence[Record]] = tuple
        self._kept_from: int | None = None
        self._follow(syncing(durability, self._sync, in_loop=in_loop), durability, segment_bytes)

    @property
    def path(self) -> Path:
        """The segment that is written to."""
        return segment_path(self._folder, self._number)

    @property
    def synced_bytes(self) -> int:
        """How much of the present segment outlives a power cut."""
        return self._synced

    @property
    def longest_sync_ms(self) -> float:
        return self._times.longest_ms

    @property
    def trouble(self) -> str:
        """Why the disk does not take what is written; empty while it does. Asking tries again, now and then."""
        if self._backlog or self._failed or self._sync_failed:
            self._try_again()
        return self._failed or self._sync_failed

    def restate_by(self, restate: Callable[[], Sequence[Record]]) -> None:
        """What lives now; asked for at the head of each further segment."""
        self._restate = restate

    def begin_segment(self) -> None:
        """Goes on in a new segment, which restates what lives; the old ones are of the past from then on."""
        restated = self._restate()
        lines = lines_of((*restated, Restated(len(restated))))
        try:
            file = self._new_file(self._number + 1)
        except OSError as error:
            self._note_failure(error)
            return
        with self._lock:
            old, self._file = self._file, file
            self._number, self._size, self._synced = self._number + 1, 0, 0
        os.close(old)
        self._write(lines)
        self._syncing.written()
        self.forget_old()

    def keep_from(self, number: int) -> None:
        """Segments from that number on are needed by someone else, too."""
        self._kept_from = number

    def close(self) -> str:
        """Writes and syncs what is left. Returns what kept it from being so, empty where nothing did."""
        if self._backlog or self._sync_failed:
            self._retry_at = 0.0
            self._try_again()
        self._syncing.close()
        self._sync()
        os.close(self._file)
        return self._failed or self._sync_failed

    def forget_old(self) -> None:
        """Removes what nobody needs; the segment before this one stays, until this one is surely on the disk."""
        needed = self._number - 1 if self._kept_from is None else min(self._number - 1, self._kept_from)
        least = max(needed, self._number - MOST_SEGMENTS)
        for path in segments_of(self._folder):
            if number_of(path) < least:
                with contextlib.suppress(OSError):  # it is tried again at the next segment
                    path.unlink()

    def _new_file(self, number: int) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
        flags |= getattr(os, "O_BINARY", 0)
        file = os.open(segment_path(self._folder, number), flags, 0o600)
        sync_folder(self._folder)
        return file

    def _hold(self, data: bytes) -> None:
        self._backlog += data
        self._try_again()

    def _write(self, data: bytes | bytearray) -> None:
        """Writes all of it, or keeps what is left over and the reason."""
        done = 0
        try:
            done = os.write(self._file, data)
            self._size += done
            while done < len(data):
                written = os.write(self._file, memoryview(data)[done:])
                done += written
                self._size += written
        except OSError as error:
            self._backlog = bytearray(data[done:]) + self._backlog
            self._note_failure(error)

    def _try_again(self) -> None:
        now = time.monotonic()
        if now < self._retry_at:
            return
        self._failed = ""
        waiting, self._backlog = self._backlog, bytearray()
        if waiting:
            self._write(waiting)
            self._syncing.written()
        if self._sync_failed and not self._failed:
            # What a failed sync left of a file is not known: everything that lives is written again, elsewhere.
            self._sync_failed = ""
            self.begin_segment()
        if self._failed or self._sync_failed:
            self._retry_at = now + _RETRY_S
        elif self._is_told:
            self._is_told = False
            _LOG.warning("the journal is written again")

    def _note_failure(self, error: OSError) -> None:
        self._failed = f"{self.path}: {error.strerror or error}"
        if not self._is_told:
            _LOG.warning("the journal can't be written (%s); it is kept in memory, and written later", self._failed)
        self._is_told = True
        self._retry_at = time.monotonic() + _RETRY_S

    def _sync(self) -> None:
        """Called beside the loop as well: it holds on to the file, and keeps what fails for the next look."""
        with self._lock:
            size, number = self._size, self._number
            if size == self._synced:
                return
            try:
                file = os.dup(self._file)
            except OSError as error:
                self._sync_failed = f"{self.path}: {error.strerror or error}"
                return
        try:
            self._times.sync(file)
        except OSError as error:
            self._sync_failed = f"{self.path}: not synced: {error.strerror or error}"
        finally:
            os.close(file)
        with self._lock:
            if number == self._number and not self._sync_failed:
                self._synced = max(self._synced, size)
