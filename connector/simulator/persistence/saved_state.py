"""An epoch of the exchange in a file: accounts, keys, orders, positions, ids, funding, and the background market.

It holds the keys that the exchange made up, and only its owner may read it. One line names format, checksum and size,
compressed JSON follows: the columns of `persistence/columns.py`, which name no module and no class, and of which
nothing but the exchange's own objects can be made. The file is written beside itself and moved into place, so that it
is always whole.
"""

import errno
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from connector.core.faults import failure_text
from connector.simulator.access.api_keys import ApiKey, ApiKeys
from connector.simulator.background.seeded_market import SeededMarket
from connector.simulator.engine import Engine
from connector.simulator.errors import BadInput
from connector.simulator.persistence.columns import NoState, flattened, rebuilt
from connector.simulator.persistence.copies import in_a_copy

MAGIC = b"connector-exchange-state"
#: Changes when a file of an earlier release can't be read any more. A class that gains a field with a default does
#: not change it.
VERSION = 3
#: Bytes of JSON that a file may unpack to: several times what the fullest accounts come to.
MOST_BYTES = 512 * 2**20


@dataclass(slots=True)
class SavedEpoch:
    """What an epoch can't be continued without."""

    name: str
    engine: Engine
    api_keys: ApiKeys
    #: The ready-made account's key.
    default_key: ApiKey
    market: SeededMarket
    #: When it was saved, by the steady clock.
    steady_ms: int


def save(path: Path, epoch: SavedEpoch) -> None:
    """Writes the epoch; the file is the old one or the new one, never half of either. Raises OSError."""
    with _beside(path) as number:
        _fill(number, path, epoch)


async def save_aside(path: Path, epoch: SavedEpoch) -> None:
    """`save`, of the epoch as it is now, without holding up who asks something meanwhile."""
    with _beside(path) as number:
        await in_a_copy(partial(_fill, number, path, epoch), (number,))


@contextmanager
def _beside(path: Path) -> Iterator[int]:
    """A new file that comes into the place of `path` when all went well, and goes otherwise."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        try:
            yield number
        finally:
            os.close(number)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _fill(number: int, path: Path, epoch: SavedEpoch) -> bytes:
    """Writes the epoch into an open file, from its beginning. Nothing is returned."""
    parts = {
        "name": epoch.name,
        "steady_ms": epoch.steady_ms,
        "state": flattened((epoch.engine, epoch.api_keys, epoch.default_key, epoch.market)),
    }
    text = json.dumps(parts, separators=(",", ":")).encode()
    if len(text) > MOST_BYTES:
        raise OSError(errno.EFBIG, f"{len(text)} bytes of state are more than a file may hold", str(path))
    body = zlib.compress(text, 1)
    os.lseek(number, 0, os.SEEK_SET)
    os.ftruncate(number, 0)
    with os.fdopen(number, "wb", closefd=False) as file:
        file.write(b"%s %d %s %d\n" % (MAGIC, VERSION, _checksum(body), len(text)))
        file.write(body)
    os.fsync(number)
    return b""


def load(path: Path) -> SavedEpoch | None:
    """The epoch in a file, None where there is no file. Raises `BadInput`."""
    try:
        head, _, body = path.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    try:
        parts = json.loads(_unpacked(path, head, body))
        engine, api_keys, default_key, market = rebuilt(parts["state"])
        epoch = SavedEpoch(parts["name"], engine, api_keys, default_key, market, parts["steady_ms"])
    except BadInput:
        raise
    except (NoState, zlib.error, ValueError, KeyError, TypeError, RecursionError) as flaw:
        raise BadInput(f"{path} cannot be used ({failure_text(flaw)}); move it away to begin anew") from flaw
    found = [type(part) for part in (epoch.name, engine, api_keys, default_key, market, epoch.steady_ms)]
    if found != [str, Engine, ApiKeys, ApiKey, SeededMarket, int]:
        raise BadInput(f"{path} holds no life of an exchange; move it away to begin anew")
    return epoch


def _unpacked(path: Path, head: bytes, body: bytes) -> bytes:
    """The JSON of a file whose heading is right. It is never unpacked further than its heading says."""
    words = head.split(b" ")
    if words[0] != MAGIC or len(words) < 3:
        raise BadInput(f"{path} is no state of an exchange; name another file, or move it away to begin anew")
    if words[1] != b"%d" % VERSION:
        raise BadInput(
            f"{path} was saved by another release (format {words[1].decode(errors='replace')}, this one reads format "
            f"{VERSION}); start the release that saved it, or move the file away to begin anew"
        )
    if words[2] != _checksum(body) or len(words) != 4:
        raise BadInput(f"{path} is damaged: its heading or its checksum differs; move it away to begin anew")
    size, unpacking = int(words[3]), zlib.decompressobj()
    text = unpacking.decompress(body, size + 1) if 0 < size <= MOST_BYTES else b""
    if len(text) != size or not unpacking.eof:
        raise BadInput(
            f"{path} unpacks to another size than the {size} bytes it says, or to more than {MOST_BYTES}; move it "
            "away to begin anew"
        )
    return text


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()
