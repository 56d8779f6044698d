"""The shape of the project, checked: floors, purity, sizes, and a test file for every module."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "connector"

#: What each room may import of the others; a room always may import itself.
MAY_IMPORT: dict[str, set[str]] = {
    "core": set(),
    "venue": {"core"},
    "strategies": {"core"},
    "wire": {"core", "venue"},
    "market": {"core", "venue"},
    "orders": {"core"},
    "account": {"core", "venue"},
    "net": {"core", "venue"},
    "config": {"core", "venue"},
    "exchange": {"core", "venue", "wire", "market", "orders", "account", "net", "config"},
    "simulator": {"core", "venue"},
    "bot": {
        "core", "venue", "strategies", "wire", "market", "orders", "account", "net", "config",
        "exchange", "simulator",
    },
}  # fmt: skip

#: Of the venue's rooms the simulator takes addresses and numbers only: what both sides share cannot referee.
SIMULATOR_TAKES_OF_VENUE = {"domains", "endpoints", "limits"}

PURE_ROOMS = ("core", "venue", "strategies", "wire", "market", "orders", "account")
IMPURE_MODULES = {"asyncio", "socket", "selectors", "time", "aiohttp", "picows", "uvloop", "requests", "ssl"}
IMPURE_CALLS = re.compile(r"(?<![\w.])open\(|datetime\.now|datetime\.utcnow|\.read_text\(|\.write_text\(")

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 50
TOP_LEVEL = {
    "setup.py", "pyproject.toml", "connector", "tests", "conf", "scripts", "README.md", "LICENSE",
    "CHANGELOG.md", "MANIFEST.in",
}  # fmt: skip

PYTHON_FILES = sorted(PACKAGE.rglob("*.py"))
CYTHON_FILES = sorted([*PACKAGE.rglob("*.pyx"), *PACKAGE.rglob("*.pxd")])
MODULES = [path for path in PYTHON_FILES if path.name not in ("__init__.py", "__main__.py")]


def named(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def room_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


def imported_modules(path: Path) -> set[str]:
    """Every module that a file imports, by full dotted name, whatever the form of the import."""
    if path.suffix != ".py":
        lines = path.read_text().splitlines()
        found = (re.match(r"\s*(?:from\s+([\w.]+)\s+c?import|c?import\s+([\w.]+))", line) for line in lines)
        return {match[1] or match[2] for match in found if match}
    names: set[str] = set()
    package = list(path.relative_to(ROOT).parent.parts)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            names |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return names


def rooms_imported(path: Path) -> set[str]:
    parts = [name.split(".") for name in imported_modules(path)]
    return {part[1] for part in parts if part[0] == "connector" and len(part) > 1 and part[1] in MAY_IMPORT}


@pytest.mark.parametrize("path", PYTHON_FILES + CYTHON_FILES, ids=named(PYTHON_FILES + CYTHON_FILES))
def test_a_room_imports_only_what_lies_below_it(path: Path) -> None:
    room = room_of(path)
    if not room:
        return
    assert rooms_imported(path) - MAY_IMPORT[room] - {room} == set()


def test_every_room_stands_in_the_table() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms == set(MAY_IMPORT)


def test_folders_are_one_deep() -> None:
    deep = [path for path in PACKAGE.rglob("*.py") if len(path.relative_to(PACKAGE).parts) > 2]
    assert deep == []


@pytest.mark.parametrize("path", sorted((PACKAGE / "simulator").glob("*.py")), ids=lambda path: path.name)
def test_the_simulator_shares_no_arithmetic_with_the_connector(path: Path) -> None:
    taken = {name.split(".")[2] for name in imported_modules(path) if name.startswith("connector.venue.")}
    assert taken <= SIMULATOR_TAKES_OF_VENUE


def test_the_core_imports_the_standard_library_only() -> None:
    for path in (PACKAGE / "core").glob("*.py"):
        foreign = {name.split(".")[0] for name in imported_modules(path)} - {"connector"}
        assert foreign <= sys.stdlib_module_names, path.name


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_a_pure_room_does_no_io_and_reads_no_clock(room: str) -> None:
    for path in [*(PACKAGE / room).glob("*.py"), *(PACKAGE / room).glob("*.pyx")]:
        assert {name.split(".")[0] for name in imported_modules(path)} & IMPURE_MODULES == set(), path.name
        assert not IMPURE_CALLS.search(path.read_text()), path.name
        if path.suffix == ".py" and path.name != "interface.py":
            nodes = ast.walk(ast.parse(path.read_text()))
            assert not any(isinstance(node, ast.AsyncFunctionDef) for node in nodes), path.name


@pytest.mark.parametrize("path", PYTHON_FILES + CYTHON_FILES, ids=named(PYTHON_FILES + CYTHON_FILES))
def test_files_are_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MOST_LINES_OF_A_FILE


@pytest.mark.parametrize("path", PYTHON_FILES, ids=named(PYTHON_FILES))
def test_functions_are_small(path: Path) -> None:
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []


@pytest.mark.parametrize("path", MODULES, ids=named(MODULES))
def test_every_module_has_its_test_file(path: Path) -> None:
    """A twin is tested by its chooser's test: `_order_book_py.py` by `test_order_book.py`."""
    stem = re.sub(r"^_(\w+)_(?:py|c)$", r"\1", path.stem)
    assert (ROOT / "tests" / room_of(path) / f"test_{stem}.py").is_file()


def test_no_venue_is_named_outside_its_rows() -> None:
    """A venue is a row: no name of a contract family is compared outside `venue/`; assembly may import one."""
    named_outside = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in PYTHON_FILES + CYTHON_FILES
        if room_of(path) != "venue"
        for line in path.read_text().splitlines()
        if re.search(r"\busdm\b|\bcoinm\b", line) and not (path.name == "assemble.py" and "import" in line)
    ]
    assert named_outside == []


def test_the_top_level_holds_the_agreed_entries_only() -> None:
    """What git tracks: a user's own files beside it are the user's."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: what belongs to the project cannot be told from a user's files")
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    entries = {name.split("/")[0] for name in tracked.splitlines()}
    assert {name for name in entries if not name.startswith(".")} <= TOP_LEVEL
