"""The end of a log: what is appended to it, record by record, and what waits to be."""

import os

from connector.core.journal import Record, Telling, Told
from connector.store.durability import Durability, Syncing
from connector.store.plain.record_lines import lines_of


class LogTail:
    """The file that is written to. Whatever is not usual is left to who derives from this."""

    #: Set by `_follow`, before anything is appended.
    _syncing: Syncing

    def __init__(self) -> None:
        self._file = -1
        self._size = self._tellings = 0
        self._segment_bytes = 0
        #: What the disk did not take, in order, and why; why it was not synced.
        self._backlog = bytearray()
        self._failed = self._sync_failed = ""
        self._is_each = False

    def _follow(self, syncing: Syncing, durability: Durability, segment_bytes: int) -> None:
        """Tells `syncing` what was written, and asks for a new segment beyond that size."""
        self._syncing, self._is_each, self._segment_bytes = syncing, durability is Durability.EACH, segment_bytes

    def append(self, *records: Record) -> None:
        """Writes records together; see `WriteAheadLog.trouble` for what can't be written."""
        data = lines_of(records)
        if self._backlog or self._sync_failed:
            self._hold(data)
            return
        try:
            done = os.write(self._file, data)
        except OSError as error:
            self._backlog += data
            self._note_failure(error)
        else:
            self._size += done
            if done < len(data):
                self._write(data[done:])
        first = type(records[0])
        if first is Telling:
            self._tellings += 1
        elif first is Told:
            self._tellings -= 1
        syncing = self._syncing
        # That something was told may be synced with the next one, where each sync costs.
        if not syncing.is_due and not (first is Told and self._is_each):
            syncing.written()
        # In the middle of a telling what lives is already changed, and not yet told.
        if self._size > self._segment_bytes and not self._failed and not self._tellings:
            self.begin_segment()

    def begin_segment(self) -> None:
        """The file has grown too long."""
        raise NotImplementedError

    def _hold(self, data: bytes) -> None:
        """Keeps what can't be written now, behind what waits already."""
        raise NotImplementedError

    def _write(self, data: bytes) -> None:
        """Goes on with what the system took a part of."""
        raise NotImplementedError

    def _note_failure(self, error: OSError) -> None:
        raise NotImplementedError
