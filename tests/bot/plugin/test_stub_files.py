"""What is written into Hummingbot goes in whole, comes out whole, and leaves all else alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from connector import __version__
from connector.bot.plugin.stub_files import StubFiles
from connector.core.faults import ConfigFault
from tests.companions.hummingbots import PLACE, bytes_of, folders

OWN = ("__init__.py", "binance_perpetual_pro_derivative.py", "binance_perpetual_pro_utils.py")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return folders(tmp_path / "theirs")


def names(root: Path) -> list[str]:
    return sorted(path.name for path in (root / PLACE).iterdir())


def test_three_files_with_our_version_are_written(root: Path) -> None:
    assert StubFiles(root).version is None
    StubFiles(root).write()
    assert names(root) == sorted(OWN)
    assert all(f"perpetual-connector {__version__}:" in (root / PLACE / name).read_text() for name in OWN)
    assert StubFiles(root).version == __version__


def test_what_was_written_is_removed_to_the_byte(root: Path) -> None:
    before = bytes_of(root)
    StubFiles(root).write()
    assert bytes_of(root) != before
    assert StubFiles(root).remove() == []
    assert bytes_of(root) == before


def test_what_python_made_of_our_files_goes_with_them(root: Path) -> None:
    before = bytes_of(root)
    StubFiles(root).write()
    subprocess.run([sys.executable, "-m", "compileall", "-q", root / PLACE], check=True)
    assert "__pycache__" in names(root)
    assert StubFiles(root).remove() == []
    assert bytes_of(root) == before


def test_an_older_version_of_ours_is_written_over(root: Path) -> None:
    StubFiles(root).write()
    new = {name: (root / PLACE / name).read_text() for name in OWN}
    for name, text in new.items():
        (root / PLACE / name).write_text(text.replace(__version__, "0.0.9", 1) + "old = True\n")
    assert StubFiles(root).version == "0.0.9"
    StubFiles(root).write()
    assert {name: (root / PLACE / name).read_text() for name in OWN} == new


@pytest.mark.parametrize("name", OWN)
def test_a_connector_of_another_by_our_name_is_left_as_it_is(root: Path, name: str) -> None:
    (root / PLACE).mkdir()
    (root / PLACE / name).write_text("THEIRS = True\n")
    before = bytes_of(root)
    with pytest.raises(ConfigFault, match=f"{name}: was not written by this program; move it away first"):
        StubFiles(root).write()
    assert [path.name for path in StubFiles(root).remove()] == [name]
    assert bytes_of(root) == before


@pytest.mark.parametrize("name", ["notes.txt", "__pycache__/foreign.cpython-311.pyc", *OWN])
def test_a_file_of_another_among_ours_is_never_deleted(root: Path, name: str) -> None:
    StubFiles(root).write()
    theirs = root / PLACE / name
    theirs.parent.mkdir(exist_ok=True)
    theirs.write_text("of another\n")
    assert StubFiles(root).remove() == [theirs]
    assert theirs.read_text() == "of another\n"
    assert [path for path in (root / PLACE).rglob("*") if path.is_file()] == [theirs]


def test_no_link_is_followed(root: Path, tmp_path: Path) -> None:
    elsewhere = folders(tmp_path / "elsewhere")
    StubFiles(elsewhere).write()
    (root / PLACE).symlink_to(elsewhere / PLACE)
    before = bytes_of(tmp_path)
    assert StubFiles(root).remove() == [root / PLACE]
    assert bytes_of(tmp_path) == before
    (root / PLACE).unlink()
    (root / PLACE).mkdir()
    (root / PLACE / "__init__.py").symlink_to(elsewhere / PLACE / "__init__.py")
    with pytest.raises(ConfigFault, match="was not written by this program"):
        StubFiles(root).write()
    assert StubFiles(root).remove() == [root / PLACE / "__init__.py"]


def test_what_is_not_there_is_removed_without_a_word(root: Path) -> None:
    assert StubFiles(root).remove() == []


BROKEN = {
    "absent": None,
    "of another": "# a package of that name that is none of ours\n",
    "damaged": "this is no Python\n",
    "breaking": "raise RuntimeError('its disk is full')\n",
    "older": "CENTRALIZED = True\n",
}


@pytest.mark.parametrize("state", BROKEN)
def test_whatever_is_wrong_with_our_package_hummingbot_passes_the_connector_over(
    root: Path, tmp_path: Path, state: str
) -> None:
    """`ModuleNotFoundError` is all that it passes over."""
    StubFiles(root).write()
    ours = tmp_path / "ours" / "connector" / "adapters" / "hummingbot"
    text = BROKEN[state]
    if text is not None:
        ours.mkdir(parents=True)
        for folder in (ours, ours.parent, ours.parent.parent):
            (folder / "__init__.py").write_text("")
        (ours / "registration.py").write_text(text)
        (ours / "derivative.py").write_text(text)
    wanted = "utils" if state != "older" else "derivative"
    stub = f"{str(PLACE).replace('/', '.')}.binance_perpetual_pro"
    program = f"""
import importlib, sys
sys.path[:0] = {[str(root), str(tmp_path / "ours")]!r}
try:
    found = importlib.import_module("{stub}_{wanted}")
except ModuleNotFoundError as error:
    print("passed over:", error)
else:
    print("loaded:", hasattr(found, "KEYS"))
"""
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    wanted_words = "loaded: False" if state == "of another" else "passed over: perpetual-connector can't be loaded: "
    assert done.stdout.startswith(wanted_words), done.stdout


def test_a_write_that_fails_half_way_leaves_nothing(root: Path) -> None:
    """The folder is another's, who has taken the name that one of the files is written under first."""
    taken = root / PLACE / f".{OWN[2]}.{os.getpid()}"
    taken.mkdir(parents=True)
    with pytest.raises(ConfigFault, match="can't be written"):
        StubFiles(root).write()
    assert names(root) == [taken.name]
