"""Several strategies in one process, as a user runs them: their orders told apart, their results added up."""

import asyncio
import json
import signal
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.companions.flows.asking import asks
from tests.companions.flows.in_process import done
from tests.companions.flows.programs import Program, exchange, home_with, started
from tests.companions.places import ROOT
from tests.flows.test_strategies import BROKEN

#: What a lot of each pair is, and a price near its own.
ETH = {"market": "ETH-USDT", "order_amount": "0.05", "order_level_amount": "0.05"}


def files_in(folder: Path) -> tuple[Path, Path]:
    """Two settings files of market making: `btc.yml` and `eth.yml`."""
    btc = home_with(folder / "one") / "conf" / "perpetual_market_making.yml"
    eth = home_with(folder / "two", **ETH) / "conf" / "perpetual_market_making.yml"
    return btc.rename(folder / "btc.yml"), eth.rename(folder / "eth.yml")


async def test_two_pairs_are_traded_by_two_files_and_their_orders_are_told_apart(tmp_path: Path) -> None:
    btc, eth = files_in(tmp_path)
    written = tmp_path / "out.json"
    async with exchange() as (_, row):
        rest, key, secret = row["rest"], row["api_key"], row["api_secret"]
        files = ("--config", str(btc), "--config", str(eth), "--json", str(written))
        async with started("run", *files, "--exchange", rest, home=tmp_path) as bot:
            await bot.quotes()
            await _fills(bot, "BTC-USDT", "ETH-USDT")
            code, told = await done("status", "--json", home=tmp_path)
            assert code == 0
            bot.send(signal.SIGINT)
            assert await bot.ends() == 0, bot.text
        assert await asks(rest, key, secret, "/fapi/v1/openOrders") == []
    (stood,) = json.loads(told)["bots"]
    assert [(one["name"], one["pairs"]) for one in stood["strategies"]] == [
        ("btc", ["BTC-USDT"]),
        ("eth", ["ETH-USDT"]),
    ]
    assert [(row["trading_pair"], row["ready"]) for row in stood["markets"]] == [("BTC-USDT", True), ("ETH-USDT", True)]
    assert [row["ready"] for row in stood["strategies"]] == [True, True]
    assert list(stood["counts_by_pair"]) == ["BTC-USDT", "ETH-USDT"]
    summary = json.loads(written.read_text())
    _adds_up(summary)
    for name, pair in (("btc", "BTC-USDT"), ("eth", "ETH-USDT")):
        columns = summary["pairs"][pair]
        assert (columns["residual"], columns["differences"], columns["exchange"]["open_at_end"]) == ("0", [], 0)
        for kind, count in (("orders", "placed"), ("fills", "fills")):
            code, rows = await done("history", kind, "--strategy", name, "--json", home=tmp_path)
            found = json.loads(rows)[kind]
            assert {(one["strategy"], one["trading_pair"]) for one in found} == {(name, pair)}
            taken = [one for one in found if kind == "fills" or one["exchange_order_id"]]
            assert len(taken) == columns["exchange"][count] > 0, "what it refused is kept, too"
    code, both = await done("history", "orders", "--strategy", "perpetual_market_making", "--json", home=tmp_path)
    assert {one["strategy"] for one in json.loads(both)["orders"]} == {"btc", "eth"}


async def test_one_of_them_is_paused_by_name_and_the_other_quotes_on(tmp_path: Path) -> None:
    btc, eth = files_in(tmp_path)
    async with exchange() as (_, row):
        rest, key, secret = row["rest"], row["api_key"], row["api_secret"]
        files = ("--config", str(btc), "--config", str(eth), "--exchange", rest)
        async with started("run", "--headless", "--name", "both", *files, home=tmp_path) as bot:
            await _open(rest, key, secret, "BTCUSDT", "ETHUSDT")
            code, told = await done("pause", "both", "--strategy", "eth", home=tmp_path)
            assert (code, told) == (0, "eth of both is paused: its quotes are pulled, exits go on")
            opening = [one for one in await asks(rest, key, secret, "/fapi/v1/openOrders") if not one["reduceOnly"]]
            assert "ETHUSDT" not in {one["symbol"] for one in opening}
            await bot.says("eth: paused: its quotes are pulled, exits go on")
            await _open(rest, key, secret, "BTCUSDT")
            code, told = await done("status", "--json", home=tmp_path)
            (stood,) = json.loads(told)["bots"]
            states = {one["name"]: one["state"] for one in stood["strategies"]}
            assert (states["eth"].partition(":")[0], states["btc"].partition(":")[0]) in (
                ("paused", "quoting"), ("paused", "holding"), ("paused", "ready")
            ), "after a fill it waits for a moment"  # fmt: skip
            assert stood["state"]["name"] != "paused"
            code, told = await done("pause", "both", "--strategy", "doge", home=tmp_path)
            assert (code, "it has no strategy of the name doge; it runs btc, eth" in told) == (5, True)
            code, told = await done("resume", "both", "--strategy", "eth", home=tmp_path)
            assert (code, told) == (0, "eth of both is resumed: it quotes again")
            await _open(rest, key, secret, "BTCUSDT", "ETHUSDT")
            bot.send(signal.SIGINT)
            assert await bot.ends() == 0, bot.text


async def left_by_a_kill(files: tuple[str, ...], home: Path, account: tuple[str, str, str]) -> set[str]:
    """The orders that a run of both pairs leaves open."""
    async with started("run", *files, home=home) as bot:
        await bot.quotes()
        await _open(*account, "BTCUSDT", "ETHUSDT")
        bot.send(signal.SIGKILL)
        await bot.ends()
    return {order["clientOrderId"] for order in await asks(*account, "/fapi/v1/openOrders")}


async def test_after_a_kill_each_strategy_begins_with_no_order_of_the_run_before_and_goes_on(tmp_path: Path) -> None:
    btc, eth = files_in(tmp_path)
    async with exchange() as (_, row):
        rest, key, secret = row["rest"], row["api_key"], row["api_secret"]
        files = ("--config", str(btc), "--config", str(eth), "--exchange", rest)
        left = await left_by_a_kill(files, tmp_path, (rest, key, secret))
        assert left
        async with started("run", *files, home=tmp_path) as again:
            await again.quotes()
            await _open(rest, key, secret, "BTCUSDT", "ETHUSDT")
            open_now = {order["clientOrderId"] for order in await asks(rest, key, secret, "/fapi/v1/openOrders")}
            assert not left & open_now
            again.send(signal.SIGINT)
            assert await again.ends() == 0, again.text
        assert await asks(rest, key, secret, "/fapi/v1/openOrders") == []


async def test_after_a_kill_each_strategy_goes_on_with_the_orders_of_its_pair_where_they_are_adopted(
    tmp_path: Path,
) -> None:
    btc, eth = files_in(tmp_path)
    own = tmp_path / "connector.yml"
    shipped = (ROOT / "conf" / "connector.yml").read_text()
    own.write_text(shipped.replace("earlier_orders: cancel", "earlier_orders: adopt"))
    async with exchange() as (_, row):
        rest, key, secret = row["rest"], row["api_key"], row["api_secret"]
        files = ("--config", str(btc), "--config", str(eth), "--exchange", rest, "--connector-config", str(own))
        left = await left_by_a_kill(files, tmp_path, (rest, key, secret))
        async with started("run", *files, home=tmp_path) as again:
            await again.says("adopted")
            await again.quotes()
            _, told = await done("status", "--json", home=tmp_path)
            (stood,) = json.loads(told)["bots"]
            of_pairs = {one["name"]: one["pairs"] for one in stood["strategies"]}
            assert of_pairs == {"btc": ["BTC-USDT"], "eth": ["ETH-USDT"]}
            for one in stood["strategies"]:
                assert one["orders"] == sum(order["trading_pair"] in one["pairs"] for order in stood["orders"])
            again.send(signal.SIGINT)
            assert await again.ends() == 0, again.text
        assert left, "they were there to be adopted"
        assert await asks(rest, key, secret, "/fapi/v1/openOrders") == []


async def test_one_bound_holds_over_the_orders_of_both_pairs(tmp_path: Path) -> None:
    btc, eth = files_in(tmp_path)
    own = tmp_path / "connector.yml"
    bound = Decimal(1_200)
    shipped = (ROOT / "conf" / "connector.yml").read_text()
    own.write_text(shipped.replace("max_open_orders_notional: 40000", f"max_open_orders_notional: {bound}"))
    files = ("--config", str(btc), "--config", str(eth), "--connector-config", str(own))
    async with exchange() as (_, row):
        rest, key, secret = row["rest"], row["api_key"], row["api_secret"]
        async with started("run", "--headless", *files, "--exchange", rest, home=tmp_path) as bot:
            await bot.says("max_open_orders_notional")
            seen: list[tuple[Decimal, set[str]]] = []
            async with asyncio.timeout(15):
                while len(seen) < 20 or not any(len(symbols) == 2 for _, symbols in seen):
                    orders = await asks(rest, key, secret, "/fapi/v1/openOrders")
                    opening = [one for one in orders if not one["reduceOnly"]]
                    worth = sum((Decimal(one["price"]) * Decimal(one["origQty"]) for one in opening), Decimal(0))
                    seen.append((worth, {one["symbol"] for one in opening}))
                    await asyncio.sleep(0.1)
            code, told = await done("status", "--json", home=tmp_path)
            assert code == 0, told
            bot.send(signal.SIGINT)
            assert await bot.ends() == 0, bot.text
    assert max(worth for worth, _ in seen) <= bound
    (limit,) = [one for one in json.loads(told)["bots"][0]["limits"] if one["name"] == "max_open_orders_notional"]
    assert (limit["bound"], Decimal(limit["used"]) <= bound) == (str(bound), True)


async def test_a_strategy_that_breaks_is_told_and_pulled_and_the_others_go_on(tmp_path: Path) -> None:
    btc, _ = files_in(tmp_path)
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / "mine.py").write_text(BROKEN)
    broken, written = tmp_path / "bad.yml", tmp_path / "out.json"
    broken.write_text("strategy: mine\nmarket: ETH-USDT\nleverage: 5\norder_amount: 0.05\n")
    async with exchange() as (_, row):
        rest, key, secret = row["rest"], row["api_key"], row["api_secret"]
        files = ("--config", str(broken), "--config", str(btc), "--json", str(written))
        async with started("run", *files, "--exchange", rest, home=tmp_path) as bot:
            await bot.says(": its quotes are pulled, and the others go on")
            await _open(rest, key, secret, "BTCUSDT")
            async with asyncio.timeout(10):
                while any(
                    order["symbol"] == "ETHUSDT" for order in await asks(rest, key, secret, "/fapi/v1/openOrders")
                ):
                    await asyncio.sleep(0.1)
            bot.send(signal.SIGINT)
            assert await bot.ends() == 1, bot.text
    line = f"bad: strategy mine: {tmp_path / 'strategies' / 'mine.py'}:17: ValueError: I gave up"
    assert f"{line}: its quotes are pulled, and the others go on" in bot.text
    assert "Traceback" not in bot.text
    pairs = json.loads(written.read_text())["pairs"]
    assert (pairs["ETH-USDT"]["bot"]["placed"], pairs["ETH-USDT"]["exchange"]["open_at_end"]) == (1, 0)
    assert pairs["BTC-USDT"]["bot"]["placed"] > 0


async def test_what_cannot_be_true_of_both_files_is_one_line(tmp_path: Path) -> None:
    btc, eth = files_in(tmp_path)
    eth.write_text(eth.read_text().replace("position_mode: One-way", "position_mode: Hedge"))
    code, said = await done("run", "--config", str(btc), "--config", str(eth), home=tmp_path)
    assert code == 3
    line = f"{eth}: position_mode: HEDGE: {btc} has ONEWAY, and the account has one position mode"
    assert said.splitlines()[-1].endswith(f"{line}; write the same into both")


async def _fills(bot: Program, *pairs: str) -> None:
    """Until a fill of each pair was told."""
    for pair in pairs:
        await bot.says(f" {pair} at ")


async def _open(rest: str, key: str, secret: str, *symbols: str) -> None:
    """Until orders of each are open."""
    async with asyncio.timeout(15):
        for symbol in symbols:
            # Of one symbol: the list of all weighs forty times as much, and would use the limit up.
            while not await asks(rest, key, secret, "/fapi/v1/openOrders", symbol=symbol):
                await asyncio.sleep(0.1)


def _adds_up(summary: dict[str, Any]) -> None:
    """The pairs' parts are the whole, and the whole is what the equity did."""
    result = summary["result"]
    pairs = [Decimal(row["change"]) for row in result["by_pair"].values()]
    account = sum(Decimal(result["others_by"].get(name, 0)) for name in ("transfers", "not explained"))
    change = Decimal(result["equity"]) - Decimal(result["equity_start"])
    assert len(pairs) == 2
    assert sum(pairs) + account == Decimal(result["change"]) == change
