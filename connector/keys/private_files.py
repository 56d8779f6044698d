"""Files of one user alone: 0600 in a folder of 0700, no links, each step of a write by itself.

Every step is one method, so that a test can end the program at each of them.
"""

import contextlib
import os
import stat
from pathlib import Path
from typing import Final

from connector.core.faults import KeyStoreFault
from connector.keys.faults import UnsafePlaceFault

#: More than any file of ours has; what is longer is damaged.
_MOST_BYTES: Final = 4_194_304
_FILE_MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700
#: Windows has neither POSIX modes nor a way to follow no link at the opening.
_HAS_MODES: Final = os.name == "posix"
_NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
_BINARY: Final = getattr(os, "O_BINARY", 0)


class PrivateFiles:
    """The steps of reading and writing, on the disk. Raises OSError."""

    def read(self, path: Path) -> bytes:
        """The bytes of a file that is ours alone. Raises `UnsafePlaceFault` too."""
        number = os.open(path, os.O_RDONLY | _NO_FOLLOW | _BINARY)
        with os.fdopen(number, "rb") as file:
            check_private(path, os.fstat(number))
            return file.read(_MOST_BYTES)

    def write(self, path: Path, data: bytes) -> None:
        """A new file; there must be none."""
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW | _BINARY, _FILE_MODE)
        with os.fdopen(number, "wb") as file:
            file.write(data)

    def sync(self, path: Path) -> None:
        """Its bytes are on the disk for good."""
        number = os.open(path, os.O_RDWR | _NO_FOLLOW | _BINARY)
        try:
            os.fsync(number)
        finally:
            os.close(number)

    def rename(self, path: Path, new: Path) -> None:
        """In place of what stood there."""
        path.replace(new)

    def remove(self, path: Path) -> None:
        """Gone, whether it was there or not."""
        path.unlink(missing_ok=True)

    def sync_folder(self, folder: Path) -> None:
        """Its names are on the disk for good."""
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    if not _HAS_MODES:
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def check_private(path: Path, found: os.stat_result | None = None) -> None:
    """Raises `UnsafePlaceFault` for a link, for what belongs to another, and for what others can read or replace."""
    found = found or path.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise UnsafePlaceFault(path, "is a symbolic link", "put the file or folder itself there")
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        raise UnsafePlaceFault(path, "is neither file nor folder", "move it away")
    if not _HAS_MODES:
        return
    if found.st_uid != os.geteuid():
        raise UnsafePlaceFault(path, "belongs to another user", "change its owner, or run as that user")
    if found.st_mode & 0o077:
        mode = _FOLDER_MODE if stat.S_ISDIR(found.st_mode) else _FILE_MODE
        what = f"others can get at it (mode {stat.S_IMODE(found.st_mode):04o})"
        raise UnsafePlaceFault(path, what, f"chmod {mode:o} {path}")


def check_no_link(path: Path) -> None:
    """Raises `UnsafePlaceFault` where a link stands; nothing at all is fine."""
    with contextlib.suppress(FileNotFoundError):
        if path.is_symlink():
            raise UnsafePlaceFault(path, "is a symbolic link", "put the file or folder itself there")


def make_private_folder(folder: Path) -> None:
    """Makes it where it is missing. Raises `UnsafePlaceFault` or `KeyStoreFault`."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if not folder.is_symlink():
            with contextlib.suppress(FileExistsError):
                folder.mkdir(mode=_FOLDER_MODE)
                _sync_folder(folder.parent)
    except OSError as error:
        raise KeyStoreFault(f"{folder}: can't be made: {error.strerror}; choose another --home") from error
    check_private(folder)
