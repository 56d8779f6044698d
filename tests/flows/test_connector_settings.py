"""The connector's own settings in a run as a user starts it."""

import asyncio
from pathlib import Path

import pytest

from tests.companions.flows.asking import asks
from tests.companions.flows.programs import exchange, home_with, started


def own(folder: Path, *lines: str) -> str:
    path = folder / "mine.yml"
    path.write_text("\n".join(lines) + "\n")
    return str(path)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("recv_window: 60001", "mine.yml:1: recv_window: 60001: must be a whole number ≥ 0 and ≤ 60000 (ms)"),
        (
            "cancel_on_disconnect: 5",
            "mine.yml:1: cancel_on_disconnect: 5: must be off, 10 to 600 (s), or whole_symbol with or without them; "
            "take 10 to 600 seconds",
        ),
        ("depth_speed: 1s", "mine.yml:1: depth_speed: 1s: must be 0ms, 100ms, 250ms or 500ms"),
    ],
)
async def test_a_bad_one_is_one_line_and_no_order_is_sent(tmp_path: Path, line: str, told: str) -> None:
    home = home_with(tmp_path)
    async with started("run", "--connector-config", own(tmp_path, line), home=home) as bot:
        assert await bot.ends() == 3
    assert bot.text == f"{tmp_path}/{told}"


async def test_the_exchange_cancels_the_orders_of_a_bot_that_was_killed(tmp_path: Path) -> None:
    settings, home = own(tmp_path, "cancel_on_disconnect: 10"), home_with(tmp_path, order_refresh_time="600")
    async with exchange() as (_, row):

        async def open_orders() -> list[dict[str, str]]:
            found: list[dict[str, str]] = await asks(
                row["rest"], row["api_key"], row["api_secret"], "/fapi/v1/openOrders", symbol="BTCUSDT"
            )
            return found

        async with started("run", "--exchange", row["rest"], "--connector-config", settings, home=home) as bot:
            await bot.says("the exchange cancels EVERY regular order of BTCUSDT, those of others too")
            while len(await open_orders()) < 2:
                await asyncio.sleep(0.1)
            bot.process.kill()
            await bot.process.wait()
        began_s = asyncio.get_running_loop().time()
        assert await open_orders()
        while await open_orders():
            await asyncio.sleep(0.1)
        assert asyncio.get_running_loop().time() - began_s < 15


async def test_a_clean_stop_ends_the_timer_and_counts_the_run_as_one_that_left_nothing(tmp_path: Path) -> None:
    settings = own(tmp_path, "cancel_on_disconnect: 10", "depth_speed: 0ms", "rate_limit_share: 50")
    async with exchange() as (_, row):
        flags = ("--exchange", row["rest"], "--duration", "5", "--connector-config", settings)
        async with started("run", *flags, home=home_with(tmp_path)) as bot:
            assert await bot.ends() == 0, bot.text
        assert "ran out" not in bot.text
        assert (tmp_path / "cache" / "perpetual-connector" / "limits").is_dir()
