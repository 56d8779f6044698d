"""An archive for whoever helps: settings, the end of the log, versions, the doctor's findings; and no secret.

Everything is masked as the log is. Then the archive is searched for every secret that was handed in: raw, in hex, in
base64 at each of its three alignments, and as in a URL, in pieces of eight letters. Where a piece is found, nothing is
written.
"""

import base64
import os
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from connector.core.faults import ConfigFault
from connector.core.secrets import Secret, redact
from connector.store.instance_lock import runs_in

_PIECE: Final = 8
#: Of the log, the end of each file.
_LOG_BYTES: Final = 200_000
#: A settings file is a page.
_SETTINGS_BYTES: Final = 100_000
_ARMOUR: Final = "-----"


def written(file: Path, members: Mapping[str, str], secrets: Iterable[Secret]) -> None:
    """Writes the archive, for its owner alone. Raises `ConfigFault` where a secret is in it, or it can't be written."""
    masked = {name: redact(text).encode("utf-8", "replace") for name, text in members.items()}
    told = telling(masked, secrets)
    if told:
        rule = f"a secret would be in it ({', '.join(told)}): nothing was written"
        raise ConfigFault("support-bundle", file, rule, "take the secret out of that file, and out of the log")
    try:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, body in masked.items():
                archive.writestr(name, body)
    except OSError as error:
        raise ConfigFault("support-bundle", file, f"can't be written: {error.strerror}", "name a new file") from error


def telling(members: Mapping[str, bytes], secrets: Iterable[Secret]) -> list[str]:
    """The members in which a piece of a secret stands."""
    pieces = frozenset(piece for secret in secrets for piece in _pieces(secret.reveal()))
    return [name for name, body in members.items() if _holds(name.encode() + b"\n" + body, pieces)]


def _holds(body: bytes, pieces: frozenset[bytes]) -> bool:
    lowered = body.lower()
    return any(
        body[start : start + _PIECE] in pieces or lowered[start : start + _PIECE] in pieces
        for start in range(len(body))
    )


def _pieces(secret: str) -> Iterator[bytes]:
    """Of every form that a secret may stand in; what surrounds a private key in PEM is no secret."""
    lines = [line for line in secret.splitlines() if line and not line.startswith(_ARMOUR)]
    for text in (*lines, "".join(lines)):
        raw = text.encode("utf-8", "surrogatepass")
        for form in (raw, raw.hex().encode(), quote(text, safe="", errors="replace").encode(), *_base64(raw)):
            yield from (form[start : start + _PIECE] for start in range(len(form) - _PIECE + 1))


def _base64(raw: bytes) -> Iterator[bytes]:
    """What of it does not depend on the bytes that stand around it."""
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + raw)
        first, last = (0, 2, 3)[shift], len(whole) - (0 if (shift + len(raw)) % 3 == 0 else 4)
        yield whole[first:last]
        yield whole[first:last].translate(bytes.maketrans(b"+/", b"-_"))


def status_text(data: Path, folders: Iterable[Path]) -> str:
    """Of each instance whether it runs, and when its journal was written last; a line each."""
    rows = []
    for folder in folders:
        last_s = max((path.stat().st_mtime for path in folder.iterdir()), default=0)
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(last_s))
        rows.append(f"{folder.relative_to(data)}: {runs_in(folder) or 'does not run'}; written last at {when}\n")
    return "".join(rows) or "no instance has a journal here\n"


def log_members(folder: Path) -> dict[str, str]:
    """The end of each log file, by its name in the archive."""
    return {f"logs/{path.name}": _end(path, _LOG_BYTES) for path in sorted(folder.glob("*.log*")) if path.is_file()}


def settings_members(folder: Path) -> dict[str, str]:
    """The settings files of a home; its key stores, which lie in a folder below, are none of them."""
    return {f"conf/{path.name}": _end(path, _SETTINGS_BYTES) for path in sorted(folder.glob("*.yml")) if path.is_file()}


def _end(path: Path, most_bytes: int) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - most_bytes))
            return file.read().decode("utf-8", "replace")
    except OSError as error:
        return f"can't be read: {error.strerror}\n"
