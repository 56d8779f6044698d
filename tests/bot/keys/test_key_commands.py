"""The commands about keys explain themselves, and nothing of them is loaded by who needs no key."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from connector.bot.commands.command_line import app
from tests.companions.places import ROOT


@pytest.mark.parametrize("command", ["connect", "disconnect", "keys", "store"])
def test_every_command_explains_itself(command: str) -> None:
    answer = CliRunner().invoke(app, [command, "--help"])
    assert answer.exit_code == 0
    assert "Usage" in answer.output


@pytest.mark.parametrize("code", ["import connector", "import connector.bot.commands.command_line"])
def test_who_runs_on_the_local_domain_waits_for_no_library_of_keys(code: str) -> None:
    libraries = ("Crypto", "zxcvbn", "pyotp", "segno", "keyring")
    asked = f"import sys; {code}; print([name for name in {libraries} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_bot_of_the_local_domain_goes_without_what_others_need() -> None:
    """Exchange, proxies, private keys, other databases, frames and plots take memory, which a run keeps to its end."""
    libraries = (
        "aiohttp", "connector.simulator.engine", "cryptography", "pandas", "plotly", "prometheus_client",
        "sqlalchemy.dialects.postgresql",
    )  # fmt: skip
    code = "import connector.bot.commands.command_line, connector.bot.session.runner"
    asked = f"import sys; {code}; print([name for name in {libraries} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
