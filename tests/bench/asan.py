"""The compiled parts under AddressSanitizer: built anew in a folder of their own, driven by the tests of their room.

`scripts/bench asan` ends with pytest's exit code; a read or write out of bounds ends the run with its report. Python's
own allocator is left out, so that every bytes object has its guarded place; stderr is not captured, for a report goes
there.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from connector.core.twins import MODULES
from tests.companions.places import ROOT, SHARED

#: Exit code where nothing was tested.
CANNOT_RUN = 5
#: Exit code where someone stopped it, as a shell has it.
STOPPED = 130
TESTS = (
    "tests/market", "tests/net/test_listener.py", "tests/net/test_hmac_key.py", "tests/net/test_json_params.py",
    "tests/wire/test_user_events.py", "tests/orders/test_fill_way.py", "tests/store/test_record_lines.py",
    "tests/account/test_order_holds.py", "tests/net/limits/test_at_once.py", "tests/net/test_way_out.py",
    "tests/exchange/orders/test_quick_entry.py",
)  # fmt: skip
_PARTS = ("connector", "tests", "setup.py", "pyproject.toml", "README.md", "LICENSE")
_FLAGS = "-O1 -g -fno-omit-frame-pointer -fsanitize=address"


def run() -> int:
    """The exit code of the tests; 5, and a line that says why, where the parts can't be built so."""
    if shutil.which("cc") is None:
        return _cannot("there is no C compiler (cc)")
    library = subprocess.run(
        ["cc", "-print-file-name=libasan.so"], check=True, capture_output=True, text=True
    ).stdout.strip()
    if not Path(library).is_absolute():
        return _cannot("cc has no AddressSanitizer (libasan.so)")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        _copy(root)
        flags = {"CFLAGS": _FLAGS, "LDFLAGS": "-fsanitize=address"}
        command = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
        built = subprocess.run(command, cwd=root, env=os.environ | flags, check=False)
        missing = len(MODULES) - len(list((root / "connector").rglob("*.so")))
        if built.returncode or missing:
            return _cannot(f"{missing} of {len(MODULES)} compiled parts were not built; the compiler says why above")
        guarded = {
            "LD_PRELOAD": library,
            "PYTHONMALLOC": "malloc",
            "PYTHONPATH": str(root),
            "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1",
        }
        tests = [name for name in TESTS if (root / name).exists()]
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--capture=sys",
            "-p",
            "no:cacheprovider",
            "-o",
            "timeout=0",
            *tests,
        ]
        sys.stderr.write("bench: tests of the compiled parts run under AddressSanitizer, for three to six minutes\n")
        try:
            return subprocess.run(command, cwd=root, env=os.environ | guarded, check=False).returncode
        except KeyboardInterrupt:
            return STOPPED


def _cannot(cause: str) -> int:
    sys.stderr.write(f"bench: asan can't run: {cause}\n")
    return CANNOT_RUN


def _copy(root: Path) -> None:
    root.mkdir()
    built = shutil.ignore_patterns("*.so", "*.c", "__pycache__")
    for name in _PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=built)
        else:
            shutil.copy(source, root / name)
    if SHARED.exists():
        (root.parent / "shared").symlink_to(SHARED)
