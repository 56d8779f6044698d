"""The completion scripts load in their shells, and complete there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.companions.places import ROOT

#: What a shell is told: to load the script, and to complete the last word.
ASKED = {
    "bash": "source {script}; COMP_WORDS=(connector {typed}); COMP_CWORD={place}; _connector_completion connector; "
    'printf "%s\\n" "${{COMPREPLY[@]}}"',
    "zsh": "autoload -Uz compinit; compinit -u -d {folder}/dump; source {script}; whence -w _connector_completion; "
    'env _TYPER_COMPLETE_ARGS="connector {typed}" _CONNECTOR_COMPLETE=complete_zsh connector',
    "fish": 'source {script}; complete -C "connector {typed}"',
}


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("st", ("start", "status", "stop", "store")),
        ("start --p", ("--picture", "--price-script", "--password-from", "--page", "--page-control")),
        ("rehearse --", ("--from", "--round-trip", "--json")),
    ],
)
@pytest.mark.parametrize("shell", ASKED)
def test_a_completion_script_loads_and_knows_commands_and_options(
    tmp_path: Path, shell: str, typed: str, known: tuple[str, ...]
) -> None:
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
    words = ASKED[shell].format(script=script, folder=tmp_path, typed=typed, place=len(typed.split()))
    answer = subprocess.run(
        [shell, "-c", words], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert answer.returncode == 0 and not answer.stderr, answer.stderr
    for name in known:
        assert name in answer.stdout, answer.stdout
