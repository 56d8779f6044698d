"""Whatever a command raises, its user reads one line, and no secret."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from connector.bot.commands.guard import guarded
from connector.bot.exit_codes import ExitCode
from connector.core.faults import ConfigFault
from tests.companions.places import ROOT

_BREAKS = """
import sys
from connector.bot.commands.guard import guarded
from connector.core.secrets import Secret
held = Secret("purple walrus and ladder")
def breaks():
    raise {error}
sys.exit(guarded(breaks))
"""


def ended(home: Path, error: str) -> subprocess.CompletedProcess[str]:
    """A program whose command raises that."""
    environment = os.environ | {"CONNECTOR_HOME": str(home)}
    command = (sys.executable, "-c", _BREAKS.format(error=error))
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)


def test_a_defect_is_one_masked_line_and_the_log_of_the_home_has_its_traceback(tmp_path: Path) -> None:
    done = ended(tmp_path, "RuntimeError('signature=0123456789abcdef ' + held.reveal())")
    assert done.returncode == ExitCode.INTERNAL
    assert done.stderr == "internal error: signature=*** ***; the log holds the details\n"
    log = (tmp_path / "logs" / "connector.log").read_text()
    assert "Traceback" in log
    assert "0123456789abcdef" not in log
    assert "walrus" not in log


def test_a_defect_that_no_log_takes_is_one_line_too(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("in the way")
    done = ended(tmp_path, "RuntimeError('x')")
    assert done.returncode == ExitCode.INTERNAL
    assert done.stderr.startswith("internal error: x; no log could be written: --home: ")
    assert done.stderr.count("\n") == 1


def test_a_file_that_the_system_refuses_is_named(tmp_path: Path) -> None:
    done = ended(tmp_path, "PermissionError(13, 'Permission denied', '/somewhere/conf')")
    assert (done.returncode, done.stderr) == (ExitCode.BAD_CONFIG, "/somewhere/conf: Permission denied\n")


def test_a_command_that_is_started_without_standard_input_is_no_defect(tmp_path: Path) -> None:
    command = f"exec {sys.executable} -m connector keys --home {tmp_path} <&-"
    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (ExitCode.OK, "")


def test_a_fault_is_its_line_and_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    def refuses() -> None:
        raise ConfigFault("leverage", 200, "too high")

    assert guarded(refuses) == ExitCode.BAD_CONFIG
    assert capsys.readouterr().err == "leverage: 200: too high\n"


def test_a_command_that_ends_by_itself_keeps_its_code() -> None:
    def leaves() -> None:
        raise SystemExit(4)

    assert guarded(leaves) == 4
    assert guarded(lambda: None) == ExitCode.OK
