"""The files of a log, and what can be read of them after whatever happened.

A log is a row of numbered segments. Each begins by restating everything that lives, and ends that with `Restated`:
what is needed after a crash stands from the newest such segment on.

A tail that a crash tore is cut off: nothing that left this machine depended on it. Damage with sound lines behind it
is another thing: it is skipped, and named by file and byte, for what stood there is not known.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connector.core.journal import Record, Restated
from connector.store.record_lines import BadLine, record_at

_PATTERN: Final = "journal-*.log"


@dataclass(frozen=True, slots=True)
class SegmentText:
    """What one segment says."""

    path: Path
    records: tuple[Record, ...]
    #: Places that can't be read, in words.
    damage: tuple[str, ...]
    #: Where the last sound line ends; what follows is torn.
    sound_bytes: int
    is_torn: bool

    @property
    def restates(self) -> bool:
        """Whether it stands by itself."""
        return any(isinstance(record, Restated) for record in self.records)


def segment_path(folder: Path, number: int) -> Path:
    return folder / f"journal-{number:08d}.log"


def number_of(path: Path) -> int:
    return int(path.stem.split("-")[1])


def segments_of(folder: Path) -> list[Path]:
    """The log's files, oldest first."""
    return sorted(path for path in folder.glob(_PATTERN) if path.stem.split("-")[1].isdigit())


def read_segment(path: Path, start: int = 0) -> SegmentText:
    """Everything sound in a segment from the head of a line on. Raises OSError."""
    with path.open("rb") as file:
        file.seek(start)
        data = file.read()
    records: list[Record] = []
    damage: list[str] = []
    at = sound = 0
    while at < len(data):
        try:
            record, at = record_at(data, at)
        except BadLine as error:
            following = _next_sound(data, at)
            if following is None:
                break
            place = f"bytes {start + at} to {start + following}"
            damage.append(f"{path}: {place} can't be read ({error}); what stood there is not known")
            at = following
            continue
        records.append(record)
        sound = at
    return SegmentText(path, tuple(records), tuple(damage), start + sound, sound < len(data))


def read_log(folder: Path) -> list[SegmentText]:
    """The segments that are needed after a crash, oldest first. Raises OSError."""
    needed: list[SegmentText] = []
    for path in reversed(segments_of(folder)):
        needed.insert(0, read_segment(path))
        if needed[0].restates:
            break
    return needed


def cut_torn_tail(segment: SegmentText) -> None:
    """Cuts what a crash tore off the end, so that nothing is ever appended to half a line. Raises OSError."""
    with segment.path.open("r+b") as file:
        file.truncate(segment.sound_bytes)
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Makes names of files last; a system that can't open folders makes them last by itself."""
    if os.name != "posix":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _next_sound(data: bytes, bad: int) -> int | None:
    """Where the next line begins that can be read."""
    at = data.find(b"\n", bad) + 1
    while at:
        try:
            record_at(data, at)
            return at
        except BadLine:
            at = data.find(b"\n", at) + 1
    return None
