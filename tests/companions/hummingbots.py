"""Installations of Hummingbot as folders: as much of one as the commands look at."""

import hashlib
import os
import sys
from pathlib import Path

PLACE = Path("hummingbot/connector/derivative/binance_perpetual_pro")
TESTED = "dev-2.18.0"


def folders(root: Path, version: str = TESTED) -> Path:
    """A checkout, or what pip unpacks: the package, with a connector of its own."""
    theirs = root / "hummingbot" / "connector" / "derivative" / "other_perpetual"
    theirs.mkdir(parents=True)
    (root / "hummingbot" / "VERSION").write_text(f"{version}\n")
    for folder in (root / "hummingbot", root / "hummingbot/connector", theirs.parent, theirs):
        (folder / "__init__.py").write_text("")
    (theirs / "other_perpetual_utils.py").write_text("KEYS = None\n")
    return root


def environment(folder: Path) -> Path:
    """An environment with an interpreter, and none of our packages. Returns the folder of its packages."""
    packages = folder / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    packages.mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "bin" / "python").write_text(f'#!/bin/sh\nexec {sys.executable} -I "$@"\n')
    (folder / "bin" / "python").chmod(0o755)
    return packages


def bytes_of(root: Path) -> dict[str, str]:
    """Every file and folder below it, with what is in it."""
    found: dict[str, str] = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = f"-> {os.readlink(path)}"
        else:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
    return found
