"""A run that nobody looks at: its service manager hears of it, and after a kill it goes on where it was."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.companions.flows.asking import asks
from tests.companions.flows.programs import exchange, home_with, started
from tests.companions.local_trading import until
from tests.companions.places import ROOT
from tests.companions.service_managers import listening


async def test_after_a_kill_the_next_start_takes_over_and_nothing_is_there_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = home_with(tmp_path, bid_spread="0.5", ask_spread="0.5")
    monkeypatch.setenv("WATCHDOG_USEC", "3000000")
    async with exchange() as (_, row):
        ask = row["rest"], row["api_key"], row["api_secret"], "/fapi/v1/openOrders"
        run = ("run", "--headless", "--exchange", row["rest"])
        with listening(tmp_path) as manager:
            monkeypatch.setenv("NOTIFY_SOCKET", manager.address)
            async with started(*run, home=home) as bot:
                await until(lambda: "READY=1" in manager.told, "ready", 30)
                await bot.quotes()
                left = {order["clientOrderId"] for order in await asks(*ask)}
                assert left
                bot.send(signal.SIGKILL)
                await bot.ends()
            assert "STOPPING=1" not in manager.told, "it had no time to say so"
            before = len(manager.told)
            async with started(*run, home=home) as bot:
                await until(lambda: "READY=1" in manager.told[before:], "ready again", 30)
                await until(lambda: "WATCHDOG=1" in manager.told[before:], "a sign of life", 10)
                async with asyncio.timeout(20):
                    while len(orders := await asks(*ask)) < 4:
                        await asyncio.sleep(0.1)
                places = [(order["side"], order["price"]) for order in orders]
                assert len(places) == len(set(places)) == 4, "each level once"
                assert not left & {order["clientOrderId"] for order in orders}, "those of before were cancelled"
                bot.send(signal.SIGTERM)
                assert await bot.ends() == 0, bot.text
            assert manager.told[-1] == "STOPPING=1"
        assert await asks(*ask) == []


async def test_a_reader_that_stands_still_holds_up_neither_the_trading_nor_the_stop(tmp_path: Path) -> None:
    home = home_with(tmp_path, order_refresh_time="1", order_refresh_tolerance_pct="-1")
    async with exchange() as (_, row):
        ask = row["rest"], row["api_key"], row["api_secret"], "/fapi/v1/openOrders"
        with full_pipe() as pipe:
            words = ("run", "--headless", "--exchange", row["rest"], "--home", str(home))
            bot = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "connector", *words,
                stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, cwd=ROOT,
            )  # fmt: skip
            try:
                seen: set[str] = set()
                async with asyncio.timeout(40):
                    # Four levels: twice as many are a refresh at least.
                    while len(seen) < 8:
                        seen |= {order["clientOrderId"] for order in await asks(*ask, symbol="BTCUSDT")}
                        await asyncio.sleep(0.2)
                bot.send_signal(signal.SIGTERM)
                assert await asyncio.wait_for(bot.wait(), 20) == 0
            finally:
                if bot.returncode is None:
                    bot.kill()
                    await bot.wait()
        assert await asks(*ask) == []


@contextlib.contextmanager
def full_pipe() -> Iterator[int]:
    """The end of a pipe that takes nothing any more: nobody reads the other."""
    nobody_reads, writes = os.pipe()
    os.set_blocking(writes, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writes, b"\n" * 4_096)
    os.set_blocking(writes, True)
    try:
        yield writes
    finally:
        os.close(writes)
        os.close(nobody_reads)
