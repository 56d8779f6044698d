"""What happens to a run that nobody watches, and the exchange's own account of it."""

import asyncio
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp

from tests.companions.flows.asking import asks, faults, told
from tests.companions.flows.in_process import done
from tests.companions.flows.programs import Program

D = Decimal
#: Risky on purpose: fifty times leverage, large quotes, no stop-loss.
RECKLESS = {
    "leverage": "50", "order_amount": "1.2", "order_level_amount": "0.8", "stop_loss_spread": "0", "bid_spread": "0.01",
    "ask_spread": "0.02", "order_refresh_time": "1", "filled_order_delay": "0.5",
    "long_profit_taking_spread": "9", "short_profit_taking_spread": "9",
}  # fmt: skip
#: By the history's name of a figure of a fill, the exchange's.
SAME = {"price": "price", "amount": "qty", "fee_amount": "commission", "realized_pnl": "realizedPnl"}
_STAMP = re.compile(r"^[0-9]{2}:[0-9]{2}:[0-9]{2} ")
#: Rows in one answer of the exchange.
_PAGE = 1_000


@dataclass
class Venue:
    """The exchange, asked by itself."""

    row: dict[str, Any]

    async def asks(self, path: str, **params: str) -> Any:
        return await asks(self.row["rest"], self.row["api_key"], self.row["api_secret"], path, **params)

    async def arms(self, name: str, **terms: str) -> None:
        await faults(self.row["rest"], name, **terms)

    async def moves(self, script: str) -> None:
        """The price goes the way of a script from now on."""
        address = f"{self.row['rest']}/local/v1/prices"
        params = {"name": script, "symbol": "BTCUSDT"}
        async with aiohttp.ClientSession() as session, session.post(address, params=params) as answer:
            assert answer.status == 200, await answer.text()

    async def transfers(self, amount: int) -> None:
        """Money comes, or goes where it is below 0."""
        await told(self.row["rest"], "POST", "transfer", api_key=self.row["api_key"], asset="USDT", amount=str(amount))

    async def takes_back(self, amount: int, within_s: float = 20.0) -> None:
        """So much goes once it is free: orders and positions may hold all there is. Where it never is, it stays."""
        loop = asyncio.get_running_loop()
        ends_s = loop.time() + within_s
        while loop.time() < ends_s:
            if await self.free() > amount:
                try:
                    await self.transfers(-amount)
                    return
                except AssertionError as refused:
                    # The bot's next order was quicker.
                    assert "-2018" in str(refused), refused
            await asyncio.sleep(0.25)

    async def free(self) -> Decimal:
        """What may go, in USDT."""
        rows = await self.asks("/fapi/v3/balance")
        return sum((D(row["maxWithdrawAmount"]) for row in rows if row["asset"] == "USDT"), D(0))

    async def income(self, kind: str, since_ms: int = 0) -> dict[str, Decimal]:
        rows = await self.asks("/fapi/v1/income", incomeType=kind, startTime=str(since_ms), limit=str(_PAGE))
        return {str(row["tranId"]): D(row["income"]) for row in rows}

    async def everything_booked(self) -> list[dict[str, Any]]:
        """Every row of the account book."""
        rows: dict[tuple[object, ...], dict[str, Any]] = {}
        since_ms = 0
        while True:
            answer = await self.asks("/fapi/v1/income", startTime=str(since_ms), limit=str(_PAGE))
            rows |= {(row["tranId"], row["incomeType"], row["tradeId"]): row for row in answer}
            if len(answer) < _PAGE:
                return list(rows.values())
            assert answer[-1]["time"] > since_ms, "more rows of one moment than an answer holds"
            since_ms = answer[-1]["time"]

    async def trades(self) -> list[dict[str, Any]]:
        """Every trade of the account in its pair."""
        rows: list[dict[str, Any]] = []
        while True:
            after = str(rows[-1]["id"] + 1 if rows else 0)
            answer = await self.asks("/fapi/v1/userTrades", symbol="BTCUSDT", fromId=after, limit=str(_PAGE))
            rows += answer
            if len(answer) < _PAGE:
                return rows

    async def forced_orders(self) -> set[int]:
        """Ids of the orders by which the exchange closed a position itself."""
        rows = await self.asks("/fapi/v1/forceOrders", symbol="BTCUSDT", limit="100")
        assert len(rows) < 100, "more than an answer holds"
        return {row["orderId"] for row in rows}

    async def wallet(self) -> Decimal:
        rows = await self.asks("/fapi/v3/balance")
        return sum((D(row["balance"]) for row in rows if row["asset"] == "USDT"), D(0))


def told_lines(bot: Program, words: str) -> list[str]:
    """Lines of events with these words; each has its time."""
    found = [line for _, line in bot.lines if words in line and _STAMP.match(line)]
    return [line.partition(" ")[2] for line in found]


async def history_of(home: Path, kind: str) -> list[dict[str, Any]]:
    code, said = await done("history", kind, "--json", home=home)
    assert code == 0, said
    rows: list[dict[str, Any]] = json.loads(said)[kind]
    return rows


def assert_parts_make_the_change(summary: dict[str, Any]) -> None:
    """The result by where it came from is the equity's change, to the last digit."""
    result = summary["result"]
    parts = sum(D(result[name]) for name in ("spread_captured", "fees", "funding", "inventory", "others"))
    assert parts == D(result["change"]) == D(result["equity"]) - D(result["equity_start"]), result
    assert sum(map(D, result["others_by"].values())) == D(result["others"]), result


async def assert_history_is_the_exchanges(
    home: Path, trades: Iterable[dict[str, Any]], paid: dict[str, Decimal]
) -> None:
    """Fills and payments that the home's history has are those trades and payments, to the last digit."""
    fills = {row["trade_id"]: row for row in await history_of(home, "fills")}
    theirs = {str(trade["id"]): trade for trade in trades}
    missing = [trade for name, trade in theirs.items() if name not in fills]
    assert not missing and fills.keys() <= theirs.keys(), missing
    for name, trade in theirs.items():
        for mine, yours in SAME.items():
            assert D(fills[name][mine]) == D(trade[yours]), (fills[name], trade)
        assert (fills[name]["trade_type"], fills[name]["time_ms"]) == (trade["side"], trade["time"])
    payments = {row["income_id"]: D(row["amount"]) for row in await history_of(home, "payments")}
    assert payments == paid
