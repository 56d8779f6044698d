"""Where the control sockets of a home lie, and by which names its bots are called.

data/control/btc-usdt.sock       a bot that runs, or one that was killed: then nobody answers there
"""

import contextlib
import os
import re
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connector.core.faults import ConfigFault, OptionFault, failure_text

#: Of a socket's address, on the strictest system with a byte that ends it.
_MOST_BYTES: Final = 103
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_MODE: Final = 0o600
_ENDING: Final = ".sock"
#: Whether this system has such sockets.
HAS_SOCKETS: Final = hasattr(socket, "AF_UNIX")


@dataclass(frozen=True, slots=True)
class Place:
    """A bot's socket."""

    name: str
    path: Path


def folder_of(data: Path) -> Path:
    """The folder of a home's sockets."""
    return data / "control"


def checked_name(name: str) -> str:
    """A name that a bot can have. Raises `OptionFault`."""
    if not _NAME.fullmatch(name):
        raise OptionFault("--name", name, "must be 1 to 32 of a-z 0-9 _ -, the first no sign", "such as btc-usdt")
    return name


def places(data: Path) -> list[Place]:
    """Every socket of a home, whether somebody listens there or not, by name."""
    with contextlib.suppress(OSError):
        return sorted(
            (Place(path.stem, path) for path in folder_of(data).glob(f"*{_ENDING}")), key=lambda place: place.name
        )
    return []


def place_named(data: Path, name: str) -> Place:
    """Where a bot of that name listens."""
    return Place(name, folder_of(data) / f"{name}{_ENDING}")


def bound(data: Path, wanted: str, *, is_exact: bool) -> tuple[Place, socket.socket]:
    """A socket that nobody but this user can open, by the name that is wanted, or else the next free one. One of a bot
    that was killed is taken over. Raises `ConfigFault`."""
    folder = folder_of(data)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        for name in (wanted, *(f"{wanted}-{number}" for number in range(2, 100))):
            place = place_named(data, name)
            if not _is_taken(place.path):
                return place, _bound(place.path)
            if is_exact:
                raise OptionFault("--name", name, "a bot of this name runs in this home", "choose another name")
    except OSError as error:
        reason = failure_text(error)
        raise ConfigFault(
            "--home", folder, f"the control socket can't be made there: {reason}", "choose another folder by --home"
        ) from error
    raise ConfigFault("--name", wanted, "a hundred bots of this name run in this home", "choose another name")


def connected(path: Path, within_s: float) -> socket.socket:
    """A connection to whoever listens there. Raises `OSError`; `TimeoutError` of one that listens and takes none."""
    end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        end.settimeout(within_s)
        with _short(path) as address:
            end.connect(address)
    except BlockingIOError as error:
        # As many wait as may: who hangs has taken none of them.
        end.close()
        raise TimeoutError("takes no more connections") from error
    except BaseException:
        end.close()
        raise
    return end


def _is_taken(path: Path) -> bool:
    """Whether somebody listens there; what nobody listens at any more is removed."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            return True
        connected(path, 1.0).close()
        return True
    except FileNotFoundError:
        return False
    except ConnectionRefusedError:
        path.unlink(missing_ok=True)
        return False
    except TimeoutError:
        return True


def _bound(path: Path) -> socket.socket:
    end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        before = os.umask(0o777 & ~_MODE)
        try:
            with _short(path) as address:
                end.bind(address)
        finally:
            os.umask(before)
        path.chmod(_MODE)
        end.setblocking(False)
        end.listen(8)
    except BaseException:
        end.close()
        raise
    return end


@contextlib.contextmanager
def _short(path: Path) -> Iterator[str]:
    """The path as an address, which may have few letters only: through its folder, where the system has that way."""
    if len(os.fsencode(path)) <= _MOST_BYTES:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        through = Path(f"/proc/self/fd/{folder}")
        if not through.exists():
            raise OSError(f"the path has more than {_MOST_BYTES} bytes, which this system takes for no socket")
        yield f"{through}/{path.name}"
    finally:
        os.close(folder)
