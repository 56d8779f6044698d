"""A process that holds a key leaves no image of its memory."""

import subprocess
import sys
from pathlib import Path

import pytest

_READ = (
    "import ctypes, resource;"
    "state = (resource.getrlimit(resource.RLIMIT_CORE)[0], ctypes.CDLL(None).prctl(3, 0, 0, 0, 0));"
)
_ALLOW = "import resource as r; r.setrlimit(r.RLIMIT_CORE, (r.getrlimit(r.RLIMIT_CORE)[1],) * 2);"
_DOMAIN = (
    "from dataclasses import replace; from connector.venue.domains import LIVE, LOCAL, TESTNET;"
    "from connector.net.spelling import Spelling; from connector.net.sign import HmacSigner;"
    "from connector.core.secrets import Secret;"
)


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """In a process that may write core files of any size."""
    return subprocess.run((sys.executable, "-c", _ALLOW + code), capture_output=True, text=True, cwd=folder, timeout=60)


@pytest.mark.skipif(sys.platform != "linux", reason="what is read of the process is Linux's")
@pytest.mark.parametrize(("domain", "state"), [("LIVE", "(0, 0)"), ("TESTNET", "(0, 0)")])
def test_a_key_of_the_venue_ends_core_dumps(domain: str, state: str, tmp_path: Path) -> None:
    sign = f"Spelling({domain}, lambda: 0, 0).sign_with(HmacSigner(Secret('k'), Secret('s')));"
    assert run(f"{_DOMAIN}{sign}{_READ}print(state)", tmp_path).stdout.strip() == state


@pytest.mark.skipif(sys.platform != "linux", reason="what is read of the process is Linux's")
def test_a_key_that_a_local_exchange_made_up_changes_nothing(tmp_path: Path) -> None:
    sign = "Spelling(LOCAL, lambda: 0, 0).sign_with(HmacSigner(Secret('k'), Secret('s')));"
    assert run(f"{_DOMAIN}{sign}{_READ}print(state[1])", tmp_path).stdout.strip() == "1"


@pytest.mark.skipif(sys.platform == "win32", reason="no signals of that kind")
def test_a_crash_leaves_no_file_behind(tmp_path: Path) -> None:
    code = "import os; from connector.net.core_dumps import forbid_core_dumps; forbid_core_dumps(); os.abort()"
    assert run(code, tmp_path).returncode < 0
    assert list(tmp_path.iterdir()) == []
