"""The journal of one instance: its lock, what its earlier lives left, and the log that it goes on with."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from connector.core.faults import ConfigFault
from connector.core.journal import LifeBegan, LifeEnded, Record, Restate, Restated
from connector.store.durability import Durability
from connector.store.instance_lock import InstanceLock
from connector.store.segments import cut_torn_tail, read_log
from connector.store.write_ahead_log import SEGMENT_BYTES, WriteAheadLog


class FileJournal:
    """Satisfies `core.journal.Journal`. `begin` first, `end` last.

    Raises `InstanceFault` while another instance has the folder, `ConfigFault` where it can't be read or written.
    """

    def __init__(
        self,
        folder: Path,
        tag: str,
        durability: Durability = Durability.GROUP,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        in_loop: bool = False,
        lock_wait_s: float = 0.0,
    ) -> None:
        self.folder, self.tag = folder, tag
        self._durability = durability
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = InstanceLock(folder, tag, lock_wait_s)
        except OSError as error:
            raise _unusable(folder, error) from error
        try:
            self._earlier, self.damage = self._read()
            self._log = WriteAheadLog(folder, durability, segment_bytes=segment_bytes, in_loop=in_loop)
        except OSError as error:
            self._lock.release()
            raise _unusable(folder, error) from error
        #: See `Journal.append`.
        self.append: Callable[..., None] = self._log.append
        self._restate: Restate = tuple
        lives = (record.number for record in self._earlier if isinstance(record, LifeBegan))
        self._lived = max(lives, default=0)

    def take_earlier(self) -> Iterator[Record]:
        """What earlier lives left, once: a log of many megabytes is not held for a life."""
        records, self._earlier = self._earlier, ()
        return iter(records)

    def begin(self, now_ms: int) -> None:
        """A new life begins, which restates what lives of the earlier ones. Raises `ConfigFault` for a disk that
        does not take it: nothing was sent yet."""
        restated = self._restate()
        self.append(*restated, LifeBegan(self.tag, now_ms, self._lived + 1), Restated(len(restated)))
        if self.trouble:
            reason = self.trouble
            self._close()
            raise ConfigFault("--home", self.folder, f"the journal can't be written: {reason}", "make room, then retry")
        self._log.forget_old()

    @property
    def trouble(self) -> str:
        return self._log.trouble

    def report(self) -> dict[str, Any]:
        """What a summary tells of it."""
        return {
            "durability": self._durability.value,
            "longest_sync_ms": round(self._log.longest_sync_ms, 3),
            "trouble": self.trouble,
        }

    @property
    def log(self) -> WriteAheadLog:
        """What it is written to."""
        return self._log

    def restate_by(self, restate: Restate) -> None:
        self._restate = restate
        self._log.restate_by(restate)

    def end(self, now_ms: int) -> str:
        """The life ends in order. Returns what could not be written, in words; empty where all is on the disk."""
        self.append(LifeEnded(now_ms))
        return self._close()

    def _close(self) -> str:
        left = self._log.close()
        self._lock.release()
        return left

    def _read(self) -> tuple[Sequence[Record], tuple[str, ...]]:
        segments = read_log(self.folder)
        if segments and segments[-1].is_torn:
            cut_torn_tail(segments[-1])
        damage = [line for segment in segments for line in segment.damage]
        damage += [
            f"{segment.path}: torn at byte {segment.sound_bytes} though later files follow"
            for segment in segments[:-1]
            if segment.is_torn
        ]
        return tuple(record for segment in segments for record in segment.records), tuple(damage)


def _unusable(folder: Path, error: OSError) -> ConfigFault:
    reason = error.strerror or str(error)
    return ConfigFault("--home", folder, f"the journal can't be used: {reason}", "choose another folder by --home")
