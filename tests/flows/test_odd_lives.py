"""Runs that meet what a tidy run does not: a position at the start, another hand, a reader that goes away."""

import asyncio
import json
import os
import signal
import sys
from decimal import Decimal
from pathlib import Path

from tests.companions.flows.asking import asks, trades
from tests.companions.flows.programs import ROOT, exchange, home_with, started


async def test_a_run_that_starts_with_a_position_and_meets_another_hand_explains_its_wallet(tmp_path: Path) -> None:
    home, written = home_with(tmp_path), tmp_path / "out.json"
    async with exchange() as (_, row):
        account = (row["rest"], row["api_key"], row["api_secret"])
        bought = await trades(*account, "BTCUSDT", "BUY", "0.004")
        assert bought["status"] == "NEW", bought
        async with started("run", "--exchange", row["rest"], "--json", str(written), home=home) as bot:
            await bot.quotes()
            await trades(*account, "ETHUSDT", "BUY", "0.040")
            await trades(*account, "BTCUSDT", "SELL", "0.002")
            bot.send(signal.SIGTERM)
            assert await bot.ends() == 0, bot.text
    summary = json.loads(written.read_text())
    assert Decimal(summary["residual"]) == 0
    assert summary["foreign"]["trades"] == 1
    assert Decimal(summary["foreign"]["income"]["COMMISSION"]) < 0, "the fee of the other pair"


async def test_a_time_that_is_up_before_the_exchange_was_ready_is_no_success(tmp_path: Path) -> None:
    async with exchange() as (first, row):
        first.send(signal.SIGSTOP)
        async with started("run", "--exchange", row["rest"], "--duration", "4", home=home_with(tmp_path)) as bot:
            assert await bot.ends() == 5, bot.text
        first.send(signal.SIGCONT)
    assert "Traceback" not in bot.text


async def test_a_reader_that_goes_away_does_not_leave_orders_behind(tmp_path: Path) -> None:
    async with exchange() as (_, row):
        command = (
            f"{sys.executable} -m connector run --exchange {row['rest']} --duration 7 --home {home_with(tmp_path)}"
        )
        shell = await asyncio.create_subprocess_shell(
            f"set -o pipefail; {command} | head -n 2", executable="/bin/bash", cwd=ROOT,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await shell.communicate()
        account = (row["rest"], row["api_key"], row["api_secret"])
        assert await asks(*account, "/fapi/v1/openOrders") == []
        assert await asks(*account, "/fapi/v1/allOrders", symbol="BTCUSDT") != []
    assert shell.returncode == 0, said.decode()


async def test_an_exchange_of_its_own_that_dies_is_told_with_the_way_to_start_it_again(tmp_path: Path) -> None:
    async with started("run", home=home_with(tmp_path)) as bot:
        await bot.quotes()
        os.kill(bot.children()[0], signal.SIGKILL)
        await bot.says("start it again: scripts/simulator --port")
        began = asyncio.get_running_loop().time()
        bot.send(signal.SIGINT)
        assert await bot.ends() == 7, bot.text
        assert asyncio.get_running_loop().time() - began < 8
    assert "Traceback" not in bot.text
