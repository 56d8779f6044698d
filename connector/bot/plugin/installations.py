"""Where Hummingbot is installed: found on this machine, or named."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connector.bot.plugin.stub_files import DOMAINS, NAME, StubFiles
from connector.core.faults import ConfigFault, failure_text

#: `hummingbot/VERSION` of the releases that the tests were run in.
TESTED: Final = ("dev-2.18.0",)
#: Where the container's image has it.
CONTAINER: Final = Path("/home/hummingbot")
#: Where conda lists its environments.
_CONDA_LIST: Final = Path(".conda/environments.txt")
_PACKAGE: Final = "hummingbot"
_PACKAGES_NAME: Final = "site-packages"
_PACKAGES: Final = (f"lib/python3*/{_PACKAGES_NAME}", f"Lib/{_PACKAGES_NAME}")
_INTERPRETERS: Final = ("bin/python", "python.exe", "Scripts/python.exe")
_LOADS_WITHIN_S: Final = 60
_STUB: Final = f"hummingbot.connector.derivative.{NAME}.{NAME}"
#: As Hummingbot does at its start, and where the connector is started.
_LOAD: Final = f"import {_STUB}_utils, {_STUB}_derivative"


@dataclass(frozen=True, slots=True)
class Installation:
    """One of them."""

    #: The folder that holds its package, and its `conf` beside it.
    root: Path
    #: What runs it; None where that is not known, as for a checkout that no environment leads to or is called after.
    python: Path | None = None

    @property
    def files(self) -> StubFiles:
        """Ours there."""
        return StubFiles(self.root)

    @property
    def version(self) -> str:
        """Hummingbot's own word, such as dev-2.18.0."""
        return _version_file(self.root).read_text(encoding="utf-8", errors="replace").strip()

    @property
    def connected(self) -> list[str]:
        """Our connectors that have a key in its store."""
        return [name for name in DOMAINS if (self.root / "conf" / "connectors" / f"{name}.yml").is_file()]

    def why_not_loaded(self) -> str | None:
        """What its interpreter says when it loads ours as Hummingbot does; empty where that works, None where the
        interpreter is not known."""
        if self.python is None:
            return None
        command = [str(self.python), "-B", "-c", _LOAD]
        try:
            done = subprocess.run(
                command, cwd=self.root, capture_output=True, text=True, timeout=_LOADS_WITHIN_S, check=False
            )
        except subprocess.TimeoutExpired:
            return f"it does not answer within {_LOADS_WITHIN_S:g} s"
        except OSError as error:
            return failure_text(error)
        if done.returncode == 0:
            return ""
        return (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]


def the_installation(named: Path | None) -> Installation:
    """The one that is named, or the only one that is found. Raises `ConfigFault`."""
    if named is not None:
        return _installation_at(named)
    found = installations()
    if not found:
        raise ConfigFault("--at", "(missing)", "no Hummingbot was found here", "name the folder that holds it")
    if len(found) > 1:
        roots = ", ".join(str(one.root) for one in found)
        raise ConfigFault("--at", "(missing)", f"several are here: {roots}", "name one of them")
    return found[0]


def installations() -> list[Installation]:
    """Every one that is found: of this interpreter, of this folder, of the container's image, of environments."""
    found: dict[Path, Installation] = {}
    for one in _candidates():
        root = one.root.resolve()
        if _holds_one(root) and (root not in found or found[root].python is None):
            found[root] = Installation(root, one.python)
    return [one if one.python else Installation(one.root, _of_its_name()) for one in found.values()]


def _candidates() -> Iterator[Installation]:
    spec = importlib.util.find_spec(_PACKAGE)
    for package in (spec and spec.submodule_search_locations) or ():
        yield Installation(Path(package).parent, Path(sys.executable))
    for folder in _environments():
        yield from _of_environment(folder)
    yield Installation(Path.cwd())
    yield Installation(CONTAINER)


def _environments() -> Iterator[Path]:
    yield from (Path(os.environ[name]) for name in ("VIRTUAL_ENV", "CONDA_PREFIX") if os.environ.get(name))
    try:
        listed = (Path.home() / _CONDA_LIST).read_text(encoding="utf-8")
    except (OSError, RuntimeError):
        return
    yield from (Path(line.strip()) for line in listed.splitlines() if line.strip())


def _of_its_name() -> Path | None:
    """The interpreter of an environment that is called as Hummingbot's instructions and its image call theirs."""
    return next(
        (_python_of(folder) for folder in (Path(sys.prefix), *_environments()) if folder.name == _PACKAGE), None
    )


def _python_of(folder: Path) -> Path | None:
    return next((folder / name for name in _INTERPRETERS if (folder / name).exists()), None)


def _of_environment(folder: Path) -> Iterator[Installation]:
    """What an environment's interpreter would import, its folder of packages and the folders that are added to it."""
    python = _python_of(folder)
    for packages in (found for pattern in _PACKAGES for found in sorted(folder.glob(pattern))):
        yield Installation(packages, python)
        for added in sorted(packages.glob("*.pth")):
            for line in added.read_text(encoding="utf-8", errors="replace").splitlines():
                if line.strip() and not line.startswith(("import ", "#")):
                    yield Installation(packages / line.strip(), python)


def _installation_at(named: Path) -> Installation:
    """A checkout, the package itself, an environment or its folder of packages. Raises `ConfigFault`."""
    if not named.is_dir():
        raise ConfigFault("--at", named, "is no folder", "name the one that holds Hummingbot's package")
    above = named.absolute().parents
    around = _of_environment(above[2]) if named.name == _PACKAGES_NAME and len(above) > 2 else ()
    wanted = [*around, Installation(named), Installation(named.parent), *_of_environment(named)]
    one = next((one for one in wanted if _holds_one(one.root)), None)
    if one is None:
        raise ConfigFault("--at", named, "holds no Hummingbot", "name the folder that holds its package")
    root = one.root.resolve()
    known = {found.root: found.python for found in installations()}
    return Installation(root, one.python or known.get(root) or _of_its_name())


def _holds_one(root: Path) -> bool:
    return _version_file(root).is_file() and (root / _PACKAGE / "connector" / "derivative").is_dir()


def _version_file(root: Path) -> Path:
    return root / _PACKAGE / "VERSION"
