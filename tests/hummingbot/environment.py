"""Hummingbot for tests: its interpreter, a tree of its own a test, and what is run there.

    python -m tests.hummingbot.environment [pytest's arguments]

runs the tests of `inside/` in such a tree, as tests/hummingbot/test_inside.py does file by file.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent.parent
INSIDE: Final = HERE / "inside"
VENV: Final = ROOT / ".venv-hummingbot"
PYTHON: Final = VENV / "bin" / "python"
STAMP: Final = VENV / "stamp"
#: What Hummingbot keeps beside its package; its wheel has none of them.
FOLDERS: Final = (
    "conf/connectors",
    "conf/strategies",
    "conf/scripts",
    "conf/controllers",
    "controllers",
    "data",
    "logs",
    "scripts",
)


def is_there() -> bool:
    """Whether `scripts/setup hummingbot` has been to its end."""
    return STAMP.exists()


def new_tree(root: Path) -> Path:
    """A Hummingbot as it is unpacked, in a folder that is a test's own; its files are those of the environment, linked.

    Nobody changes a file of it in place: what is written is another file under the name.
    """
    (package,) = VENV.glob("lib/python3*/site-packages/hummingbot")
    shutil.copytree(package, root / "hummingbot", copy_function=_linked, ignore=shutil.ignore_patterns("*.cpp"))
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True)
    return root


def surroundings(root: Path, **changes: str) -> dict[str, str]:
    """The variables of a program that runs in a tree."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PY")}
    return kept | {"PYTHONPATH": os.pathsep.join((str(root), str(ROOT))), "HOME": str(root)} | changes


def connector(root: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """`connector …`, as the interpreter of Hummingbot runs it."""
    command = [PYTHON, "-m", "connector", *words]
    return subprocess.run(
        command, cwd=root, env=surroundings(root), capture_output=True, text=True, timeout=100, check=False
    )


def with_connector(root: Path) -> Path:
    """A new tree with ours installed."""
    new_tree(root)
    done = connector(root, "hummingbot", "install", "--at", str(root))
    assert done.returncode == 0, done.stdout + done.stderr
    return root


def run_inside(root: Path, *arguments: str, within_s: float) -> int:
    """pytest in a tree; returns its exit code."""
    command = [PYTHON, "-m", "pytest", "-c", INSIDE / "pytest.ini", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=root, env=surroundings(root), timeout=within_s, check=False).returncode


def _linked(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)
    return target


def _absolute(word: str) -> str:
    return str(Path(word).resolve()) if Path(word.partition("::")[0]).exists() else word


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        tree = with_connector(Path(folder) / "root")
        named = [_absolute(word) for word in sys.argv[1:]] or [str(INSIDE)]
        sys.exit(run_inside(tree, *named, within_s=3600))
