"""What systemd is told of a run."""

import asyncio
import os
from pathlib import Path

import pytest

from connector.bot.report.accounting import Accounting
from connector.bot.report.states import Phase
from connector.bot.report.status_source import StatusSource
from connector.bot.service_manager import ServiceManager
from connector.bot.watched_run import WatchedRun
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR, until
from tests.companions.service_managers import listening


async def test_it_is_ready_once_it_trades_and_stopping_when_it_ends(
    connector: PerpetualDerivative, tmp_path: Path
) -> None:
    run = WatchedRun()
    source = StatusSource(connector, Accounting(PAIR), PAIR)
    source.phase = Phase.STARTING
    with listening(tmp_path) as manager:
        async with ServiceManager(run, {"NOTIFY_SOCKET": manager.address}).told():
            run.begin(source)
            await until(lambda: f"STATUS={PAIR} starting" in manager.told, "the start")
            assert "READY=1" not in manager.told
            source.phase = Phase.RUNNING
            await until(lambda: "READY=1" in manager.told, "ready")
        assert manager.told[-1] == "STOPPING=1"
        assert manager.told.count("READY=1") == 1
        assert not [word for word in manager.told if word.startswith("WATCHDOG")], "nobody asked for it"


async def test_it_gives_signs_of_life_as_often_as_they_are_wanted(tmp_path: Path) -> None:
    with listening(tmp_path) as manager:
        wanted = {"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "600000", "WATCHDOG_PID": str(os.getpid())}
        async with ServiceManager(WatchedRun(), wanted).told():
            await until(lambda: manager.told.count("WATCHDOG=1") >= 3, "signs of life", 5)
        assert wanted == {}, "no program that is started is meant"


@pytest.mark.parametrize("more", [{"WATCHDOG_USEC": "600000", "WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "x"}, {}])
async def test_signs_of_life_of_another_process_are_not_given(tmp_path: Path, more: dict[str, str]) -> None:
    with listening(tmp_path) as manager:
        async with ServiceManager(WatchedRun(), {"NOTIFY_SOCKET": manager.address, **more}).told():
            await asyncio.sleep(0)
        assert manager.told == ["STOPPING=1"]


async def test_a_manager_that_is_gone_is_no_trouble(connector: PerpetualDerivative, tmp_path: Path) -> None:
    run = WatchedRun()
    run.begin(StatusSource(connector, Accounting(PAIR), PAIR))
    for address in (str(tmp_path / "nowhere"), "@nobody-listens-here"):
        async with ServiceManager(run, {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1000"}).told():
            await asyncio.sleep(0)
