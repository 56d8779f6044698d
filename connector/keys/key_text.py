"""The text of a key store: flat `key: value` lines of YAML, with a SHA-256 of itself in the last one.

The form is strict: what was read has to be, byte for byte, what would be written. So nothing in the file can be
changed without notice, comments and spaces included, and no reader of YAML is handed what a stranger wrote.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from connector.keys.faults import DamagedStoreFault, NewerStoreFault

FORMAT: Final = 1
MOST_BYTES: Final = 1_048_576
_BANNER: Final = (
    "# A key store of perpetual-connector: encrypted, safe to back up. It opens no more when changed by hand.\n"
)
_LINE: Final = re.compile(r"([a-z][a-z0-9_.]*): ([!-~]+)")
_CHECKSUM: Final = re.compile(rb"checksum: ([0-9a-f]{64})\n\Z")
_CHECKSUM_BYTES: Final = len("checksum: \n") + 64
_VERSION: Final = re.compile(rb"^format: (\d{1,6})\n", re.MULTILINE)


def written(entries: Mapping[str, str]) -> bytes:
    """The file's bytes. Values are printable ASCII without spaces."""
    body = (_BANNER + "".join(f"{key}: {value}\n" for key, value in entries.items())).encode("ascii")
    return body + f"checksum: {hashlib.sha256(body).hexdigest()}\n".encode("ascii")


def read(data: bytes, path: Path) -> dict[str, str]:
    """The entries of a file. Raises `DamagedStoreFault`, or `NewerStoreFault` for a whole file of a later version."""
    _check_whole(data, path)
    version = _VERSION.search(data)
    if version and int(version[1]) > FORMAT:
        raise NewerStoreFault(path, int(version[1]), FORMAT)
    lines = data[:-_CHECKSUM_BYTES].decode("latin-1").split("\n")
    matches = [_LINE.fullmatch(line) for line in lines]
    entries = {match[1]: match[2] for match in matches if match}
    if not all(map(str.isascii, lines)) or written(entries) != data:
        raise DamagedStoreFault(path, "it was changed by hand")
    return entries


def _check_whole(data: bytes, path: Path) -> None:
    if len(data) > MOST_BYTES:
        raise DamagedStoreFault(path, "it is far too long")
    told = _CHECKSUM.search(data[-_CHECKSUM_BYTES:])
    if told is None:
        raise DamagedStoreFault(path, "it has no checksum at its end, so part of it is missing")
    if hashlib.sha256(data[:-_CHECKSUM_BYTES]).hexdigest().encode() != told[1]:
        raise DamagedStoreFault(path, "its checksum does not fit")
