"""Hummingbot without a screen trades through the connector on the local exchange, is killed, and goes on."""

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.companions.flows.asking import asks
from tests.companions.flows.programs import exchange
from tests.hummingbot.environment import connector
from tests.hummingbot.hbot import NAME, Hbot, Trade, exchange_trades

PAIR, SYMBOL = "BTC-USDT", "BTCUSDT"
MARKET_MAKING: dict[str, object] = {
    "derivative": NAME,
    "market": PAIR,
    "leverage": 10,
    "position_mode": "One-way",
    "bid_spread": 0.002,
    "ask_spread": 0.002,
    "order_amount": 0.002,
    "order_refresh_time": 2,
    "filled_order_delay": 1,
    "stop_loss_spread": 0.002,
    "long_profit_taking_spread": 0.002,
    "short_profit_taking_spread": 0.002,
    "time_between_stop_loss_orders": 2,
}
CONTROLLER: dict[str, object] = {
    "connector_name": NAME,
    "trading_pair": PAIR,
    "total_amount_quote": 1000,
    "buy_spreads": "0.00002,0.0002",
    "sell_spreads": "0.00002,0.0002",
    "leverage": 10,
    "position_mode": "ONEWAY",
    "executor_refresh_time": 4,
    "cooldown_time": 1,
    "take_profit": 0.0001,
    "stop_loss": 0.01,
    "time_limit": 60,
}
STRATEGIES = {"perpetual_market_making": MARKET_MAKING, "pmm_simple": CONTROLLER}
#: How long each of two runs lasts; Hummingbot itself takes ten seconds before it quotes.
SOME_S, MINUTES_S = 20, 120
RUNS = [pytest.param(name, SOME_S, id=name) for name in STRATEGIES] + [
    pytest.param(name, MINUTES_S, id=f"{name} for minutes", marks=pytest.mark.long) for name in STRATEGIES
]


class Account:
    """The bot's account, as the exchange has it."""

    def __init__(self, line: dict[str, Any]) -> None:
        self.rest = str(line["rest"])
        self._key = str(line["api_key"]), str(line["api_secret"])

    async def ask(self, path: str, **params: str) -> Any:
        return await asks(self.rest, *self._key, path, **params)

    async def open_orders(self) -> list[str]:
        return [row["clientOrderId"] for row in await self.ask("/fapi/v1/openOrders", symbol=SYMBOL)]

    async def trades(self) -> list[Trade]:
        rows = await self.ask("/fapi/v1/userTrades", symbol=SYMBOL, limit="1000")
        orders = await self.ask("/fapi/v1/allOrders", symbol=SYMBOL, limit="1000")
        return exchange_trades(rows, orders)

    async def payments(self) -> list[tuple[int, Decimal]]:
        rows = await self.ask("/fapi/v1/income", incomeType="FUNDING_FEE", limit="1000")
        return sorted((row["time"], Decimal(row["income"])) for row in rows)


@pytest.fixture
async def account() -> AsyncIterator[Account]:
    async with exchange() as (_, line):
        yield Account(line)


@pytest.fixture
async def hbot(tree: Path) -> AsyncIterator[Hbot]:
    program = Hbot(tree)
    yield program
    program.ends()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("strategy", "lasting_s"), RUNS)
async def test_a_bot_that_is_killed_goes_on_and_leaves_nothing_open(
    account: Account, hbot: Hbot, strategy: str, lasting_s: float
) -> None:
    await asyncio.to_thread(hbot.connects, account.rest)
    await asyncio.to_thread(hbot.creates, strategy, **STRATEGIES[strategy])
    await asyncio.to_thread(hbot.starts)
    await asyncio.sleep(lasting_s)
    told = await asyncio.to_thread(hbot.status)
    assert told["running"] is True and told["balances"][NAME]["USDT"] > 0
    assert PAIR in told["format_status"]
    left, down_ms = await killed_with_orders_open(account, hbot)
    await asyncio.to_thread(hbot.starts)
    await quotes_anew(account, left)
    up_ms = now_ms()
    await asyncio.sleep(lasting_s)
    await payments_are_told(account, hbot, down_ms, up_ms)
    await asyncio.to_thread(hbot.stops)
    assert await account.open_orders() == []
    assert hbot.errors_of_ours() == []
    listed = await account.trades()
    assert listed, "nobody traded with the bot"
    assert hbot.trades() == listed
    told_of = history_row(await asyncio.to_thread(hbot.does, "history"))
    assert (told_of["market"], told_of["pair"], told_of["trades"]) == (NAME, PAIR, str(len(listed)))
    paid = sum(amount for trade in listed for _, amount in trade.fees)
    assert abs(Decimal(told_of["fees"]) - paid) < Decimal("0.0001")
    settings = json.loads(await asyncio.to_thread(hbot.does, "config", "--json"))
    assert (settings["strategy"]["state"], bool(settings["strategy"]["fields"])) == ("loaded", True)


def history_row(said: str) -> dict[str, str]:
    """The one row of the table that `hbot history` prints, by its titles."""
    cells = [[cell.strip() for cell in line.strip(" |").split("|")] for line in said.splitlines() if "|" in line]
    titles, row = (line for line in cells if any(letter.isalnum() for letter in "".join(line)))
    return dict(zip(titles, row, strict=True))


async def quotes_anew(account: Account, left: list[str]) -> None:
    """Until another order rests than those that the kill left: by then the connector listens."""
    async with asyncio.timeout(60):
        while not set(await account.open_orders()) - set(left):
            await asyncio.sleep(0.2)


async def payments_are_told(account: Account, hbot: Hbot, down_ms: int, up_ms: int) -> None:
    """Each payment of the exchange's is in the database once, but those that were settled while the bot was down: of
    what was paid before its start Hummingbot has no event, by its own connector either."""
    deadline = asyncio.get_running_loop().time() + 20
    while True:
        there, told = await account.payments(), await asyncio.to_thread(hbot.payments)
        missing = [row for row in there if row not in told and not down_ms <= row[0] <= up_ms]
        foreign = [row for row in told if row not in there]
        if not (missing or foreign) and len(told) == len(set(told)):
            break
        assert asyncio.get_running_loop().time() < deadline, f"missing {missing}, foreign {foreign}, told {told}"
        await asyncio.sleep(0.5)


def now_ms() -> int:
    return round(time.time() * 1000)


async def killed_with_orders_open(account: Account, hbot: Hbot) -> tuple[list[str], int]:
    """The orders that were open when the bot stopped for good, and the time of that in ms.

    It is frozen before its orders are looked at: between a look and a kill it would take them back, now and then. What
    it had sent by then arrives still, so that two answers in a row have to say the same. What it was paid before has
    reached its database, too: else nobody could tell a payment that it lost from one that it had no time for.
    """
    async with asyncio.timeout(60):
        while True:
            hbot.is_frozen()
            down_ms = now_ms()
            seen = await account.open_orders()
            while seen != (now := await account.open_orders()):
                seen = now
            if seen and await wrote_down(account, hbot, down_ms):
                break
            hbot.goes_on()
            await asyncio.sleep(0.2)
    hbot.is_killed()
    return seen, down_ms


async def wrote_down(account: Account, hbot: Hbot, until_ms: int) -> bool:
    """Whether the database of a frozen bot has each payment that was settled until then."""
    settled = {row for row in await account.payments() if row[0] < until_ms}
    try:
        told = await asyncio.to_thread(hbot.payments)
    except sqlite3.OperationalError:
        # It was frozen while it wrote.
        return False
    return settled <= set(told)


async def test_what_the_program_shows_is_what_the_exchange_has(account: Account, hbot: Hbot) -> None:
    await asyncio.to_thread(hbot.connects, account.rest)
    said = await asyncio.to_thread(hbot.does, "connect")
    row = next(line for line in said.splitlines() if NAME in line)
    assert [cell.strip() for cell in row.strip("|").split("|")] == [NAME, "yes", "yes", ""]
    (wallet,) = [row for row in await account.ask("/fapi/v3/balance") if row["asset"] == "USDT"]
    said = await asyncio.to_thread(hbot.does, "balance", "--json")
    assert f"{Decimal(wallet['balance']).normalize():f}" in said
    fields = await asyncio.to_thread(hbot.does, "connect", f"{NAME.removesuffix('_local')}", "--fields")
    assert "binance_perpetual_pro_api_secret" in fields


async def test_what_hummingbot_wrote_down_of_it_is_no_obstacle_once_it_is_out(
    account: Account, hbot: Hbot, tree: Path
) -> None:
    """A key in its store, a limit of the balance and a fee of the user's own name it."""
    await asyncio.to_thread(hbot.connects, account.rest)
    settings = tree / "conf" / "conf_client.yml"
    settings.write_text(settings.read_text() + f"balance_asset_limit:\n  {NAME}:\n    USDT: 100\n")
    (tree / "conf" / "conf_fee_overrides.yml").write_text(f"template_version: 14\n{NAME}_maker_percent_fee: 0.01\n")
    assert NAME in await asyncio.to_thread(hbot.does, "connect")
    ended = await asyncio.to_thread(connector, tree, "hummingbot", "remove", "--at", str(tree))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"_{NAME}.yml" in ended.stdout
    assert NAME not in await asyncio.to_thread(hbot.does, "connect")
    assert NAME not in await asyncio.to_thread(hbot.does, "balance", "--units-only")
    ended = await asyncio.to_thread(connector, tree, "hummingbot", "install", "--at", str(tree))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert NAME in await asyncio.to_thread(hbot.does, "balance", "--units-only")
