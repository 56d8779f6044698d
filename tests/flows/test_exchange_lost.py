"""The exchange dies in the middle of a run, and lives again."""

import asyncio
import json
import signal
from decimal import Decimal
from pathlib import Path

from connector.exchange.account.ack_event_watch import STALE_AFTER_MS
from tests.companions.flows.asking import asks, faults
from tests.companions.flows.programs import exchange, home_with, started

#: How long a stream may be silent; a busy machine needs a moment for the end of a socket, too.
SILENCE_S = STALE_AFTER_MS / 1000


async def test_a_killed_exchange_is_noticed_at_once_and_its_successor_gets_a_section_of_its_own(
    tmp_path: Path,
) -> None:
    home, written = home_with(tmp_path), tmp_path / "out.json"
    async with exchange() as (first, row):
        port = int(row["rest"].rsplit(":", 1)[1])
        async with started("run", "--exchange", row["rest"], "--json", str(written), home=home) as bot:
            await bot.quotes()
            killed = asyncio.get_running_loop().time()
            first.send(signal.SIGKILL)
            lost = await bot.says("exchange lost")
            assert lost - killed < SILENCE_S, "its sockets ended: nobody waits for a silence to be noticed"
            await first.ends()
            async with exchange(port) as (_, second):
                await bot.says("the exchange was reset")
                after = len(bot.lines)
                await bot.quotes(after)
                orders = await asks(second["rest"], second["api_key"], second["api_secret"], "/fapi/v1/openOrders")
                assert orders, "it quotes on the new life"
                bot.send(signal.SIGTERM)
                assert await bot.ends() == 0, bot.text
    assert "Traceback" not in bot.text
    lives = json.loads(written.read_text())["lives"]
    assert [life["asked"] for life in lives] == [False, True]
    assert [Decimal(life["residual"]) for life in lives] == [0, 0]
    assert "exchange life 1" in bot.text and "exchange life 2" in bot.text


async def test_a_stop_while_the_exchange_is_gone_says_that_orders_may_be_left(tmp_path: Path) -> None:
    async with exchange() as (first, row):
        async with started("run", "--exchange", row["rest"], home=home_with(tmp_path)) as bot:
            await bot.quotes()
            first.send(signal.SIGKILL)
            await bot.says("exchange lost")
            bot.send(signal.SIGTERM)
            assert await bot.ends() == 7, bot.text
        await first.ends()
    assert "orders may still be open" in bot.text
    assert "Traceback" not in bot.text


async def test_a_ban_is_told_with_its_end_and_does_not_hold_up_the_stop(tmp_path: Path) -> None:
    written = tmp_path / "out.json"
    async with exchange() as (_, row):
        account = (row["rest"], row["api_key"], row["api_secret"])
        home = home_with(tmp_path)
        async with started("run", "--exchange", row["rest"], "--json", str(written), home=home) as bot:
            await bot.quotes()
            await faults(row["rest"], "banned", ms="300000", times="1", method="GET", path="/fapi/v1/openOrders")
            await bot.says("the exchange wants silence until")
            bot.send(signal.SIGTERM)
            began_s = asyncio.get_running_loop().time()
            assert await bot.ends() == 7, bot.text
            assert asyncio.get_running_loop().time() - began_s < 25
        open_ids = [order["clientOrderId"] for order in await asks(*account, "/fapi/v1/openOrders")]
    assert open_ids and all(name in bot.text for name in open_ids), bot.text
    assert "may still be open there" in bot.text
    refused = json.loads(written.read_text())["orders"]["refusals"].keys()
    # Before the ban: a quote that would have taken, and an exit whose position a fill under way had just ended.
    assert refused <= {"-5022", "-2022"}, "what was not sent was not refused"
    assert "Traceback" not in bot.text
