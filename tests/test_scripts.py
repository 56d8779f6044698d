"""The scripts on checkouts that are not as one would wish: each failure is one line that tells its cause."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.companions.places import ROOT

#: Where tests run as root, whom no permission stops, the scripts are run as somebody else.
NOBODY = 65534
IS_ROOT = os.geteuid() == 0
AS_SOMEBODY_ELSE = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups") if IS_ROOT else ()
#: Nothing is asked of an index, and built with what is installed beside the tests.
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_NO_BUILD_ISOLATION": "0", "CONNECTOR_PLAIN": "1"}
_PARTS = ("scripts", "connector", "tests", "conf", "setup.py", "pyproject.toml", "README.md", "LICENSE", "MANIFEST.in")
_BUILT = shutil.ignore_patterns("*.so", "*.c", "__pycache__")


@pytest.fixture
def clone() -> Iterator[Path]:
    """A copy of the project that everybody may read."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "a clone"
        Path(folder).chmod(0o755)
        root.mkdir()
        for name in _PARTS:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, root / name, ignore=_BUILT)
            else:
                shutil.copy(ROOT / name, root / name)
        yield root
        root.chmod(0o755)


@pytest.fixture
def installed(clone: Path) -> Path:
    """The clone with a .venv that finds whatever is installed beside these tests, the project itself excepted."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", clone / ".venv"], check=True)
    (own,) = (clone / ".venv").glob("lib/python*/site-packages")
    (own / "beside_the_tests.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return clone


def told(clone: Path, *words: str, prefix: tuple[str, ...] = (), code: int = 5, **changes: str) -> list[str]:
    """The lines that a script wrote to standard error."""
    command = [*prefix, str(clone / "scripts" / words[0]), *words[1:]]
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHON")}
    done = subprocess.run(command, env=kept | changes, capture_output=True, text=True, timeout=100)
    assert done.returncode == code, done.stderr
    return done.stderr.splitlines()


@pytest.mark.parametrize("script", ["run", "simulator", "bench", "test", "check", "setup"])
def test_a_checkout_that_cannot_be_written_is_told_so(clone: Path, script: str) -> None:
    clone.chmod(0o555)
    (line,) = told(clone, script, prefix=AS_SOMEBODY_ELSE)
    assert line.startswith(f"setup: {clone} can't be written: Permission denied (it belongs to ")


def test_an_environment_of_another_user_is_left_alone(clone: Path) -> None:
    clone.chmod(0o777)
    theirs = clone / ".venv" / "lib" / "theirs.py"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("")
    (clone / ".venv").chmod(0o555)
    (line,) = told(clone, "run", prefix=AS_SOMEBODY_ELSE)
    assert line.startswith(f"setup: {clone}/.venv can't be written: Permission denied (it belongs to ")
    assert line.endswith("it holds no Python that you can run: remove it, or let its owner do so")
    assert theirs.exists()


def test_a_file_in_place_of_the_environment_is_told_with_its_cause(clone: Path) -> None:
    (clone / ".venv").write_text("")
    (line,) = told(clone, "setup")
    assert f"{clone}/.venv can't be written: Not a directory" in line


def test_a_machine_without_python_is_told_so(clone: Path, tmp_path: Path) -> None:
    for tool in ("sh", "dirname"):
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / tool).symlink_to(found)
    (line,) = told(clone, "run", PATH=str(tmp_path))
    assert line.startswith("setup: Python 3.11 or later is needed and was not found")


def test_a_purpose_that_there_is_not_is_told_so(clone: Path) -> None:
    assert told(clone, "setup", "tset") == ["setup: tset is none of test, check, docs, strangers, hummingbot"]


def test_a_package_that_is_not_to_be_had_is_named(installed: Path) -> None:
    project = installed / "pyproject.toml"
    project.write_text(project.read_text().replace('"ujson>=', '"ujson-that-nobody-wrote>='))
    _, line = told(installed, "run", **OFFLINE)
    log = installed / ".venv" / "setup.log"
    assert line.startswith("setup: the installation failed: No matching distribution found for ujson-that-nobody-wrote")
    assert line.endswith(f"the whole log is {log}") and log.stat().st_size


def test_what_is_built_is_built_once_and_again_when_it_changes(installed: Path) -> None:
    def says(*words: str) -> list[str]:
        lines = told(installed, *words, code=0, **OFFLINE)
        return [line for line in lines if line.startswith("setup: installing")]

    (first,) = says("setup")
    assert "installing the project" in first and "MB are downloaded" in first
    assert ["what test needs" in line for line in says("bench", "--help")] == [True]
    assert says("setup") == says("setup", "test") == says("test", "--version") == says("run", "--help") == []
    header = next(iter(installed.glob("connector/*/compiled/*/*.h")))
    header.write_text(header.read_text() + "\n")
    assert ["installing the project" in line for line in says("run", "--help")] == [True]
    assert says("bench", "--help") == []
