"""A whole run as a user starts it: it trades, its books agree with the exchange's, it leaves nothing behind."""

import asyncio
import fcntl
import json
import os
import pty
import signal
import sys
import termios
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.companions.flows.asking import asks, burns_fees
from tests.companions.flows.programs import exchange, home_with, runs, started
from tests.companions.local_trading import until
from tests.companions.places import ROOT

EQUAL = ("placed", "cancelled", "fills", "buys", "sells", "notional", "fees", "funding", "realized_pnl",
         "position", "wallet_end")  # fmt: skip


async def test_a_run_trades_and_both_sides_of_its_books_are_equal(tmp_path: Path) -> None:
    written = tmp_path / "out.json"
    async with started("run", "--duration", "25", "--json", str(written), home=home_with(tmp_path)) as bot:
        assert await bot.ends() == 0, bot.text
    row = json.loads(written.read_text())
    mine, theirs = row["bot"], row["exchange"]
    assert mine["fills"] >= 5
    assert mine["buys"] > 0 and mine["sells"] > 0
    assert Decimal(row["residual"]) == 0
    assert {name: mine[name] for name in EQUAL} == {name: theirs[name] for name in EQUAL}
    assert Decimal(mine["funding"]) != 0
    assert (mine["open_at_end"], theirs["open_at_end"]) == (0, 0)
    assert row["domain"] == "binance_perpetual_local"
    assert "Traceback" not in bot.text
    assert "lost" not in bot.text, "nothing was"


@pytest.mark.parametrize("bnb", ["1", "0.00012"])
async def test_fees_that_are_paid_in_bnb_are_booked_in_bnb_until_it_runs_out(tmp_path: Path, bnb: str) -> None:
    written = tmp_path / "out.json"
    async with exchange() as (_, row):
        await burns_fees(row["rest"], row["api_key"], row["api_secret"], bnb)
        arguments = ("--exchange", row["rest"], "--duration", "25", "--json", str(written))
        async with started("run", *arguments, home=home_with(tmp_path)) as bot:
            assert await bot.ends() == 0, bot.text
    told = json.loads(written.read_text())
    mine, theirs = told["bot"], told["exchange"]
    assert mine["fills"] >= 5
    assert told["residual_by_asset"] == {"USDT": "0", "BNB": "0"}
    assert mine["other_fees"] == theirs["other_fees"]
    assert 0 < Decimal(mine["other_fees"]["BNB"]) <= Decimal(bnb)
    assert (Decimal(mine["fees"]) == 0) is (bnb == "1"), "the rest is paid in the margin asset"
    assert Decimal(mine["fees_value"]) > Decimal(mine["fees"])
    assert "fees in BNB" in bot.text


async def test_the_log_holds_no_secret(tmp_path: Path) -> None:
    home = home_with(tmp_path)
    async with exchange() as (_, row):
        async with started("run", "--duration", "3", "--exchange", row["rest"], home=home) as bot:
            assert await bot.ends() == 0, bot.text
        log = (home / "logs" / "connector.log").read_text()
    for secret in (row["api_key"], row["api_secret"]):
        assert secret not in log + bot.text
    assert "listenKey=" not in log.replace("listenKey=***", "")


async def placed(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Every order of the account's, whatever became of it."""
    orders: list[dict[str, Any]] = await asks(
        row["rest"], row["api_key"], row["api_secret"], "/fapi/v1/allOrders", symbol="BTCUSDT"
    )
    return orders


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_in_the_middle_leaves_no_order_behind(tmp_path: Path, number: signal.Signals) -> None:
    async with exchange() as (_, row):
        async with started("run", "--exchange", row["rest"], home=home_with(tmp_path)) as bot:
            await bot.quotes()
            # Its first status may come between two orders of the ladder.
            async with asyncio.timeout(20):
                while len(await placed(row)) < 4:
                    await asyncio.sleep(0.05)
            bot.send(number)
            assert await bot.ends() == 0, bot.text
        open_orders = await asks(row["rest"], row["api_key"], row["api_secret"], "/fapi/v1/openOrders")
        everything = await placed(row)
    assert open_orders == []
    assert len(everything) >= 4
    assert "residual" in bot.text


async def test_an_exchange_of_its_own_ends_with_the_bot_however_the_bot_ends(tmp_path: Path) -> None:
    async with started("run", home=home_with(tmp_path)) as bot:
        await bot.says("quoting")
        children = bot.children()
        assert len(children) == 1, "its exchange"
        bot.send(signal.SIGKILL)
        await bot.ends()
        await until(lambda: not runs(children[0]), "the exchange ends too")


async def test_the_same_seed_gives_the_same_background(tmp_path: Path) -> None:
    home = home_with(tmp_path)
    told = []
    for seconds in ("10", "12"):
        async with started("run", "--duration", seconds, "--seed", "7", home=home) as bot:
            assert await bot.ends() == 0, bot.text
        (line,) = [line for _, line in bot.lines if line.startswith("background market: seed 7")]
        told.append(line.split("of the first 1,000 ")[1])
    assert told[0] == told[1] != ""


async def test_a_terminal_that_is_closed_ends_the_run_in_order(tmp_path: Path) -> None:
    """The hang-up comes, and nothing can be written any more."""
    written, shown = tmp_path / "out.json", bytearray()
    async with exchange() as (_, row):
        ours, theirs = pty.openpty()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "connector", "run", "--exchange", row["rest"], "--json", str(written),
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, cwd=ROOT,
            env={**os.environ, "CONNECTOR_HOME": str(home_with(tmp_path))},
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(theirs)
        asyncio.get_running_loop().add_reader(ours, lambda: shown.extend(os.read(ours, 65_536)))
        await until(lambda: b"quoting" in shown, "the table shows that it quotes", 30)
        asyncio.get_running_loop().remove_reader(ours)
        os.close(ours)
        assert await process.wait() == 0
        assert await asks(row["rest"], row["api_key"], row["api_secret"], "/fapi/v1/openOrders") == []
    assert Decimal(json.loads(written.read_text())["residual"]) == 0
