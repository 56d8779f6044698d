"""`connector hummingbot install | remove | status`, as it is typed."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from connector import __version__
from connector.bot.commands.command_line import app
from connector.bot.commands.guard import guarded
from connector.bot.commands.hummingbot_command import install, remove
from connector.bot.exit_codes import ExitCode
from connector.bot.plugin.installations import Installation
from tests.companions.hummingbots import PLACE, bytes_of, environment, folders
from tests.companions.places import ROOT

#: Whom a permission stops.
NOBODY = 65534
AS_SOMEBODY_ELSE = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups") if os.geteuid() == 0 else ()


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


Typed = Callable[..., Done]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return folders(tmp_path / "theirs")


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """The command, with no Hummingbot but those that the test has made."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str) -> Done:
        code = guarded(lambda: app(["hummingbot", *words]))
        return Done(code, *capsys.readouterr())

    return run


def typed_by_another(*words: str) -> Done:
    """The command as somebody else, who may write nothing of ours."""
    command = [*AS_SOMEBODY_ELSE, sys.executable, "-m", "connector", "hummingbot", *words]
    done = subprocess.run(
        command, env={**os.environ, "HOME": "/", "PYTHONPATH": str(ROOT)}, cwd="/", capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def public() -> Iterator[Path]:
    """One that everybody may read; the folder of the tests is closed."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield folders(Path(folder) / "theirs")


def test_it_goes_in_and_comes_out_to_the_byte(root: Path, typed: Typed) -> None:
    before = bytes_of(root)
    done = typed("install", "--at", str(root))
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        f"written: {root / PLACE} ({__version__})",
        "which Python runs it is not known here: perpetual-connector has to be installed in that one, too",
        "start Hummingbot anew, then give it a key: hbot connect binance_perpetual_pro",
    ]
    done = typed("remove", "--at", str(root))
    assert (done.code, done.out) == (0, f"removed: {root / PLACE}\n")
    assert bytes_of(root) == before


def test_removing_what_is_not_there_says_so(root: Path, typed: Typed) -> None:
    done = typed("remove", "--at", str(root))
    assert (done.code, done.out) == (0, f"{root / PLACE}: nothing there is by this program\n")


def test_an_older_version_is_replaced_and_told(root: Path) -> None:
    said: list[str] = []
    one = Installation(root)
    one.files.write()
    for path in (root / PLACE).iterdir():
        path.write_text(path.read_text().replace(__version__, "0.0.9", 1))
    install(one, said.append)
    assert said[0] == f"written: {root / PLACE} ({__version__}, in place of 0.0.9)"


def test_what_is_left_and_what_stays_is_told(root: Path) -> None:
    said: list[str] = []
    one = Installation(root)
    one.files.write()
    (root / PLACE / "notes.txt").write_text("theirs")
    (root / "conf" / "connectors").mkdir(parents=True)
    (root / "conf" / "connectors" / "binance_perpetual_pro_local.yml").write_text("")
    remove(one, said.append)
    assert said == [
        f"removed: {root / PLACE}",
        f"left, as it was not written by this program: {root / PLACE / 'notes.txt'}",
        "put aside, since Hummingbot's login would end at it; an installation takes it back: "
        f"{root / 'conf' / 'connectors' / '_binance_perpetual_pro_local.yml'}",
    ]


def test_a_checkout_under_git_is_told_how_git_forgets_it(root: Path) -> None:
    (root / ".git" / "info").mkdir(parents=True)
    said: list[str] = []
    install(Installation(root), said.append)
    assert said[1] == f"git will name it: echo /{PLACE}/ >> {root / '.git' / 'info' / 'exclude'}"
    assert list((root / ".git" / "info").iterdir()) == []


def test_a_tree_that_can_not_be_written_is_told_so(public: Path) -> None:
    (public / PLACE).parent.chmod(0o555)
    before = bytes_of(public)
    done = typed_by_another("install", "--at", str(public))
    assert (done.code, done.out) == (ExitCode.BAD_CONFIG, "")
    said = f"--at: {public / PLACE}: can't be written: Permission denied; do it as the user whom it belongs to\n"
    assert done.err == said
    assert bytes_of(public) == before


def test_what_belongs_to_another_user_is_not_removed(public: Path) -> None:
    Installation(public).files.write()
    before = bytes_of(public)
    (public / PLACE).chmod(0o555)
    done = typed_by_another("remove", "--at", str(public))
    assert (done.code, done.out) == (ExitCode.BAD_CONFIG, "")
    assert done.err.endswith("__init__.py: can't be written: Permission denied; do it as the user whom it belongs to\n")
    assert bytes_of(public) == before


def test_the_status_of_each_is_told(root: Path, typed: Typed) -> None:
    def told(*words: str) -> list[str]:
        done = typed("status", "--at", str(root), *words)
        assert (done.code, bool(done.err)) == (0, "--json" in words)
        return done.out.splitlines()

    assert told() == [
        f"{root}: Hummingbot dev-2.18.0",
        f"  binance_perpetual_pro is not there: connector hummingbot install --at {root}",
    ]
    Installation(root).files.write()
    (root / "hummingbot" / "VERSION").write_text("3.0.0\n")
    assert told() == [
        f"{root}: Hummingbot 3.0.0",
        f"  binance_perpetual_pro is there, written by {__version__}",
        "  Hummingbot 3.0.0 is none that this was tested with: dev-2.18.0",
        "  which Python runs it is not known here: perpetual-connector has to be installed in that one, too",
        "  keys: none; hbot connect binance_perpetual_pro takes one",
    ]
    (line,) = told("--json")
    assert json.loads(line)["installations"] == [
        {
            "root": str(root),
            "hummingbot": "3.0.0",
            "is_tested": False,
            "python": None,
            "connector": __version__,
            "is_current": True,
            "why_not_loaded": None,
            "keys": [],
        }
    ]


def test_an_interpreter_that_lacks_our_package_is_told_how_to_get_it(tmp_path: Path, typed: Typed) -> None:
    root = folders(environment(tmp_path / "env"))
    python = tmp_path / "env" / "bin" / "python"
    done = typed("install", "--at", str(tmp_path / "env"))
    passed_over = next(line for line in done.out.splitlines() if "passes it over" in line)
    assert passed_over.startswith(f"Hummingbot passes it over: {python} can't load it: ModuleNotFoundError: ")
    assert passed_over.endswith(f"install it there: {python} -m pip install perpetual-connector=={__version__}")
    (standing,) = json.loads(typed("status", "--at", str(root), "--json").out)["installations"]
    assert standing["why_not_loaded"].startswith("ModuleNotFoundError: ")


def test_where_several_are_all_are_told_and_one_has_to_be_named(root: Path, tmp_path: Path, typed: Typed) -> None:
    other = folders(tmp_path / "other")
    conda = tmp_path / ".conda" / "environments.txt"
    conda.parent.mkdir()
    for name in ("first", "second"):
        packages = environment(tmp_path / name)
        (packages / "conda.pth").write_text(f"{root if name == 'first' else other}\n")
    conda.write_text(f"{tmp_path / 'first'}\n{tmp_path / 'second'}\n")
    done = typed("install")
    assert (done.code, done.err) == (
        ExitCode.BAD_CONFIG,
        f"--at: (missing): several are here: {root}, {other}; name one of them\n",
    )
    rows = json.loads(typed("status", "--json").out)["installations"]
    assert [row["root"] for row in rows] == [str(root), str(other)]
    shutil.rmtree(other)
    assert typed("install").code == 0
    assert (root / PLACE / "__init__.py").exists()


@pytest.mark.parametrize("words", [("install",), ("remove", "--json"), ("update",), ()])
def test_what_there_is_not_is_refused(words: tuple[str, ...], typed: Typed) -> None:
    done = typed(*words)
    assert done.code in (ExitCode.USAGE, ExitCode.BAD_CONFIG)
    assert done.out == ""
