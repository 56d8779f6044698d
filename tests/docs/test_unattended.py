"""The unit and the image of the pages: what they say is what the program knows, and their own tools find no mistake."""

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from connector.bot.exit_codes import ExitCode
from connector.keys import password_sources
from tests.companions.documents.made_tables import commands
from tests.companions.documents.pages import DOCS, blocks
from tests.companions.places import ROOT

(UNIT,) = [block.text for block in blocks("ini") if "[Service]" in block.text]
DOCKERFILE = (DOCS / "docker" / "Dockerfile").read_text()
IGNORED = (DOCS / "docker" / "Dockerfile.dockerignore").read_text().split()
START = str(DOCS / "docker" / "start.sh")
ANALYZE, HADOLINT = shutil.which("systemd-analyze"), shutil.which("hadolint")
#: After these a start by itself could help, or does no harm.
TRIED_AGAIN = {ExitCode.OK, ExitCode.INTERNAL, ExitCode.UNAVAILABLE, ExitCode.STOP_UNVERIFIED}

_CONNECTOR = """
import os, signal, sys, time
def stop(*_):
    time.sleep(0.3)
    os.write(1, b"everything is cancelled\\n")
    os._exit(7)
if sys.argv[2] != "wait":
    sys.exit(int(sys.argv[2]))
signal.signal(signal.SIGTERM, stop)
os.write(1, b"trades\\n")
time.sleep(60)
"""


def lines(key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", UNIT, re.MULTILINE)


def test_the_unit_starts_again_after_a_crash_and_never_after_what_a_person_has_to_see() -> None:
    (kept,) = lines("RestartPreventExitStatus")
    assert lines("Restart") == ["on-failure"]
    assert lines("StartLimitIntervalSec") == ["0"], "a network that is away for an hour ends nothing for good"
    assert {int(code) for code in kept.split()} == set(ExitCode) - TRIED_AGAIN


def test_the_unit_starts_what_the_program_knows() -> None:
    (command,) = lines("ExecStart")
    program, name, *options = command.split()
    assert (Path(program).name, name) == ("connector", "run")
    known = {option for parameter in commands()["run"].params for option in parameter.opts}
    assert {option for option in options if option.startswith("--")} <= known
    assert not lines("Environment"), "no secret comes by the environment"


def test_the_units_credential_is_the_one_that_the_program_looks_for() -> None:
    (credential,) = lines("LoadCredentialEncrypted")
    assert credential.partition(":")[0] == password_sources._CREDENTIAL


@pytest.mark.skipif(ANALYZE is None, reason="no systemd-analyze here")
def test_systemd_finds_no_mistake_in_the_unit(tmp_path: Path) -> None:
    assert ANALYZE is not None
    path = tmp_path / "connector.service"
    # The program has to be there, and the user is made by the page's own commands.
    text = re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", UNIT, flags=re.MULTILINE)
    path.write_text(text.replace("User=connector", "User=root"))
    ended = subprocess.run([ANALYZE, "verify", str(path)], capture_output=True, text=True, timeout=60)
    told = [line for line in ended.stderr.splitlines() if "connector.service" in line]
    assert (ended.returncode, told) == (0, []), ended.stderr


def test_the_image_runs_without_root_and_its_health_is_the_status_command() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (\S+)", last, re.MULTILINE) == ["10001:10001"]
    assert 'HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["connector", "status"]' in last
    assert 'ENTRYPOINT ["/usr/local/bin/start.sh"]' in last
    assert "COPY --chmod=0755 docs/docker/start.sh /usr/local/bin/start.sh" in last
    assert "status" in commands()
    assert "ENV CONNECTOR_HOME=/bot" in last and "VOLUME /bot" in last
    assert "EXPOSE" not in DOCKERFILE, "no port is offered"


@pytest.fixture
def image(tmp_path: Path) -> dict[str, str]:
    """The environment of a container whose `connector run CODE` ends with that code, `run wait` by SIGTERM alone."""
    program = tmp_path / "connector"
    program.write_text(f"#!{sys.executable}\n" + _CONNECTOR)
    program.chmod(0o755)
    return {"PATH": f"{tmp_path}:/usr/bin:/bin"}


@pytest.mark.skipif(sys.platform == "win32", reason="the image is of Linux")
def test_the_container_stays_down_after_what_a_person_has_to_see_and_says_so(image: dict[str, str]) -> None:
    for code in (*ExitCode, 137):
        ended = subprocess.run([START, "run", str(int(code))], env=image, capture_output=True, text=True, timeout=20)
        stays = code in set(ExitCode) - TRIED_AGAIN
        assert ended.returncode == (0 if stays else code), ended.stderr
        assert (f"the run ended with code {int(code)}: a person has to look" in ended.stderr) is stays
    other = subprocess.run([START, "status", "9"], env=image, capture_output=True, timeout=20)
    assert other.returncode == 9, "only a run is started again"


@pytest.mark.skipif(sys.platform == "win32", reason="the image is of Linux")
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_container_that_is_stopped_stops_the_bot_and_waits_for_it(
    image: dict[str, str], told: signal.Signals
) -> None:
    with subprocess.Popen([START, "run", "wait"], env=image, stdout=subprocess.PIPE, text=True) as container:
        assert container.stdout is not None
        assert container.stdout.readline() == "trades\n"
        container.send_signal(told)
        assert container.stdout.read() == "everything is cancelled\n"
        assert container.wait(20) == 7


def test_the_build_takes_what_it_needs_and_no_home() -> None:
    taken = {name.removeprefix("!") for name in IGNORED if name.startswith("!")}
    assert IGNORED[IGNORED.index("*")] == "*"
    assert {"connector", "setup.py", "pyproject.toml", "README.md", "LICENSE"} <= taken
    assert not {"conf", "data", "logs", "."} & taken
    assert all((ROOT / name).exists() for name in taken)


@pytest.mark.skipif(HADOLINT is None, reason="no hadolint here: the image's shape is checked above")
def test_hadolint_finds_no_mistake_in_the_image() -> None:
    assert HADOLINT is not None
    ended = subprocess.run([HADOLINT, str(DOCS / "docker" / "Dockerfile")], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (0, "")
