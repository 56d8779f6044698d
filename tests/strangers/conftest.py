"""Clients that we did not write, each run as a program of its own against a local exchange of its own.

They live in `.venv-strangers` (`scripts/setup strangers`); without it they are skipped, in CI that is a failure.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PYTHON = ROOT / ".venv-strangers" / "bin" / "python"
WITHIN_S = 240


@dataclass(frozen=True)
class Step:
    """What became of one step of a client."""

    held: bool
    said: str


Run = Callable[[str], dict[str, Step]]


def steps_of(program: str) -> list[str]:
    """The steps that a client's program takes, read off its text."""
    return re.findall(r'steps\.take\(\s*"([^"]+)"', (HERE / program).read_text())


@contextmanager
def exchange() -> Iterator[str]:
    """A local exchange in a process of its own; its first line, which tells addresses and key."""
    command = [sys.executable, "-m", "connector", "simulator", "--port", "0", "--json", "--until-stdin-closes"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin and process.stdout
        yield process.stdout.readline()
        process.stdin.close()
        process.stdout.read()
        process.wait(timeout=20)


def strangers_python() -> Path:
    """Their interpreter; without it the test is skipped, in CI it fails."""
    if not PYTHON.exists():
        reason = "the strangers' own virtual environment is absent; make it with scripts/setup strangers"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return PYTHON


@pytest.fixture(scope="session")
def stranger() -> Run:
    """Runs a client's program to its end and returns its steps by name."""
    python = strangers_python()

    def run(program: str) -> dict[str, Step]:
        with exchange() as first_line:
            ended = subprocess.run(
                [python, HERE / program, first_line], capture_output=True, text=True, timeout=WITHIN_S, check=False
            )
        rows = [json.loads(line) for line in ended.stdout.splitlines()]
        assert rows, ended.stderr
        assert ended.returncode in (0, 1), ended.stderr
        return {row["step"]: Step(row["held"], row["said"]) for row in rows}

    return run
