"""Reads recorded traffic, lazily, in order of arrival. Two forms:

    a folder     `frames.jsonl` and `depth_snapshots.jsonl`, a line {"received": s, "frame": text} or
                 {"received": s, "symbol": text, "body": text}; merged by `received`
    a .gz file   a line `<received ns> <JSON>`: frames as received, depth snapshots at their place; unwrapped, or, in
                 a capture of several symbols, wrapped as frames are, under the stream name `<symbol>@snapshot`

What can't be read is a `ConfigFault` that names the file and the line; a .gz whose end is missing is read to there,
with a warning. Frames are passed on unjudged: one that the
venue sent malformed is the feed's to count.
"""

import gzip
import heapq
import json
import logging
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from typing import IO, Any

import ujson

from connector.core.faults import ConfigFault, failure_text

_LOG = logging.getLogger(__name__)
FRAMES = "frames.jsonl"
SNAPSHOTS = "depth_snapshots.jsonl"
_GZIP_MAGIC = b"\x1f\x8b"
_FORMS = f"a folder that holds {FRAMES} and {SNAPSHOTS}, or a .gz of lines `<ns> <JSON>`"
_NS_PER_S = 10**9
_SNAPSHOT = re.compile(rb'\{"stream":"([^"@]+)@snapshot","data":(.*)\}')

Opener = Callable[[Path], IO[bytes]]


@dataclass(frozen=True, slots=True)
class CapturedFrame:
    """One WebSocket frame as received."""

    #: Since the Unix epoch.
    received_ns: int
    #: The venue's own bytes.
    frame: bytes


@dataclass(frozen=True, slots=True)
class CapturedSnapshot:
    """One depth snapshot as received."""

    received_ns: int
    #: Empty where the capture holds one symbol only.
    symbol: str
    body: bytes


CaptureRecord = CapturedFrame | CapturedSnapshot


def captures_at(path: Path) -> tuple[Path, ...]:
    """The captures that a path names: itself, the folder that its half of one lies in, or the .gz files in it."""
    if path.name in (FRAMES, SNAPSHOTS) and _is_folder_form(path.parent):
        return (path.parent,)
    if path.is_dir() and not _is_folder_form(path):
        return tuple(sorted(path.glob("*.gz"))) or (path,)
    return (path,)


def _is_folder_form(path: Path) -> bool:
    return all((path / name).is_file() for name in (FRAMES, SNAPSHOTS))


def read_capture(path: Path, *, warns: bool = True) -> Iterator[CaptureRecord]:
    """The records of a capture, oldest first. Raises `ConfigFault`, at once for what is no capture."""
    if _is_folder_form(path):
        streams = (_read(path / FRAMES, _open, _frame), _read(path / SNAPSHOTS, _open, _snapshot))
        return heapq.merge(*streams, key=attrgetter("received_ns"))
    if path.is_file() and _is_gzip(path):
        return _read(path, _open_gzip, _stamped, logging.WARNING if warns else logging.DEBUG)
    rule = "is no capture" if path.exists() else "does not exist"
    raise ConfigFault("capture", path, rule, f"name {_FORMS}")


def _read(
    path: Path, opener: Opener, record_of: Callable[[bytes], CaptureRecord], level: int = logging.WARNING
) -> Iterator[CaptureRecord]:
    number = 0
    try:
        with opener(path) as lines:
            for number, line in enumerate(lines, 1):
                try:
                    record = record_of(line)
                except (ValueError, KeyError, TypeError) as flaw:
                    raise _broken(path, number, f"is broken ({failure_text(flaw)})") from None
                yield record
    except EOFError as flaw:
        if number == 0:
            raise _broken(path, 1, f"can't be read ({failure_text(flaw)})") from None
        told = "%s ends within line %d, as if its recorder had been killed: it is read to there"
        _LOG.log(level, told, path, number + 1)
    except (OSError, zlib.error) as flaw:
        raise _broken(path, number + 1, f"can't be read ({failure_text(flaw)})") from None


def _broken(path: Path, line: int, rule: str) -> ConfigFault:
    return ConfigFault("capture", f"line {line}", rule, "record it anew, or cut the file before it", str(path))


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")


def _open_gzip(path: Path) -> IO[bytes]:
    return gzip.open(path)  # type: ignore[return-value]


def _is_gzip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
    except OSError as flaw:
        raise _broken(path, 1, f"can't be read ({failure_text(flaw)})") from None


def _frame(line: bytes) -> CapturedFrame:
    row = _object(line)
    return CapturedFrame(_received_ns(row), _text(row, "frame").encode())


def _snapshot(line: bytes) -> CapturedSnapshot:
    row = _object(line)
    return CapturedSnapshot(_received_ns(row), _text(row, "symbol"), _text(row, "body").encode())


def _stamped(line: bytes) -> CaptureRecord:
    """A depth snapshot is told by its stream's name, or by its `lastUpdateId`, which no frame has."""
    stamp, _, body = line.strip().partition(b" ")
    if not stamp.isdigit():
        raise ValueError("it begins with no time in ns")
    received_ns = int(stamp)
    if not isinstance(ujson.loads(body), dict | list):
        raise ValueError("neither an object nor an array")
    if wrapped := _SNAPSHOT.fullmatch(body):
        return CapturedSnapshot(received_ns, wrapped[1].decode().upper(), wrapped[2])
    if not body.startswith(b'{"stream"') and b'"lastUpdateId"' in body:
        return CapturedSnapshot(received_ns, "", body)
    return CapturedFrame(received_ns, body)


def _object(line: bytes) -> dict[str, Any]:
    row = json.loads(line, parse_float=Decimal)
    if not isinstance(row, dict):
        raise ValueError("no object")
    return row


def _received_ns(row: dict[str, Any]) -> int:
    received = row["received"]
    if isinstance(received, bool) or not isinstance(received, int | Decimal):
        raise ValueError("received is no time")
    return int(received * _NS_PER_S)


def _text(row: dict[str, Any], name: str) -> str:
    value = row[name]
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    return value
