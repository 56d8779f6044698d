"""Minutes that nobody watched, by seed: what they cost is asked of the history and the report, the exchange judges.

The history has the bot's own orders. What the exchange closes itself is no order of the bot: it stands in the summary.

Five of them go beside the other tests where a workflow runs all (`CI`), thirty by `scripts/test --long`, or as many as
`scripts/test --long tests/flows/test_unattended_hours.py --minutes 10` says.
"""

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.simulator.fault_injection.price_scripts import SCRIPTS
from tests.companions.flows.in_process import done
from tests.companions.flows.programs import Program, exchange, home_with, started
from tests.companions.flows.unattended import (
    RECKLESS,
    Venue,
    assert_history_is_the_exchanges,
    assert_parts_make_the_change,
    told_lines,
)

D = Decimal
SEED = 16
#: Of five minutes that have a ban, a crash that liquidates, a halt, a kill and a restart, and a crash again.
SEED_OF_FIVE = 22
MINUTE_S = 60.0
#: How long a crash lasts.
CRASH_S = SCRIPTS["crash"].lasts_ms / 1000
#: What a wallet has at first, and again after it was liquidated.
WALLET = 10_000
Deed = Callable[[Program, Venue], Awaitable[None]]


async def halts(bot: Program, venue: Venue) -> None:
    after = len(bot.lines)
    await venue.arms("trading_halt", symbol="BTCUSDT")
    await bot.says("BTC-USDT does not trade (TRADING_HALT)", after=after)
    await venue.arms("trading_halt", times="0")
    await bot.says("BTC-USDT trades again", after=after)


async def bans(bot: Program, venue: Venue) -> None:
    after = len(bot.lines)
    await venue.arms("address_banned", ms="6000")
    await bot.says("nothing is sent before", after=after)
    await bot.says("the exchange takes requests again", after=after)


async def cuts(bot: Program, venue: Venue) -> None:
    after = len(bot.lines)
    await venue.arms("cut_sockets")
    await bot.quotes(after)


async def pays_in(bot: Program, venue: Venue) -> None:
    await venue.transfers(500)
    await asyncio.sleep(2)
    await venue.takes_back(500)


async def liquidates(bot: Program, venue: Venue) -> None:
    """A crash, until the exchange closes what was bought on its way. Once it is over money comes again."""
    after = len(bot.lines)
    await bot.quotes(after)
    await venue.moves("crash")
    over_s = asyncio.get_running_loop().time() + CRASH_S
    await bot.says("liquidated: ", 50, after)
    await asyncio.sleep(over_s - asyncio.get_running_loop().time())
    await venue.transfers(WALLET - int(await venue.wallet()))


async def is_killed(bot: Program, venue: Venue) -> None:
    bot.send(signal.SIGKILL)
    await bot.ends()


#: Each at least once in so many minutes; a kill is followed by a restart.
DEEDS: tuple[Deed, ...] = (halts, bans, is_killed, cuts, pays_in, liquidates)


def plan(minutes: int, seed: int) -> list[Deed]:
    """What happens in each minute; its last is a liquidation."""
    chance = random.Random(seed)
    deeds: list[Deed] = []
    while len(deeds) < minutes - 1:
        deeds += chance.sample(DEEDS, len(DEEDS))
    return [*deeds[: minutes - 1], liquidates]


async def lives(bot: Program, venue: Venue, deeds: list[Deed]) -> None:
    """Goes through deeds, one a minute, until it is killed or has no more before it."""
    loop = asyncio.get_running_loop()
    await bot.quotes()
    while deeds and bot.process.returncode is None:
        ends_s, deed = loop.time() + MINUTE_S, deeds.pop(0)
        sys.stderr.write(f"{len(deeds)} minutes left: {deed.__name__}\n")
        await deed(bot, venue)
        if bot.process.returncode is None:
            await asyncio.sleep(ends_s - loop.time())


@pytest.mark.long
@pytest.mark.timeout(0)
async def test_history_and_report_of_own_orders_are_the_exchanges_whatever_happened(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    await goes_through(plan(request.config.getoption("--minutes"), SEED), SEED, tmp_path)


@pytest.mark.first
@pytest.mark.timeout(600)
@pytest.mark.skipif(not os.environ.get("CI"), reason="five minutes: a workflow has them, and scripts/test --long")
async def test_after_five_minutes_with_all_of_it_history_and_report_are_the_exchanges(tmp_path: Path) -> None:
    deeds = plan(5, SEED_OF_FIVE)
    assert deeds == [bans, liquidates, halts, is_killed, liquidates]
    await goes_through(deeds, SEED_OF_FIVE, tmp_path)


async def goes_through(deeds: list[Deed], seed: int, folder: Path) -> None:
    """All of them, one a minute, in as many runs as it takes; then the books are set beside the exchange's."""
    home, written = home_with(folder, **RECKLESS), folder / "summary.json"
    said: list[str] = []
    async with exchange(seed=seed) as (_, row):
        venue = Venue(row)
        while deeds:
            async with started("run", "--exchange", row["rest"], "--json", str(written), home=home) as bot:
                await lives(bot, venue, deeds)
                if bot.process.returncode is None:
                    bot.send(signal.SIGTERM)
                    assert await bot.ends() == 8, bot.text
                said += told_lines(bot, "")
        booked, wallet, forced = await venue.everything_booked(), await venue.wallet(), await venue.forced_orders()
        trades = [trade for trade in await venue.trades() if trade["orderId"] not in forced]
    summary = json.loads(written.read_text())
    of_kind = sums_of(booked)
    sys.stderr.write(f"{len(trades)} trades, {len(booked)} rows of the account book: {of_kind}\n")
    assert sum(of_kind.values()) == wallet == D(summary["exchange"]["wallet_end"])
    paid = {str(each["tranId"]): D(each["income"]) for each in booked if each["incomeType"] == "FUNDING_FEE"}
    await assert_history_is_the_exchanges(home, trades, paid)
    await assert_report_is_the_exchanges(home, trades, of_kind)
    assert D(summary["residual"]) == 0
    assert_parts_make_the_change(summary)
    assert "Traceback" not in "\n".join(said)


def sums_of(booked: list[dict[str, Any]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for row in booked:
        sums[row["incomeType"]] = sums.get(row["incomeType"], D(0)) + D(row["income"])
    return sums


async def assert_report_is_the_exchanges(home: Path, trades: list[dict[str, Any]], sums: dict[str, Decimal]) -> None:
    pytest.importorskip("plotly", reason="the extra report is not installed")
    code, said = await done("report", str(home / "report.html"), "--json", home=home)
    assert code == 0, said
    (total,) = json.loads(said)["accounts"].values()
    assert D(total["volume"]) == sum(D(trade["price"]) * D(trade["qty"]) for trade in trades)
    assert total["fills"] == len(trades)
    assert D(total["fees"]["USDT"]) == sum(D(trade["commission"]) for trade in trades) == -sums["COMMISSION"]
    assert D(total["realized"]) == sum(D(trade["realizedPnl"]) for trade in trades)
    assert D(total["funding"]) == sums["FUNDING_FEE"]
