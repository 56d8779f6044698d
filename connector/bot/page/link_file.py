"""The link of a page for a run without a terminal: a file for its owner alone, gone when the run ends."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from connector.core.faults import ConfigFault, KeyStoreFault
from connector.keys.private_files import PrivateFiles

NAME = "page-link"


class LinkFile:
    """In a folder of the home."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    @contextlib.contextmanager
    def holding(self, link: str) -> Iterator[Path]:
        """Holds the link for as long as the block lasts, in the place of an older one. Raises `ConfigFault`."""
        files, data = PrivateFiles(), f"{link}\n".encode()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            files.remove(self._path)
            files.write(self._path, data)
        except OSError as error:
            raise ConfigFault("--page", self._path, f"cannot be written: {error.strerror or error}") from error
        try:
            yield self._path
        finally:
            # Another run of this home may have written its own meanwhile.
            with contextlib.suppress(OSError, KeyStoreFault):
                if files.read(self._path) == data:
                    files.remove(self._path)
