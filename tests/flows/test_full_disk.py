"""A disk that is full in the middle of a run: openings stop, cancels go on, nothing is lost, and it is told."""

import resource
import signal
import sys
from pathlib import Path

import pytest

from connector.core.journal import OrderIntended
from connector.store.segments import read_segment, segments_of
from tests.companions.flows.asking import asks
from tests.companions.flows.programs import exchange, home_with, started

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of a running process are Linux's")


async def test_openings_stop_and_go_again_and_the_run_ends_in_order(tmp_path: Path) -> None:
    home = home_with(tmp_path, order_refresh_time="0.5", bid_spread="0.05", ask_spread="0.05")
    async with exchange() as (_, row), started("run", "--exchange", row["rest"], home=home) as bot:
        ask = row["rest"], row["api_key"], row["api_secret"]
        await bot.quotes()
        (tag,) = home.glob("data/binance_perpetual_local/*/tag")
        (segment,) = segments_of(tag.parent / tag.read_text().strip())
        # No file of the bot can grow beyond what its journal has now.
        _, hard = resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (segment.stat().st_size + 100, hard))
        await bot.says("no new orders: the journal can't be written")
        assert "cancels and closes go on" in bot.text
        said = len(bot.lines)
        await bot.says("quotes 0")
        assert await asks(*ask, "/fapi/v1/openOrders", symbol="BTCUSDT") == [], "its quotes were cancelled"
        resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        await bot.says("new orders go again")
        await bot.quotes(after=said + 1)
        bot.send(signal.SIGTERM)
        assert await bot.ends() == 0, bot.text
        assert bot.text.count("cancels and closes go on") == bot.text.count("new orders go again") == 1
        theirs = await asks(*ask, "/fapi/v1/allOrders", symbol="BTCUSDT", limit="1000")
        assert await asks(*ask, "/fapi/v1/openOrders") == []
    text = read_segment(segment)
    written = {record.client_order_id for record in text.records if isinstance(record, OrderIntended)}
    assert (text.damage, text.is_torn) == ((), False)
    assert {each["clientOrderId"] for each in theirs} <= written


async def test_a_home_that_cant_be_written_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    home = home_with(tmp_path)
    (home / "data").write_text("no folder")
    async with exchange() as (_, row), started("run", "--exchange", row["rest"], home=home) as bot:
        assert await bot.ends() == 3, bot.text
        assert "data" in bot.text and "choose another folder by --home" in bot.text
