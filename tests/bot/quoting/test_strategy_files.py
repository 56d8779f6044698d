"""A strategy of one's own begins with files that work as they are written."""

import subprocess
import sys
from pathlib import Path

import pytest

from connector.bot.home import Home
from connector.bot.quoting.strategy_files import write_strategy
from connector.bot.quoting.strategy_modules import made, model_of
from connector.config.loader import load_settings
from connector.core.faults import ConfigFault
from tests.companions.strategies.scene import moment, orders_of


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "conf", tmp_path / "data", tmp_path / "logs")


def test_the_written_test_passes_as_written(home: Home) -> None:
    _, test, _ = write_strategy(home, "mine")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout
    assert "3 passed" in run.stdout


def test_the_written_settings_name_the_written_strategy(home: Home) -> None:
    _, _, settings = write_strategy(home, "mine")
    strategy = made(load_settings(settings, model_of(settings, home.strategies)))  # type: ignore[arg-type]
    assert len(orders_of(strategy.decide(moment()))) == 2


def test_nothing_is_overwritten_and_nothing_written_beside_it(home: Home) -> None:
    code, test, _ = write_strategy(home, "mine")
    code.write_text("mine")
    test.unlink()
    with pytest.raises(ConfigFault, match=r"mine\.py: exists already"):
        write_strategy(home, "mine")
    assert code.read_text() == "mine"
    assert not test.exists()


@pytest.mark.parametrize("name", ["Mine", "my strategy", "../mine", "", "9lives", "grid_perpetual"])
def test_a_name_that_can_be_none_is_refused(home: Home, name: str) -> None:
    with pytest.raises(ConfigFault, match="strategy new"):
        write_strategy(home, name)
    assert not home.strategies.exists()
