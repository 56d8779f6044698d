"""Whole programs at contracts that do not trade: one line, and a code that says what it was."""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.companions.flows.asking import asks, faults, trades
from tests.companions.flows.programs import exchange, home_with, started


async def test_a_contract_that_is_not_open_yet_ends_a_run_with_the_code_of_a_wrong_setting(tmp_path: Path) -> None:
    home = home_with(tmp_path, market="ADA-USDT", order_amount="100")
    async with exchange() as (_, row), started("run", "--exchange", row["rest"], home=home) as bot:
        assert await bot.ends() == 3, bot.text
    lines = [line for _, line in bot.lines if not line.startswith("connector ")]
    assert len(lines) == 1, bot.text
    (line,) = lines
    assert "market: ADA-USDT: symbol status: PENDING_TRADING" in line


@pytest.mark.parametrize("price_type", ["mid_price", "last_price"])
async def test_a_delisting_under_a_position_is_one_line_and_no_failure_of_the_run(
    tmp_path: Path, price_type: str
) -> None:
    home = home_with(tmp_path, price_type=price_type)
    async with exchange() as (_, row), started("run", "--exchange", row["rest"], home=home) as bot:
        account = (row["rest"], row["api_key"], row["api_secret"])
        await bot.quotes()
        await trades(*account, "BTCUSDT", "BUY", "0.010")
        await faults(row["rest"], "delisting", symbol="BTCUSDT", ms="4000")
        await bot.says("BTC-USDT is being settled (SETTLING): no more orders")
        refused = await _orders(account)
        await bot.says("delisting: the exchange closes the contract (CLOSE)")
        await asyncio.sleep(5)
        assert await _orders(account) == refused, "no order follows it"
        bot.send(signal.SIGTERM)
        assert await bot.ends() == 0, bot.text
    assert bot.text.count("is being settled") == 1
    assert "exchange lost" not in bot.text


async def _orders(account: tuple[str, str, str]) -> int:
    return len(await asks(*account, "/fapi/v1/allOrders", symbol="BTCUSDT", limit="1000"))
