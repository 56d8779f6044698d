"""A user without a clone: the sdist builds a wheel, which is installed where nothing is and used in an empty folder."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest

from connector import __version__
from connector.core.twins import MODULES, WHY_PLAIN
from tests.companions.places import ROOT, SHIPPED_SETTINGS

#: One worker builds and installs for all of them.
pytestmark = [pytest.mark.xdist_group("wheel"), pytest.mark.timeout(900)]

_SDIST = "import sys; from setuptools import build_meta; print(build_meta.build_sdist(sys.argv[1]))"
#: What the project itself is made of, should the checkout be one of git's; an unpacked sdist holds nothing else.
_LEFT_OUT = (".git", ".venv", "build", "data", "logs")


def done(*command: object, cwd: Path, **changes: str) -> str:
    """What the command wrote to standard output; it has to end well."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "CONNECTOR_HOME")}
    ended = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=kept | changes, capture_output=True, text=True, timeout=600
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def wheel_of(source: Path, folder: Path, **changes: str) -> Path:
    folder.mkdir()
    build = ("-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, source)
    done(sys.executable, *build, cwd=folder, **changes)
    (wheel,) = folder.glob("*.whl")
    return wheel


def contents(wheel: Path) -> dict[str, bytes]:
    """What the wheel holds, but for what tells of the build itself."""
    with ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if not name.endswith(("/RECORD", "/WHEEL"))]
        return {name: archive.read(name) for name in names}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project as a clone has it: nothing that was built lies in it."""
    folder = tmp_path_factory.mktemp("checkout")
    if (ROOT / ".git").exists():
        listed = done("git", "ls-files", "-z", "-c", "-o", "--exclude-standard", cwd=ROOT).split("\0")
        names = [name for name in listed if name and (ROOT / name).is_file()]
    else:
        files = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        names = [str(path) for path in files if path.parts[0] not in _LEFT_OUT]
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((ROOT / name).read_bytes())
    return folder


@pytest.fixture(scope="module")
def sdist(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    return folder / done(sys.executable, "-c", _SDIST, folder, cwd=checkout).splitlines()[-1]


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wheel_of(sdist, tmp_path_factory.mktemp("built") / "wheel")


@pytest.fixture(scope="module")
def connector(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment that holds the wheel and what it asks the index for."""
    folder = tmp_path_factory.mktemp("user")
    done(sys.executable, "-m", "venv", folder / "env", cwd=folder)
    python = folder / "env" / "bin" / "python"
    done(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", wheel, cwd=folder)
    return python.with_name("connector")


@pytest.fixture
def user(tmp_path: Path) -> Mapping[str, str]:
    """A user whose folders are empty."""
    (tmp_path / "elsewhere").mkdir()
    return {"HOME": str(tmp_path), "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": "", "XDG_STATE_HOME": ""}


def test_the_sdist_builds_what_the_checkout_builds(checkout: Path, sdist: Path, tmp_path: Path) -> None:
    one = contents(wheel_of(checkout, tmp_path / "of the checkout", CONNECTOR_PLAIN="1"))
    other = contents(wheel_of(sdist, tmp_path / "of the sdist", CONNECTOR_PLAIN="1"))
    assert one == other
    assert "connector/bot/commands/perpetual_market_making.yml" in one
    assert not [name for name in one if name.startswith(("tests/", "scripts/")) or name.endswith((".c", ".so"))]


@pytest.mark.skipif(bool(WHY_PLAIN), reason=f"the compiled twins are not in use here: {WHY_PLAIN}")
def test_the_wheel_holds_every_compiled_twin(wheel: Path) -> None:
    built = [name.partition(".")[0] for name in contents(wheel) if name.endswith((".so", ".pyd"))]
    assert sorted(built) == sorted(module.replace(".", "/") for module in MODULES)


def test_the_version_is_told(connector: Path, tmp_path: Path) -> None:
    assert done(connector, "--version", cwd=tmp_path) == f"connector {__version__}\n"


def test_a_first_run_is_told_how_to_begin_then_quotes(connector: Path, user: Mapping[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    early = subprocess.run([connector, "run"], cwd=folder, env=os.environ | user, capture_output=True, text=True)
    assert early.returncode == 3
    assert early.stderr.endswith("write the example there: connector init\n") and early.stderr.count("\n") == 1
    assert SHIPPED_SETTINGS.name in done(connector, "init", cwd=folder, **user)
    done(connector, "run", "--duration", "5", "--json", tmp_path / "summary.json", cwd=folder, **user)
    assert json.loads((tmp_path / "summary.json").read_text())["bot"]["placed"] >= 4
    assert list(folder.iterdir()) == []


def test_a_recording_is_played_back(connector: Path, user: Mapping[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    done(connector, "record", "--duration", "3", "own.gz", cwd=folder, **user)
    row = json.loads(done(connector, "replay", "own.gz", cwd=folder, **user))["symbols"]["BTCUSDT"]
    assert row["checked"] == row["matched"] > 5
