"""Who looks on at a run: begun where asked for, refused in one line where it can't be had."""

import os
from pathlib import Path

import pytest

from connector.bot import run_watchers
from connector.bot.home import Home
from connector.bot.run_watchers import Wanted, require_extra, watched_by
from connector.core.faults import ConfigFault
from tests.companions.scrapes import scrape, value
from tests.companions.virtual_time import loop_clock


async def test_nothing_that_was_not_asked_for_is_begun(tmp_path: Path) -> None:
    lines: list[str] = []
    async with watched_by(Wanted(Home(tmp_path, tmp_path, tmp_path)), loop_clock(), lines.append) as run:
        assert run.epoch is None
    assert (lines, os.listdir(tmp_path)) == ([], [])


async def test_metrics_are_said_with_their_address_and_without_their_token(tmp_path: Path) -> None:
    lines: list[str] = []
    async with watched_by(Wanted(Home(tmp_path, tmp_path, tmp_path), metrics_port=0), loop_clock(), lines.append):
        (line,) = lines
        token = (tmp_path / "metrics-token").read_text()
        assert token not in line
        assert value(await scrape(line.split()[1].rstrip(","), token), "trading") == 0


def test_a_package_that_is_missing_is_named_with_what_installs_it() -> None:
    with pytest.raises(
        ConfigFault, match=r'no-such-package: is not installed; .+ -m pip install "perpetual-connector\[x\]"'
    ):
        require_extra("no_such_package", "--x", "x")
    assert run_watchers.require_extra("json", "--x", "x") is None
