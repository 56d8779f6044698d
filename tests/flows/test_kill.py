"""A bot that is killed at any moment, and started again: nothing is lost, nothing is told twice, nothing stays open."""

import asyncio
import random
import shutil
import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from connector.core.journal import LifeBegan, OrderFilled, OrderIntended, Record, Telling, Told
from connector.store.segments import read_segment, segments_of
from tests.companions.flows.asking import asks
from tests.companions.flows.programs import exchange, home_with, started


class Files:
    """What the journal's files said, those that are removed meanwhile among them."""

    def __init__(self) -> None:
        self._said: dict[Path, tuple[Record, ...]] = {}

    def read(self, home: Path) -> None:
        for tag in home.glob("data/binance_perpetual_local/*/tag"):
            for path in segments_of(tag.parent / tag.read_text().strip()):
                self._said[path] = read_segment(path).records

    @property
    def records(self) -> list[Record]:
        """Oldest first."""
        return [record for path in sorted(self._said) for record in self._said[path]]


def told_trades(records: list[Record]) -> Counter[tuple[str, str]]:
    """How often each trade of each order was told: between the marks of a telling that was finished."""
    told: Counter[tuple[str, str]] = Counter()
    held: dict[int, list[Record]] = {}
    number = waiting = 0
    for record in records:
        if isinstance(record, Telling):
            number, waiting = record.number, record.count
            held[number] = []
        elif isinstance(record, Told):
            fills = [each for each in held.pop(record.number) if isinstance(each, OrderFilled)]
            told.update((fill.client_order_id, fill.trade_id) for fill in fills)
        elif isinstance(record, LifeBegan):
            held, waiting = {}, 0
        elif waiting:
            held[number].append(record)
            waiting -= 1
    return told


def in_the_history(home: Path) -> Counter[tuple[str, str]]:
    """How often each trade of each order stands in the database."""
    (path,) = home.glob("data/binance_perpetual_local/*/history.sqlite")
    with closing(sqlite3.connect(path)) as database:
        return Counter(database.execute("SELECT client_order_id, trade_id FROM fills").fetchall())


async def has_open_orders(row: dict[str, str]) -> None:
    """Waits until the exchange lists orders of the account: a bot counts those that are still on their way."""
    async with asyncio.timeout(30):
        ask = row["rest"], row["api_key"], row["api_secret"]
        while not await asks(*ask, "/fapi/v1/openOrders", symbol="BTCUSDT"):
            await asyncio.sleep(0.1)


async def killed_again_and_again(tmp_path: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    home = home_with(tmp_path, order_refresh_time="0.5")
    # A start reads much: twenty in a minute are more than the venue lets one address have.
    async with exchange(seed=seed, limits="off") as (_, row):
        files = Files()
        for number in range(kills):
            async with started("run", "--exchange", row["rest"], home=home) as bot:
                await bot.says("connector ")
                # Before it is ready, while it cancels what was left, while it quotes.
                await asyncio.sleep(chance.uniform(0.05, 2.5))
                bot.send(signal.SIGKILL)
                await bot.ends()
                assert "Traceback" not in bot.text, f"life {number}: {bot.text}"
            files.read(home)
        # Their weight is used up until the minute ends, and a start waits for half a minute at most.
        await asyncio.sleep(60 - time.time() % 60)
        async with started("run", "--exchange", row["rest"], home=home) as bot:
            await bot.says("earlier lives: orders", 100)
            await bot.quotes()
            bot.send(signal.SIGTERM)
            assert await bot.ends() == 0, bot.text
        files.read(home)
        told = told_trades(files.records)
        intended = {record.client_order_id for record in files.records if isinstance(record, OrderIntended)}
        ask = row["rest"], row["api_key"], row["api_secret"]
        assert await asks(*ask, "/fapi/v1/openOrders") == []
        rows = await asks(*ask, "/fapi/v1/allOrders", symbol="BTCUSDT", limit="1000")
        orders = {each["orderId"]: each for each in rows}
        trades = await asks(*ask, "/fapi/v1/userTrades", symbol="BTCUSDT", limit="1000")
    names = [order["clientOrderId"] for order in orders.values()]
    assert len(names) == len(set(names)), "no order was doubled"
    assert set(names) <= intended, "none is there that was not written down before"
    theirs = Counter((orders[trade["orderId"]]["clientOrderId"], str(trade["id"])) for trade in trades)
    assert theirs, "it traded at all"
    assert told == theirs, "each trade was told once"
    assert in_the_history(home) == theirs, "each is in the database once"


@pytest.mark.timeout(400)
async def test_twenty_kills_lose_nothing_and_tell_nothing_twice(tmp_path: Path) -> None:
    await killed_again_and_again(tmp_path, 20, seed=1)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(2, 11))
async def test_two_hundred_kills_lose_nothing_and_tell_nothing_twice(tmp_path: Path, seed: int) -> None:
    await killed_again_and_again(tmp_path, 20, seed)


async def test_a_second_bot_with_the_same_tag_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    home = home_with(tmp_path)
    async with exchange() as (_, row), started("run", "--exchange", row["rest"], home=home) as bot:
        await bot.quotes()
        async with started("run", "--exchange", row["rest"], home=home) as second:
            assert await second.ends() == 13, second.text
            assert f"process {bot.process.pid}" in second.text
        (home / "conf" / "connector.yml").write_text("client_order_id_prefix: desk2\n")
        async with started("run", "--exchange", row["rest"], "--duration", "3", home=home) as other:
            await other.quotes()
            assert "foreign" in other.text, "it names the orders of the first, and leaves them"
            assert await other.ends() in (0, 6), other.text
        bot.send(signal.SIGTERM)
        assert await bot.ends() in (0, 6), bot.text
        assert await asks(row["rest"], row["api_key"], row["api_secret"], "/fapi/v1/openOrders") == []


async def test_orders_that_are_adopted_are_the_bots_own_in_both_books(tmp_path: Path) -> None:
    # The second level stays where it is, the first is filled.
    home = home_with(tmp_path, order_refresh_time="5", order_level_spread="0.5")
    (home / "conf" / "connector.yml").write_text("earlier_orders: adopt\n")
    async with exchange() as (_, row):
        async with started("run", "--exchange", row["rest"], home=home) as bot:
            await has_open_orders(row)
            bot.send(signal.SIGKILL)
            await bot.ends()
        async with started("run", "--exchange", row["rest"], home=home) as bot:
            await bot.quotes()
            await asyncio.sleep(6)  # adopted orders are filled, and replaced
            bot.send(signal.SIGTERM)
            assert await bot.ends() == 0, bot.text
            assert "adopted" in bot.text
        assert await asks(row["rest"], row["api_key"], row["api_secret"], "/fapi/v1/openOrders") == []


async def test_a_journal_that_is_gone_leaves_no_order_of_ours_behind(tmp_path: Path) -> None:
    home = home_with(tmp_path, bid_spread="0.5", ask_spread="0.5")
    async with exchange() as (_, row):
        async with started("run", "--exchange", row["rest"], home=home) as bot:
            await has_open_orders(row)
            bot.send(signal.SIGKILL)
            await bot.ends()
        (tag,) = home.glob("data/binance_perpetual_local/*/tag")
        shutil.rmtree(tag.parent / tag.read_text().strip())
        async with started("run", "--exchange", row["rest"], home=home) as bot:
            await bot.quotes()
            bot.send(signal.SIGTERM)
            assert await bot.ends() == 0, bot.text
            assert "of an earlier life" in bot.text
        assert await asks(row["rest"], row["api_key"], row["api_secret"], "/fapi/v1/openOrders") == []
