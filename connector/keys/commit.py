"""Several files change as one: after a crash at any step either all are old or all are new.

    1  each new text lies beside its file (.NAME.next), on the disk
    2  a note names them (.pending), on the disk: from here on the change is made
    3  each is renamed to its place, what goes is removed
    4  the note is removed

A crash before 2 leaves texts that count for nothing; after it, whoever comes next does 3 and 4.
"""

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from connector.core.faults import KeyStoreFault
from connector.keys import key_text
from connector.keys.faults import DamagedStoreFault
from connector.keys.file_locks import FileLock, Timeout
from connector.keys.private_files import PrivateFiles, check_no_link, make_private_folder

_NOTE: Final = ".pending"
_GONE: Final = "gone"
_LOCK: Final = ".lock"
_WITHIN_S: Final = 20.0
_STAY_WHOLE: Final = "each key store beside it is whole, and opens by the password before or after that change"


class Commit:
    """Changes of the files of one folder."""

    def __init__(self, folder: Path, files: PrivateFiles, within_s: float = _WITHIN_S) -> None:
        self._folder = folder
        self._files = files
        self._note = folder / _NOTE
        self._lock = FileLock(folder / _LOCK, timeout=within_s, mode=0o600)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One writer at a time, of all processes; what an earlier one left half done is done.

        Raises `KeyStoreFault`, also for what the disk refuses while it is held.
        """
        make_private_folder(self._folder)
        check_no_link(self._folder / _LOCK)
        try:
            with self._lock:
                self._finish()
                yield
        except Timeout:
            raise KeyStoreFault(
                f"{self._folder}: another connector is writing the key store, and does not end; try again"
            ) from None
        except OSError as error:
            raise KeyStoreFault(f"{self._folder}: the key store can't be written: {error.strerror}") from error

    def is_pending(self) -> bool:
        """Whether a change was decided and is not yet made."""
        return self._note.exists()

    def apply(self, changes: Mapping[str, bytes | None]) -> None:
        """Writes or removes (None) files by their names; only while `locked`."""
        lines: dict[str, str] = {}
        for name, data in changes.items():
            lines[name] = _GONE if data is None else hashlib.sha256(data).hexdigest()
            if data is not None:
                self._put(self._staged(name), data)
        self._files.sync_folder(self._folder)
        draft = self._staged(_NOTE)
        self._put(draft, key_text.written(lines))
        self._files.rename(draft, self._note)
        self._files.sync_folder(self._folder)
        self._carry_out(lines)

    def _put(self, path: Path, data: bytes) -> None:
        self._files.remove(path)
        self._files.write(path, data)
        self._files.sync(path)

    def _finish(self) -> None:
        if self.is_pending():
            self._carry_out(self._noted())
        for left in self._folder.glob(".*.next"):
            self._files.remove(left)

    def _noted(self) -> dict[str, str]:
        try:
            return key_text.read(self._files.read(self._note), self._note)
        except DamagedStoreFault as fault:
            raise KeyStoreFault(
                f"{self._note}: the note of a change is damaged ({fault.what}); remove it: {_STAY_WHOLE}"
            ) from fault

    def _carry_out(self, lines: Mapping[str, str]) -> None:
        for name, digest in lines.items():
            staged, path = self._staged(name), self._folder / name
            if digest == _GONE:
                self._files.remove(path)
            # What does not lie aside any more is in its place; a backup may have been put over it since.
            elif staged.exists():
                self._check(staged, digest)
                self._files.rename(staged, path)
        self._files.sync_folder(self._folder)
        self._files.remove(self._note)
        self._files.sync_folder(self._folder)

    def _check(self, staged: Path, digest: str) -> None:
        if hashlib.sha256(self._files.read(staged)).hexdigest() != digest:
            raise KeyStoreFault(
                f"{staged}: is damaged, and a change that was decided can't be finished with it; remove {self._note}: "
                f"{_STAY_WHOLE}"
            )

    def _staged(self, name: str) -> Path:
        return self._folder / f".{name.removeprefix('.')}.next"
