"""Hummingbot's key store as a folder: its files of our domains are read, and written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connector.core.faults import ConfigFault, KeyStoreFault
from connector.core.secrets import Secret
from connector.keys.credentials import Credentials
from connector.keys.hummingbot.values import ITERATIONS, NotAValue, WrongWord, opened, sealed
from connector.keys.private_files import PrivateFiles
from connector.venue.domains import DOMAINS

_VERIFICATION: Final = ".password_verification"
#: What is sealed in it.
_WORD: Final = "HummingBot"
_CONNECTORS: Final = ("", "connectors", "conf/connectors", "credentials/master_account/connectors")
_MOST_BYTES: Final = 262_144
_OPTION: Final = "FOLDER"


@dataclass(frozen=True, slots=True)
class HummingbotStore:
    """A folder of connector files, as found."""

    folder: Path
    #: Of what is written. Tests alone take fewer, by this constructor.
    iterations: int = ITERATIONS

    def domains(self) -> tuple[str, ...]:
        """Those of our domains that have a file there."""
        return tuple(name for name, row in DOMAINS.items() if not row.is_local and self._path(name).is_file())

    def others(self) -> tuple[str, ...]:
        """Connectors there that are none of ours."""
        names = (path.stem for path in self.folder.glob("*.yml") if not path.name.startswith((".", "_")))
        return tuple(sorted(set(names) - set(DOMAINS)))

    def check_password(self, password: Secret) -> None:
        """Raises `KeyStoreFault` where Hummingbot's own word for it says that this is another one."""
        path = self._verification()
        if path is not None:
            _opened(path, "the password's own check", path.read_text(encoding="ascii", errors="replace"), password)

    def credentials(self, domain: str, password: Secret) -> Credentials:
        """The key of a domain. Raises `KeyStoreFault`, and `ConfigFault` for a text that is no key."""
        from connector.keys.key_shapes import api_key_of, secret_of

        path = self._path(domain)
        values = _values(path)
        key, secret = (self._text(path, values, f"{domain}_{name}", password) for name in ("api_key", "api_secret"))
        found = secret_of(secret, _no_passphrase)
        return Credentials(domain, found.kind, api_key_of(key), found.secret)

    def write(self, credentials: Credentials, password: Secret) -> Path:
        """Writes a domain's file as Hummingbot does, and its word for the password where there is none.

        Raises `ConfigFault` where the file is there, `KeyStoreFault` where the disk does not take it.
        """
        domain, path = credentials.domain, self._path(credentials.domain)
        if path.exists():
            raise ConfigFault(_OPTION, path, "is there already", "move it away first")
        lines = [
            f"connector: {domain}",
            f"{domain}_api_key: {sealed(credentials.api_key.reveal(), password, self.iterations)}",
            f"{domain}_api_secret: {sealed(credentials.api_secret.reveal(), password, self.iterations)}",
        ]
        banner = f"{'#' * 36}\n###   {domain} config   ###\n{'#' * 36}\n\n"
        try:
            if self._verification() is None:
                PrivateFiles().write(
                    self.folder.parent / _VERIFICATION, sealed(_WORD, password, self.iterations).encode()
                )
            PrivateFiles().write(path, (banner + "\n".join(lines) + "\n").encode())
        except OSError as error:
            raise KeyStoreFault(f"{path}: can't be written: {error.strerror}") from error
        return path

    def _text(self, path: Path, values: Mapping[str, str], name: str, password: Secret) -> str:
        if not values.get(name):
            raise KeyStoreFault(f"{path}: {name} is not in it; give it to Hummingbot, or connect here")
        return _opened(path, name, values[name], password)

    def _path(self, domain: str) -> Path:
        return self.folder / f"{domain}.yml"

    def _verification(self) -> Path | None:
        path = self.folder.parent / _VERIFICATION
        return path if path.is_file() else None


def hummingbot_store(folder: Path) -> HummingbotStore:
    """The store at a folder: its root, its `conf`, an account of its server, or the folder of the files itself.

    Raises `ConfigFault` where there is none.
    """
    if not folder.is_dir():
        raise ConfigFault(_OPTION, folder, "is no folder", "name Hummingbot's own, or its conf/connectors")
    for found in (folder / below for below in _CONNECTORS):
        if found.is_dir() and (found.name == "connectors" or any(found.glob("*.yml"))):
            return HummingbotStore(found)
    raise ConfigFault(_OPTION, folder, "holds no conf/connectors", "name Hummingbot's own folder")


def _opened(path: Path, name: str, value: str, password: Secret) -> str:
    try:
        return opened(value.strip(), password)
    except WrongWord:
        raise KeyStoreFault(f"{path}: Hummingbot's password does not open {name}") from None
    except NotAValue:
        raise KeyStoreFault(f"{path}: {name} is no value that Hummingbot has sealed") from None


def _values(path: Path) -> dict[str, str]:
    """The flat keys of a file. Raises `KeyStoreFault`."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES)
        found = YAML(typ="base", pure=True).load(data.decode("utf-8-sig"))
    except OSError as error:
        raise KeyStoreFault(f"{path}: can't be read: {error.strerror}") from error
    except (YAMLError, UnicodeDecodeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise KeyStoreFault(f"{path}: is no file of a connector")
    return dict(_words(found))


def _words(found: Mapping[object, object]) -> Iterator[tuple[str, str]]:
    for name, value in found.items():
        if isinstance(name, str) and isinstance(value, str):
            yield name, value


def _no_passphrase() -> Secret:
    raise ConfigFault("API secret", "(not shown)", "is a private key with a passphrase", "connect it here")
