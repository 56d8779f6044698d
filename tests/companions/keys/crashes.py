"""Files whose writer dies at a step: the process alone, or the machine with all that was not yet on the disk."""

import os
import signal
from pathlib import Path

from connector.keys.private_files import PrivateFiles


class Died(BaseException):
    """The writer is gone; nothing of it runs any more."""


class DyingFiles(PrivateFiles):
    """Dies before step number `at` (from 1); a write dies in its middle. 0: lives, and counts."""

    def __init__(self, at: int = 0, *, by_signal: bool = False) -> None:
        self.steps = 0
        self._at = at
        self._by_signal = by_signal

    def write(self, path: Path, data: bytes) -> None:
        if self._is_last():
            super().write(path, data[: len(data) // 2])
            self._die()
        super().write(path, data)

    def sync(self, path: Path) -> None:
        """A step; the test's own disk needn't be waited for."""
        self._step()

    def rename(self, path: Path, new: Path) -> None:
        self._step()
        super().rename(path, new)

    def remove(self, path: Path) -> None:
        self._step()
        super().remove(path)

    def sync_folder(self, folder: Path) -> None:
        self._step()

    def _step(self) -> None:
        if self._is_last():
            self._die()

    def _is_last(self) -> bool:
        self.steps += 1
        return self.steps == self._at

    def _die(self) -> None:
        if self._by_signal:
            os.kill(os.getpid(), signal.SIGKILL)
        raise Died


class PowerCut(DyingFiles):
    """A disk that keeps, at the cut, only bytes and names that were synced: what was written and not synced is gone."""

    def __init__(self, folder: Path, at: int = 0) -> None:
        super().__init__(at)
        self._folder = folder
        #: Of each name now: the number of its bytes.
        self._names = {path.name: number for number, path in enumerate(self._files())}
        self._on_disk = dict(self._names)
        self._synced = {self._names[path.name]: path.read_bytes() for path in self._files()}
        self._count = len(self._names)

    def write(self, path: Path, data: bytes) -> None:
        super().write(path, data)
        self._count += 1
        self._names[path.name] = self._count

    def sync(self, path: Path) -> None:
        super().sync(path)
        self._synced[self._names[path.name]] = path.read_bytes()

    def rename(self, path: Path, new: Path) -> None:
        super().rename(path, new)
        self._names[new.name] = self._names.pop(path.name)

    def remove(self, path: Path) -> None:
        super().remove(path)
        self._names.pop(path.name, None)

    def sync_folder(self, folder: Path) -> None:
        super().sync_folder(folder)
        self._on_disk = dict(self._names)

    def cut(self) -> None:
        """The folder as it is found when the machine is back."""
        for path in self._files():
            path.unlink()
        for name, number in self._on_disk.items():
            path = self._folder / name
            path.write_bytes(self._synced.get(number, b""))
            path.chmod(0o600)

    def _files(self) -> list[Path]:
        return sorted(path for path in self._folder.glob("*") if path.name != ".lock") if self._folder.exists() else []
