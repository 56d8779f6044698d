"""What a system without POSIX's own parts can do: shown here by taking these parts away.

Not shown here: the loops, pipes and consoles of Windows and macOS themselves.
"""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from connector.core.twins import MODULES
from tests.companions.flows.programs import exchange, home_with, started
from tests.companions.places import PACKAGE, ROOT

BARE = ROOT / "tests" / "companions" / "bare_system"
#: What is imported in Hummingbot alone.
_IN_A_HOST = "connector.adapters.hummingbot."
_IMPORT_ALL = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs that are started have none of POSIX's own parts."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(BARE), str(ROOT))))


@pytest.mark.usefixtures("bare")
def test_the_parts_are_taken_away() -> None:
    asked = "import signal, sys; print(hasattr(signal, 'SIGHUP'), sys.modules['fcntl'])"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True).stdout == "False None\n"


@pytest.mark.usefixtures("bare")
def test_every_module_is_imported() -> None:
    paths = [path.relative_to(ROOT).with_suffix("") for path in PACKAGE.rglob("*.py") if path.parent.name != "compiled"]
    names = sorted({".".join(path.parts).removesuffix(".__init__") for path in paths} - set(MODULES))
    names = [name for name in names if not name.startswith(_IN_A_HOST)]
    done = subprocess.run([sys.executable, "-c", _IMPORT_ALL, *names], cwd=ROOT, capture_output=True, text=True)
    assert len(names) > 200
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.usefixtures("bare")
async def test_a_run_quotes_and_ends_with_its_exchange(tmp_path: Path) -> None:
    async with started("run", "--duration", "10", home=home_with(tmp_path)) as bot:
        assert await bot.ends() == 0, bot.text


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
async def test_a_run_stops_when_it_is_told_to(tmp_path: Path, name: str) -> None:
    async with started("run", home=home_with(tmp_path)) as bot:
        await bot.says("quotes 4")
        bot.send(getattr(signal, name))
        assert await bot.ends() == 0, bot.text


@pytest.mark.usefixtures("bare")
async def test_a_recording_is_whole_and_the_exchange_ends_when_it_is_told_to(tmp_path: Path) -> None:
    path = tmp_path / "bare.gz"
    async with exchange() as (venue, row):
        async with started("record", "--exchange", row["rest"], str(path)) as recorder:
            while not path.exists() or not path.stat().st_size:
                assert recorder.process.returncode is None, recorder.text
                await asyncio.sleep(0.05)
            recorder.send(signal.SIGINT)
            assert await recorder.ends() == 0, recorder.text
        venue.send(signal.SIGTERM)
        assert await venue.ends() == 0, venue.text
