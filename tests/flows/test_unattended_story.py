"""A run that nobody watched: who has only its screen and its log knows what happened, when, and what it cost.

Funding, a halt, a ban, a kill, a restart, a crash that liquidates; the exchange's own account book is the judge.
"""

import json
import signal
import time
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from tests.companions.flows.programs import Program, exchange, home_with, started
from tests.companions.flows.unattended import RECKLESS, Venue, assert_parts_make_the_change, told_lines

D = Decimal


async def lived_through(bot: Program, venue: Venue) -> None:
    """Funding, a halt and a ban, one after the other."""
    await bot.quotes()
    await bot.says("funding of BTC-USDT:")
    await venue.arms("trading_halt", symbol="BTCUSDT")
    await bot.says("BTC-USDT does not trade (TRADING_HALT)")
    await bot.says("halted: the exchange takes no orders")
    await venue.arms("trading_halt", times="0")
    await bot.says("BTC-USDT trades again")
    await venue.arms("address_banned", ms="4000")
    await bot.says("nothing is sent before")
    await bot.says("the exchange takes requests again")


async def liquidated(bot: Program, venue: Venue) -> None:
    """A crash, until the exchange closes what was bought on its way."""
    await bot.quotes()
    await venue.moves("crash")
    await bot.says("margin call", 40)
    await bot.says("liquidated: ", 40)


@pytest.mark.timeout(150)
async def test_screen_and_log_answer_what_happened_when_and_what_it_cost(tmp_path: Path) -> None:
    home = home_with(tmp_path, **RECKLESS)
    written = tmp_path / "summary.json"
    async with exchange(seed=2) as (_, row):
        venue = Venue(row)
        async with started("run", "--exchange", row["rest"], home=home) as first:
            await lived_through(first, venue)
            first.send(signal.SIGKILL)
            await first.ends()
        since_ms = round(time.time() * 1000)
        async with started("run", "--exchange", row["rest"], "--json", str(written), home=home) as second:
            await liquidated(second, venue)
            second.send(signal.SIGTERM)
            assert await second.ends() == 8, second.text
        orders = await venue.asks("/fapi/v1/allOrders", symbol="BTCUSDT", limit="1000")
        funding = await venue.income("FUNDING_FEE")
        cleared = await venue.income("INSURANCE_CLEAR", since_ms)
    assert_told_lines(first, second, funding)
    assert_logged(home / "logs" / "connector.log", orders)
    assert_summed_up(json.loads(written.read_text()), second, list(accumulate(cleared.values())))


def assert_told_lines(first: Program, second: Program, funding: dict[str, Decimal]) -> None:
    """What happened, when, and what it cost, as the screen has it."""
    paid = [line for bot in (first, second) for line in told_lines(bot, "funding of BTC-USDT:")]
    figures = {D(line.split(": ")[1].split(" ")[0]) for line in paid}
    assert figures and figures <= {abs(amount) for amount in funding.values()}
    assert told_lines(first, "does not trade (TRADING_HALT)") and told_lines(first, "trades again")
    assert told_lines(first, "nothing is sent before") and told_lines(first, "takes requests again")
    assert told_lines(second, "margin call: BTC-USDT")
    assert told_lines(second, "liquidated: ")


def assert_logged(log: Path, orders: list[dict[str, Any]]) -> None:
    """Every order of the bot that the exchange has is in the log, with its end."""
    text = log.read_text()
    ours = [row for row in orders if not row["clientOrderId"].startswith(("autoclose", "adl_autoclose", "settlement_"))]
    unknown = [row["clientOrderId"] for row in ours if f"asked: order_id {row['clientOrderId']} " not in text]
    # The last quarter of a second before the kill is in the journal alone.
    assert len(unknown) <= 8, unknown
    assert len(ours) > 3 * len(unknown)
    filled = [row["clientOrderId"] for row in ours if row["status"] == "FILLED"]
    assert [name for name in filled if f"filled: order_id {name} " not in text and name not in unknown] == []
    for words in ("state: halted", "state: banned until", "connector.decisions: book ", "liquidated: "):
        assert words in text, words


def assert_summed_up(summary: dict[str, Any], second: Program, insurance: list[Decimal]) -> None:
    """The parts of the result are the change of the equity, and the exchange's column agrees. `insurance`: how much the
    fund had had after each time that it had something; what is left of the position may be closed after the run."""
    assert D(summary["residual"]) == 0
    assert_parts_make_the_change(summary)
    result = summary["result"]
    assert abs(D(result["others_by"].get("not explained", "0"))) < D("0.0001"), result
    assert D(result["others_by"]["closed by the exchange"]) < 0
    assert D(result["others_by"]["insurance fund"]) in insurance and max(insurance) < 0
    assert D(result["change"]) < 0
    assert "closed by the exchange" in second.text
