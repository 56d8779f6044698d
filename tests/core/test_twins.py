import importlib
import os
import shutil
import subprocess
import sys
import sysconfig
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from connector.core import twins
from tests.companions.places import PACKAGE

#: Says of each room which twin it took.
QUESTION = """
from connector.core.twins import WHY_PLAIN
from connector.account import margin_book, order_holds
from connector.market import twins
from connector.net import listener
from connector.orders import fill_way
from connector.store import record_lines
from connector.strategies import touch_moves
from connector.wire import user_events
taken = [getattr(twins, name) for name in twins.__all__]
taken += [listener.FrameListener, margin_book.PairSums, order_holds.OrderHolds, fill_way.filled_shortly]
taken += [record_lines.lines_of, touch_moves.Quiet, user_events.UserEventReader]
print(sorted({each.__module__.split(".")[2] for each in taken}), WHY_PLAIN)
"""


def asked(cwd: Path | None = None, **environment: str) -> str:
    answered = subprocess.run(
        [sys.executable, "-c", QUESTION],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return answered.stdout.strip()


def test_the_compiled_twins_are_loaded_where_they_can_be_built() -> None:
    if os.environ.get("CONNECTOR_PLAIN") == "1":
        pytest.skip("the plain twins were asked for")
    has_compiler = any(shutil.which(name) for name in ("cc", "gcc", "clang"))
    has_headers = (Path(sysconfig.get_paths()["include"]) / "Python.h").is_file()
    if not twins.COMPILED and not (has_compiler and has_headers):
        pytest.skip("there is no compiler, or no Python.h, and nothing that was built with both")
    assert twins.WHY_PLAIN == ""
    assert asked() == "['compiled']"


@pytest.mark.parametrize("module", twins.MODULES)
def test_the_twins_in_use_do_not_depend_on_what_is_loaded_first(module: str) -> None:
    """A compiled twin that loads what chooses twins would find the choice half made, and make every room plain."""
    if not twins.COMPILED:
        pytest.skip("the compiled twins are not in use: there is no choice to make")
    question = f"import {module}; from connector.core.twins import WHY_PLAIN; print(WHY_PLAIN)"
    answered = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=True)
    assert answered.stdout.strip() == ""


def test_every_room_is_plain_when_that_is_asked_for() -> None:
    assert asked(CONNECTOR_PLAIN="1") == "['plain'] CONNECTOR_PLAIN=1"


def test_one_compiled_part_that_is_absent_makes_every_room_plain(tmp_path: Path) -> None:
    if not twins.COMPILED:
        pytest.skip("nothing compiled is here to be taken away")
    copy = tmp_path / "connector"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.c"))
    for suffix in EXTENSION_SUFFIXES:
        (copy / "net" / "compiled" / f"listener{suffix}").unlink(missing_ok=True)
    answer = asked(tmp_path)
    assert answer.startswith("['plain'] connector.net.compiled.listener: ")


def test_the_list_of_compiled_modules_is_that_of_their_sources() -> None:
    sources = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in PACKAGE.rglob("compiled/*.pyx")
    }
    assert set(twins.MODULES) == sources


@pytest.mark.parametrize(
    "refusal",
    [
        ImportError("undefined symbol"),
        ValueError("picows.picows.WSListener size changed, may indicate binary incompatibility"),
        TypeError("C function connector.market.compiled.ladder.clear has wrong signature"),
    ],
)
def test_a_part_that_the_loader_refuses_is_named(refusal: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(module: str) -> object:
        raise refusal

    monkeypatch.delenv("CONNECTOR_PLAIN", raising=False)
    monkeypatch.setattr(importlib, "import_module", refused)
    assert twins.why_plain() == f"{twins.MODULES[0]}: {refusal}"
