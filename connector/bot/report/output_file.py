"""The file that a bot in the background speaks into: its last 5 MB, and the 5 MB before."""

import contextlib
import os
import stat
from pathlib import Path
from typing import Final

#: A variable that `connector start` sets: the file that what the run says goes into.
IN_BACKGROUND: Final = "CONNECTOR_IN_BACKGROUND"
_MOST_BYTES: Final = 5_000_000


class OutputFile:
    """Turns the file over when it is full. `path` is where it lies."""

    def __init__(self, path: Path, most_bytes: int = _MOST_BYTES) -> None:
        self._path = path
        self._most_bytes = most_bytes

    @property
    def before(self) -> Path:
        """What is older lies there."""
        return self._path.with_name(f"{self._path.name}.1")

    def bound(self, *numbers: int) -> None:
        """Those of these descriptors that write into the file go on in a new one, where it is full. A disk that bears
        none leaves it as it is."""
        with contextlib.suppress(OSError):
            there = self._path.stat()
            mine = [number for number in numbers if os.path.samestat(there, os.fstat(number))]
            if not mine or there.st_size < self._most_bytes or not stat.S_ISREG(there.st_mode):
                return
            self._path.replace(self.before)
            new = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            for number in mine:
                os.dup2(new, number)
            os.close(new)


def output_file() -> OutputFile | None:
    """That of this process; None where it runs at a terminal or for a service."""
    path = os.environ.get(IN_BACKGROUND)
    return OutputFile(Path(path)) if path else None
