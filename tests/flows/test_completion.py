"""The completion scripts load in their shells, and complete there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.companions.places import ROOT

#: What a shell is told: to load the script, and to complete the second word.
ASKED = {
    "bash": "source {script}; COMP_WORDS=(connector st); COMP_CWORD=1; _connector_completion connector; "
    'printf "%s\\n" "${{COMPREPLY[@]}}"',
    "zsh": "autoload -Uz compinit; compinit -u -d {folder}/dump; source {script}; whence -w _connector_completion; "
    'env _TYPER_COMPLETE_ARGS="connector st" _CONNECTOR_COMPLETE=complete_zsh connector',
    "fish": 'source {script}; complete -C "connector st"',
}


@pytest.mark.parametrize("shell", ASKED)
def test_a_completion_script_loads_and_knows_the_commands(tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed here")
    command = Path(sys.executable).with_name("connector")
    if not command.exists():
        pytest.skip("the command is not installed beside this Python")
    environment = {
        **os.environ, "PATH": f"{command.parent}:{os.environ['PATH']}", "HOME": str(tmp_path), "TERM": "dumb",
        "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1",
    }  # fmt: skip
    shown = subprocess.run(
        [command, "--show-completion", shell], env=environment, cwd=ROOT, check=True, capture_output=True, text=True
    )
    script = tmp_path / "completion"
    script.write_text(shown.stdout)
    words = ASKED[shell].format(script=script, folder=tmp_path)
    answer = subprocess.run(
        [shell, "-c", words], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert answer.returncode == 0 and not answer.stderr, answer.stderr
    for name in ("start", "status", "stop", "store"):
        assert name in answer.stdout, answer.stdout
