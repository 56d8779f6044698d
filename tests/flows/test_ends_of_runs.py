"""What the end of a run says, and its exit code, when its position met with something."""

import asyncio
import json
from decimal import Decimal
from pathlib import Path

import aiohttp

from tests.companions.flows.asking import asks, faults
from tests.companions.flows.programs import Program, exchange, home_with, started

Row = dict[str, str]


async def _liquidates(row: Row) -> None:
    """Whatever the account holds is closed by the exchange."""
    params = {"symbol": "BTCUSDT", "api_key": row["api_key"]}
    address = f"{row['rest']}/local/v1/liquidation"
    async with aiohttp.ClientSession() as session, session.post(address, params=params) as answer:
        assert answer.status == 200, await answer.text()


async def _position(row: Row) -> Decimal:
    rows = await asks(row["rest"], row["api_key"], row["api_secret"], "/fapi/v3/positionRisk", symbol="BTCUSDT")
    return sum((Decimal(each["positionAmt"]) for each in rows), Decimal(0))


async def _holds(bot: Program, row: Row) -> None:
    """Until the bot's quotes have traded and something is held."""
    await bot.quotes()
    for _ in range(300):
        if await _position(row):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("nothing was ever held")


def _home(folder: Path, on_stop: str) -> Path:
    home = home_with(folder, order_refresh_time="2.0")
    (home / "conf" / "connector.yml").write_text(f"on_stop: {on_stop}\n")
    return home


async def test_a_bot_that_is_liquidated_says_each_step_and_ends_with_a_code_of_its_own(tmp_path: Path) -> None:
    written = tmp_path / "out.json"
    arguments = ("run", "--json", str(written))
    async with (
        exchange() as (_, row),
        started(*arguments, "--exchange", row["rest"], home=_home(tmp_path, "keep")) as bot,
    ):
        for step in range(1, 4):
            await _holds(bot, row)
            await _liquidates(row)
            for _ in range(100):
                if len(_lines(bot, "liquidated: ")) >= step:
                    break
                await asyncio.sleep(0.05)
        bot.process.terminate()
        assert await bot.ends() == 8, bot.text
    assert len(_lines(bot, "liquidated: ")) == 3
    assert all("closed at" in line and "result" in line and "fee" in line for line in _lines(bot, "liquidated: "))
    assert "liquidated in 3 steps: result " in bot.text
    assert not _lines(bot, "that is taken"), "a liquidation is no drift, too"
    told = json.loads(written.read_text())
    assert (told["residual"], told["differences"]) == ("0", [])


async def test_a_position_that_is_kept_is_told_and_ends_with_0(tmp_path: Path) -> None:
    async with (
        exchange() as (_, row),
        started("run", "--exchange", row["rest"], home=_home(tmp_path, "keep")) as bot,
    ):
        await _holds(bot, row)
        bot.process.terminate()
        assert await bot.ends() == 0, bot.text
        held = await _position(row)
    lines = _lines(bot, "a position is kept (on_stop: keep): ")
    assert len(lines) == (1 if held else 0)
    assert not held or f"{held.normalize():f} BTC-USDT at " in lines[0]


async def test_a_position_that_is_to_be_closed_is_closed_at_the_stop(tmp_path: Path) -> None:
    written = tmp_path / "out.json"
    async with (
        exchange() as (_, row),
        started("run", "--exchange", row["rest"], "--json", str(written), home=_home(tmp_path, "close")) as bot,
    ):
        await _holds(bot, row)
        bot.process.terminate()
        assert await bot.ends() == 0, bot.text
        assert await _position(row) == 0
    told = json.loads(written.read_text())
    assert (told["bot"]["position"], told["exchange"]["position"], told["residual"]) == ("0", "0", "0")


async def test_a_position_that_can_not_be_closed_ends_with_a_code_of_its_own(tmp_path: Path) -> None:
    async with (
        exchange() as (_, row),
        started("run", "--exchange", row["rest"], home=_home(tmp_path, "close")) as bot,
    ):
        await _holds(bot, row)
        await faults(row["rest"], "contract_status", symbol="BTCUSDT", status="PRE_SETTLE")
        bot.process.terminate()
        assert await bot.ends() == 10, bot.text
        held = await _position(row)
    assert held != 0
    assert "a position remains though on_stop is close: " in bot.text


async def test_liquidation_comes_before_a_position_that_remains(tmp_path: Path) -> None:
    async with (
        exchange() as (_, row),
        started("run", "--exchange", row["rest"], home=_home(tmp_path, "close")) as bot,
    ):
        await _holds(bot, row)
        await _liquidates(row)
        await bot.says("liquidated: ")
        await _holds(bot, row)
        await faults(row["rest"], "contract_status", symbol="BTCUSDT", status="PRE_SETTLE")
        bot.process.terminate()
        assert await bot.ends() == 8, bot.text
    assert "a position remains though on_stop is close: " in bot.text


def _lines(bot: Program, words: str) -> list[str]:
    return [line for _, line in bot.lines if words in line]
