"""A run at a terminal: what stands on its screen while it runs and afterwards, and on a terminal that can do little."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest

from tests.companions.flows.programs import home_with, started
from tests.companions.flows.terminals import at_terminal

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="terminals of a pseudo-device, and /dev/full, are Linux's"
)


async def test_ctrl_c_and_a_resize_leave_no_row_of_the_table(tmp_path: Path) -> None:
    async with at_terminal("run", home=home_with(tmp_path), columns=120) as bot:
        await bot.shows("quoting")
        assert bot.written.count(b"\x1b[?2026h") >= 1
        bot.type(b"typed while it runs\r")
        await bot.resize(100, 60)
        await bot.shows("own bids")
        await bot.resize(120, 60)
        await bot.shows("own bid ")
        await asyncio.sleep(0.6)
        assert len(bot.rows_with("order book: compiled ·")) <= 1, "one head of one table"
        assert bot.rows_with("typed while it runs") == []
        bot.type(b"\x03")
        assert await bot.ends() == 0, bot.shown
        await bot.shows("residual")
        left = "\n".join(bot.shown)
    for words in ("quoting", "^C", "own bid", "request weight"):
        assert words not in left
    for words in ("spread captured", "equity", "journal: synced"):
        assert words in left


async def test_a_dumb_terminal_gets_the_plain_lines(tmp_path: Path) -> None:
    async with at_terminal("run", home=home_with(tmp_path), columns=300, TERM="dumb") as bot:
        await bot.shows("quotes ")
        assert bot.rows_with("equity")
        bot.type(b"\x03")
        assert await bot.ends() == 0, bot.shown
        await bot.shows("residual")
    assert b"\x1b[" not in bot.written


async def test_an_ascii_terminal_runs_and_a_full_disk_under_the_picture_costs_no_summary(tmp_path: Path) -> None:
    home = home_with(tmp_path)
    words = ("run", "--picture", "/dev/full")
    plain = {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    async with at_terminal(*words, home=home, **plain) as bot:
        await bot.shows("quoting")
        bot.type(b"\x03")
        assert await bot.ends() == 3, bot.shown
        await bot.shows("--picture: /dev/full: cannot be written: No space left on device")
        assert bot.rows_with("residual")
    assert bot.written.isascii()
    assert b"Traceback" not in bot.written


async def test_a_full_disk_under_the_log_is_one_line_and_the_summary_is_printed(tmp_path: Path) -> None:
    home = home_with(tmp_path)
    (home / "logs").mkdir()
    (home / "logs" / "connector.log").symlink_to("/dev/full")
    async with started("run", home=home) as bot:
        await bot.quotes()
        bot.send(signal.SIGTERM)
        assert await bot.ends() == 0, bot.text
    assert bot.text.count("the log can't be written: No space left on device") == 1
    assert "residual" in bot.text
    assert "Traceback" not in bot.text


async def test_the_log_of_json_lines_holds_each_orders_life(tmp_path: Path) -> None:
    home = home_with(tmp_path)
    async with started("run", "--log-json", home=home) as bot:
        await bot.quotes()
        await bot.quotes(after=len(bot.lines))
        bot.send(signal.SIGTERM)
        assert await bot.ends() == 0, bot.text
    rows = [json.loads(line) for line in (home / "logs" / "connector.log").read_text().splitlines()]
    lives: dict[str, list[str]] = {}
    for row in rows:
        if row["logger"] == "connector.orders":
            assert row["pair"] == "BTC-USDT" and row["side"] in ("buy", "sell") and float(row["amount"]) > 0
            lives.setdefault(row["order_id"], []).append(row["event"])
    assert len(lives) >= 4
    ends = {"completed", "cancelled", "expired", "refused"}
    assert {events[0] for events in lives.values()} == {"asked"}
    assert [name for name, events in lives.items() if not ends & set(events)] == [], "each has an end"
    assert any(row["logger"] == "connector.decisions" and "place buy" in row["message"] for row in rows)
    assert any(row["message"] == "state: quoting" for row in rows)
