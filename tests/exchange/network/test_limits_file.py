"""What of the limits outlives a run, as a file."""

import json
import logging
from decimal import Decimal
from pathlib import Path

import pytest

from connector.core.faults import ConfigFault
from connector.exchange.network.limits_file import LIMITS_NAME, LimitsFile
from connector.risk.limit_row import LimitRow
from connector.risk.loss_limits import DayStand

D = Decimal
ROW = LimitRow("max_loss_of_day", D("512.5"), D(500), "USDT", struck=True)
NEAR = LimitRow("min_liquidation_distance BTC-USDT", D("3.1"), D(5), "% of mark", struck=True, is_least=True)


@pytest.mark.parametrize("stand", [None, DayStand(20_000, None), DayStand(20_000, D("9999.5"), ROW)])
def test_what_was_written_is_read_again(tmp_path: Path, stand: DayStand | None) -> None:
    file = LimitsFile(tmp_path / "b1")
    assert file.read() is None
    file.write(stand, (ROW, NEAR), 123, "USDT")
    kept = LimitsFile(tmp_path / "b1").read()
    assert kept is not None
    assert (kept.stand, kept.rows, kept.written_ms, kept.asset) == (stand, (ROW, NEAR), 123, "USDT")
    assert [path.name for path in (tmp_path / "b1").iterdir()] == [LIMITS_NAME]


def test_without_a_folder_nothing_is_kept() -> None:
    file = LimitsFile(None)
    file.write(None, (), 1)
    file.ask_release()
    assert file.read() is None and not file.takes_release()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"day": 1}', '{"day": "x", "equity": "y", "struck": null}'])
def test_a_damaged_file_is_refused_and_not_forgotten(tmp_path: Path, text: str) -> None:
    (tmp_path / LIMITS_NAME).write_text(text)
    with pytest.raises(ConfigFault, match=r"limits.json: holds no limits .*then remove it"):
        LimitsFile(tmp_path).read()


def test_a_release_is_asked_for_and_taken_once(tmp_path: Path) -> None:
    asking, running = LimitsFile(tmp_path), LimitsFile(tmp_path)
    assert not running.takes_release()
    asking.ask_release()
    assert asking.is_release_asked()
    assert running.takes_release() and not running.takes_release()
    assert not asking.is_release_asked()


def test_a_disk_that_does_not_take_it_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    (tmp_path / "b1").write_text("in the way")
    file = LimitsFile(tmp_path / "b1")
    for _ in range(3):
        file.write(None, (ROW,), 1)
    assert len(caplog.records) == 1 and "can't be written" in caplog.text


def test_figures_are_text_that_loses_nothing(tmp_path: Path) -> None:
    LimitsFile(tmp_path).write(DayStand(1, D("0.1"), None), (ROW,), 5)
    told = json.loads((tmp_path / LIMITS_NAME).read_text())
    assert (told["equity"], told["limits"][0]["use"]) == ("0.1", "512.5")
