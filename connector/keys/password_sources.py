"""Where a password comes from when nobody types it: never from the command line itself, which every process can read.

    stdin         standard input, its first line
    fd:N          an open file descriptor, its first line
    file:PATH     a file of mode 0600
    credentials   `connector-password` in $CREDENTIALS_DIRECTORY (systemd)
    keyring       the system's keyring (`connector store keyring-add`)
    env           the variable CONNECTOR_PASSWORD, with a warning: others of the same user can read it
    terminal      is typed

Where none is named: `credentials`, then `env`, then `keyring`, whichever is there, then the terminal.
"""

import os
import sys
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connector.core.faults import ConfigFault, KeyStoreFault
from connector.core.secrets import Secret
from connector.keys import system_keyring
from connector.keys.key_store import KeyStore
from connector.keys.private_files import check_private
from connector.keys.slots import SlotKind, Unlocking

VARIABLE: Final = "CONNECTOR_PASSWORD"
OPTION: Final = "--password-from"
FORMS: Final = "stdin, fd:N, file:PATH, credentials, keyring, env, terminal"
#: Of these a person, or a script of theirs, hands the password over on purpose.
GIVEN_FORMS: Final = "stdin, fd:N, file:PATH"
_KEYRING, _TERMINAL = "keyring", "terminal"
_CREDENTIALS: Final = "CREDENTIALS_DIRECTORY"
_CREDENTIAL: Final = "connector-password"
_MOST_BYTES: Final = 4_096


@dataclass(frozen=True, slots=True)
class PasswordSources:
    """All ways in where nobody types. `say` shows a warning."""

    named: str | None
    say: Callable[[str], None]
    environment: MutableMapping[str, str]

    @property
    def is_silent(self) -> bool:
        """Whether nobody named a source, and none is in the environment."""
        return self.named is None and self._credential() is None and not self.environment.get(VARIABLE)

    @property
    def is_on_purpose(self) -> bool:
        """Whether the password itself is handed over: what was named is not merely at hand for everyone there."""
        return self.named is not None and self.named.partition(":")[0] in ("stdin", "fd", "file")

    def password(self) -> Unlocking | None:
        """The password, by what was named, else of systemd's credentials or the environment; None where the keyring or
        the terminal is meant. Raises `ConfigFault`, `KeyStoreFault`."""
        if self.named is not None:
            return None if self.named in (_KEYRING, _TERMINAL) else self._from(self.named)
        if self._credential() is not None:
            return self._from("credentials")
        return self._from("env") if self.environment.get(VARIABLE) else None

    def keyring(self, store: KeyStore, domain: str) -> Unlocking | None:
        """The word that the keyring has for the domain's store; None where it is not to be asked.

        Raises `KeyStoreFault`, `NoKeyFault`.
        """
        file = store.read(domain)
        if self.named == _KEYRING or (self.named is None and SlotKind.KEYRING in file.slots):
            return system_keyring.kept_word(file.header.store_id)
        return None

    def _from(self, source: str) -> Unlocking:
        name, _, rest = source.partition(":")
        match name:
            case "stdin" if not rest:
                return _password(source, _first_line(_standard_input()))
            case "fd" if rest.isdecimal():
                return _password(source, _first_line(int(rest)))
            case "file" if rest:
                return _password(source, _in_file(Path(rest).expanduser()))
            case "credentials" if not rest:
                return _password(source, _in_credential(self._credential()))
            case "env" if not rest:
                return _password(source, self._variable())
        raise ConfigFault(OPTION, source, "is no source of a password", f"use one of {FORMS}")

    def _credential(self) -> Path | None:
        folder = self.environment.get(_CREDENTIALS)
        path = Path(folder) / _CREDENTIAL if folder else None
        return path if path is not None and path.is_file() else None

    def _variable(self) -> bytes:
        """Taken out of the environment, so that no process that is started inherits it."""
        self.say(f"the password came from {VARIABLE}: every process of this user can read it there; {OPTION} is safer")
        return self.environment.pop(VARIABLE, "").encode()


def _password(source: str, data: bytes) -> Unlocking:
    """The first line: what an editor adds, a byte order mark or lines behind it, is no part of it."""
    try:
        text = data.decode("utf-8-sig").partition("\n")[0].removesuffix("\r")
    except UnicodeDecodeError:
        raise KeyStoreFault(f"{OPTION} {source}: the password is not UTF-8") from None
    if not text:
        raise KeyStoreFault(f"{OPTION} {source}: there is no password")
    return Unlocking(SlotKind.PASSWORD, Secret(text))


def _standard_input() -> int:
    if sys.stdin is None:
        raise KeyStoreFault(f"{OPTION} stdin: this program was started without standard input")
    if sys.stdin.isatty():
        raise ConfigFault(OPTION, "stdin", "standard input is a terminal", f"leave out {OPTION}, and be asked")
    return 0


def _first_line(number: int) -> bytes:
    """Byte by byte: what stands behind the line is somebody else's."""
    found = b""
    try:
        while len(found) < _MOST_BYTES and not found.endswith(b"\n"):
            byte = os.read(number, 1)
            if not byte:
                break
            found += byte
    except OSError as error:
        raise KeyStoreFault(f"{OPTION}: descriptor {number} can't be read: {error.strerror}") from None
    return found


def _in_file(path: Path) -> bytes:
    try:
        check_private(path)
    except FileNotFoundError:
        raise KeyStoreFault(f"{OPTION} file:{path}: no such file") from None
    except OSError as error:
        raise KeyStoreFault(f"{OPTION} file:{path}: can't be read: {error.strerror}") from None
    return _in_credential(path)


def _in_credential(path: Path | None) -> bytes:
    """The system itself keeps others away from a credential."""
    if path is None:
        raise KeyStoreFault(f"{OPTION} credentials: no {_CREDENTIAL} in ${_CREDENTIALS}; systemd: LoadCredential=")
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES)
    except OSError as error:
        raise KeyStoreFault(f"{path}: can't be read: {error.strerror}") from None
