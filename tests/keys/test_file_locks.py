"""One writer at a time, on a system without locks of its own, too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.companions.places import ROOT
from tests.test_other_systems import BARE

_TRY = """
import sys
from connector.keys.file_locks import FileLock, Timeout
with FileLock(sys.argv[1], timeout=0):
    try:
        FileLock(sys.argv[1], timeout=0).acquire()
    except Timeout:
        print("held")
"""


@pytest.mark.parametrize("path", [ROOT, BARE], ids=["posix", "bare"])
def test_a_second_one_waits_and_nothing_is_said_at_the_import(tmp_path: Path, path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(path), str(ROOT)))}
    done = subprocess.run(
        [sys.executable, "-c", _TRY, str(tmp_path / "lock")], env=environment, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("held\n", "")
