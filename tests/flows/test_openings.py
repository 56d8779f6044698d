"""A run whose orders that open are stopped, and go again: by a file, and by signals."""

import asyncio
import json
import signal
from pathlib import Path

from tests.companions.flows.asking import asks
from tests.companions.flows.programs import Program, exchange, home_with, started
from tests.companions.local_trading import until


async def shut_and_opened(bot: Program, row: dict[str, str], shut: str, by: str) -> None:
    """What both ways have in common, once the gate is shut: no quote is left, and none comes."""
    await bot.says(f"no new orders: the gate openings is shut by {by}; cancels and closes go on")
    for _ in range(100):
        orders = await asks(row["rest"], row["api_key"], row["api_secret"], "/fapi/v1/openOrders", symbol="BTCUSDT")
        if not [order for order in orders if not order["reduceOnly"]]:
            break
        await asyncio.sleep(0.1)
    else:
        raise AssertionError(f"orders that open are left after {shut}")


async def test_a_file_stops_what_opens_and_its_removal_lets_it_go_again(tmp_path: Path) -> None:
    home, written = home_with(tmp_path), tmp_path / "out.json"
    async with (
        exchange() as (_, row),
        started("run", "--exchange", row["rest"], "--json", str(written), home=home) as bot,
    ):
        await bot.quotes()
        file = home / "data" / "no-openings"
        file.touch()
        await shut_and_opened(bot, row, "the file", f"the file {file}")
        file.unlink()
        await bot.says("new orders go again")
        await bot.quotes(after=len(bot.lines))
        bot.send(signal.SIGTERM)
        assert await bot.ends() == 0, bot.text
    orders = json.loads(written.read_text())["orders"]
    pause = {"of": "all pairs", "code": 0, "reason": f"shut by the file {file}", "times": 1, "is_on": False}
    assert orders["pauses"] == [pause]
    assert f"openings of all pairs paused once: shut by the file {file}" in bot.text
    assert "shut by the file" in (home / "logs" / "connector.log").read_text()


async def test_a_signal_stops_what_opens_and_another_lets_it_go_again(tmp_path: Path) -> None:
    async with (
        exchange() as (_, row),
        started("run", "--exchange", row["rest"], home=home_with(tmp_path)) as bot,
    ):
        await bot.quotes()
        for _ in range(2):
            bot.send(signal.SIGUSR1)
        await shut_and_opened(bot, row, "the signal", "the signal SIGUSR1")
        bot.send(signal.SIGUSR2)
        await bot.says("new orders go again")
        await bot.quotes(after=len(bot.lines))
        bot.send(signal.SIGTERM)
        assert await bot.ends() == 0, bot.text


async def test_the_signal_holds_over_a_new_life_of_the_exchange(tmp_path: Path) -> None:
    async with (
        exchange() as (simulator, row),
        started("run", "--exchange", row["rest"], home=home_with(tmp_path)) as bot,
    ):
        await bot.quotes()
        bot.send(signal.SIGUSR1)
        await bot.says("the gate openings is shut by the signal SIGUSR1")
        said = len(bot.lines)
        simulator.process.kill()
        await simulator.process.wait()
        port = int(row["rest"].rsplit(":", 1)[1])
        async with exchange(port):
            await until(
                lambda: any("shut by the signal SIGUSR1" in line for _, line in bot.lines[said:]), "said again", 30
            )
            bot.send(signal.SIGTERM)
            assert await bot.ends() in (0, 6, 7), bot.text
