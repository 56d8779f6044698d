"""The folder that Hummingbot finds the connector by: three files, each an import of ours below a line with our version.

Hummingbot reads its connectors off the disk, and ends where the import of one raises anything but
`ModuleNotFoundError`, which it skips in silence. Its login ends, too, at the key of a connector that is not there:
while ours can't be loaded, or is taken out, its keys lie beside their names, where Hummingbot passes them over.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connector import __version__
from connector.core.faults import ConfigFault

#: The connector's name there, of its folder and of its main domain.
NAME: Final = "binance_perpetual_pro"
#: What it is connected by, each with a key of its own.
DOMAINS: Final = (NAME, f"{NAME}_testnet", f"{NAME}_local")
PLACE: Final = f"hummingbot/connector/derivative/{NAME}"
_HEADER: Final = re.compile(rb"# Written by perpetual-connector (\S+): ")
_IMPORT: Final = """
try:
    from connector.adapters.hummingbot.{module} import {names}
except Exception as error:
    raise ModuleNotFoundError(f"perpetual-connector can't be loaded: {{type(error).__name__}}: {{error}}") from error
"""
_KEYS_IMPORT: Final = """
from pathlib import Path


def _rename_keys(before, after):
    for name in {domains}:
        here, there = (Path(__file__).parents[4] / f"conf/connectors/{{sign}}{{name}}.yml" for sign in (before, after))
        try:
            if here.is_file() and not there.exists():
                here.rename(there)
        except OSError:
            pass


try:
    from connector.adapters.hummingbot.registration import *
except Exception as error:
    # Hummingbot's login would end at them.
    _rename_keys("", "{aside}")
    raise ModuleNotFoundError(f"perpetual-connector can't be loaded: {{type(error).__name__}}: {{error}}") from error
_rename_keys("{aside}", "")
"""
#: How files begin that Hummingbot's key store passes over.
_ASIDE: Final = "_"
_FIRST: Final = "__init__.py"
_LAST: Final = f"{NAME}_utils.py"
#: The last of them makes a connector of the folder: until then, and once it is gone, Hummingbot passes it over.
_IMPORTS: Final = {
    f"{NAME}_derivative.py": _IMPORT.format(module="derivative", names="BinancePerpetualProDerivative"),
    _LAST: _KEYS_IMPORT.format(domains=DOMAINS, aside=_ASIDE),
    _FIRST: "",
}


@dataclass(frozen=True, slots=True)
class StubFiles:
    """The folder of an installation, as it is now."""

    root: Path

    @property
    def folder(self) -> Path:
        """There or not."""
        return self.root / PLACE

    @property
    def version(self) -> str | None:
        """Ours that wrote it; None where the connector is not there, or not by us."""
        return _version_of(self.folder / _FIRST)

    def write(self) -> None:
        """Writes the files, over those of another version of ours. Raises `ConfigFault`; nothing is there then that was
        not before."""
        for name in _IMPORTS:
            path = self.folder / name
            if (path.exists() or path.is_symlink()) and _version_of(path) is None:
                raise ConfigFault("--at", path, "was not written by this program", "move it away first")
        before = {name for name in _IMPORTS if (self.folder / name).exists()}
        try:
            self.folder.mkdir(exist_ok=True)
            for name, text in _IMPORTS.items():
                _replace(self.folder / name, _header() + text)
        except OSError as error:
            self._take_back(_IMPORTS.keys() - before)
            raise _unwritable(error, self.folder) from error

    def remove(self) -> list[Path]:
        """Deletes what carries our line, and what Python made of it. Returns what is left there, being another's."""
        if self.folder.is_symlink() or not self.folder.is_dir():
            return [self.folder] if self.folder.is_symlink() or self.folder.exists() else []
        try:
            for name in reversed(_IMPORTS):
                if _version_of(self.folder / name) is not None:
                    (self.folder / name).unlink()
                    for compiled in self._compiled(name):
                        compiled.unlink()
        except OSError as error:
            raise _unwritable(error, self.folder) from error
        for empty in (self.folder / "__pycache__", self.folder):
            with suppress(OSError):
                empty.rmdir()
        return sorted(path for path in self.folder.rglob("*") if not path.is_dir()) if self.folder.exists() else []

    def put_keys_aside(self) -> list[Path]:
        """Renames the keys of a connector that is not there any more, and returns where they are. Raises
        `ConfigFault`."""
        if (self.folder / _LAST).exists():
            return []
        keys = [self.root / "conf" / "connectors" / f"{name}.yml" for name in DOMAINS]
        try:
            return [key.replace(key.with_name(_ASIDE + key.name)) for key in keys if key.is_file()]
        except OSError as error:
            raise _unwritable(error, self.folder) from error

    def _take_back(self, names: Iterable[str]) -> None:
        """Files that a write which failed has made, and the folder where nothing else is in it."""
        with suppress(OSError):
            for name in names:
                (self.folder / name).unlink(missing_ok=True)
            self.folder.rmdir()

    def _compiled(self, name: str) -> Iterator[Path]:
        return (self.folder / "__pycache__").glob(f"{name.removesuffix('.py')}.*.pyc")


def _header() -> str:
    return f"# Written by perpetual-connector {__version__}: `connector hummingbot remove` deletes it.\n"


def _version_of(path: Path) -> str | None:
    """Ours that wrote a file; None for a file of another, for what a link leads to, and for none."""
    if path.is_symlink() or not path.is_file():
        return None
    with path.open("rb") as file:
        match = _HEADER.match(file.readline(200))
    return match[1].decode(errors="replace") if match else None


def _replace(path: Path, text: str) -> None:
    """At once: a Hummingbot that starts meanwhile reads the old file or the new one."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _unwritable(error: OSError, folder: Path) -> ConfigFault:
    place = error.filename or folder
    return ConfigFault("--at", place, f"can't be written: {error.strerror}", "do it as the user whom it belongs to")
