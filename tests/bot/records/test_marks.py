"""What a run leaves for the report: prices at its fills and after them, and its money, on a real local exchange."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from connector.bot.records import marks as marks_module
from connector.bot.records.marks import MarkKeeper, StrategyMark, marks_in
from connector.bot.report.accounting import Accounting
from connector.bot.report.status_source import StatusSource
from connector.bot.watched_run import WatchedRun
from connector.core.enums import OrderType, TradeType
from connector.core.events import OrderFilledEvent
from connector.core.trade_fee import TradeFee
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.instance import Instance
from connector.simulator.fixed_point import E8
from connector.simulator.server import LocalExchange
from connector.store.file_journal import FileJournal
from tests.companions.local_trading import PAIR, Trader, connect, until

TRADED = StrategyMark("btc", "perpetual_market_making", (PAIR,))


async def test_money_is_written_now_and_then_and_a_fill_with_the_prices_after_it(
    venue: LocalExchange, trader: Trader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks_module, "_SAMPLE_EVERY_S", 0.05)
    journal = FileJournal(tmp_path / "account" / "test01", "test01")
    journal.begin(0)
    connector = connect(venue, Instance("test01", journal))
    watched = WatchedRun()
    async with MarkKeeper(watched, (TRADED,)).keeping():
        watched.begin(StatusSource(connector, Accounting(PAIR), PAIR))
        await connector.start_network()
        await connector.wait_until_ready(20)
        connector.components.bus.publish((_fill(),))
        venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, -500 * E8, now_ms))
        file = tmp_path / "account" / "test01.marks.jsonl"
        await until(lambda: file.exists() and file.read_text().count('"money"') > 1, "money is written")
        await asyncio.sleep(1.1)
        watched.end()
    await connector.stop_network()
    journal.end(0)
    rows = [row for _, row in marks_in(tmp_path / "account")]
    assert rows[0] | {"time_ms": 0} == {
        "kind": "run", "time_ms": 0, "pair": PAIR, "strategy": "btc", "domain": "binance_perpetual_local",
        "strategies": [{"name": "btc", "strategy": "perpetual_market_making", "pairs": [PAIR]}],
    }  # fmt: skip
    money = [row for row in rows if row["kind"] == "money"][-1]
    assert (money["wallet"], money["equity"], money["position"]) == ("9500", "9500", "0")
    (transfer,) = [row for row in rows if row["kind"] == "transfer"]
    assert (transfer["asset"], transfer["amount"]) == ("USDT", "-500")
    assert Decimal(money["mid"]) > 1_000
    (fill,) = [row for row in rows if row["kind"] == "fill"]
    assert (fill["trade_id"], fill["pair"], list(fill["after"])) == ("77", PAIR, ["1"])
    assert abs(Decimal(fill["after"]["1"]) / Decimal(fill["mid"]) - 1) < Decimal("0.01")


@asynccontextmanager
async def kept_run(venue: LocalExchange, folder: Path) -> AsyncIterator[tuple[PerpetualDerivative, WatchedRun]]:
    """A run whose money was written once."""
    journal = FileJournal(folder / "account" / "test01", "test01")
    journal.begin(0)
    connector = connect(venue, Instance("test01", journal))
    watched, file = WatchedRun(), folder / "account" / "test01.marks.jsonl"
    async with MarkKeeper(watched, (TRADED,)).keeping():
        watched.begin(StatusSource(connector, Accounting(PAIR), PAIR))
        await connector.start_network()
        await until(lambda: file.exists() and '"money"' in file.read_text(), "money is written")
        yield connector, watched
    await connector.stop_network()
    journal.end(0)


async def test_money_is_written_as_soon_as_a_run_is_ready(
    venue: LocalExchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks_module, "_SAMPLE_EVERY_S", 600)
    async with kept_run(venue, tmp_path) as (_, watched):
        watched.end()


async def test_the_last_word_on_money_is_that_of_the_end(
    venue: LocalExchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an exchange whose epoch ends, too; of one that was never ready nothing is known."""
    monkeypatch.setattr(marks_module, "_SAMPLE_EVERY_S", 600)
    async with kept_run(venue, tmp_path) as (connector, watched):
        venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, -500 * E8, now_ms))
        await until(lambda: connector.get_balance("USDT") == 9_500, "it is known")
        await connector.stop_network()
        watched.end()
        watched.begin(StatusSource(connector, Accounting(PAIR), PAIR))
        watched.end()
    rows = [row for _, row in marks_in(tmp_path / "account") if row["kind"] in ("money", "run")]
    assert [row.get("equity") for row in rows] == [None, "10000", "9500", None]


def test_a_line_that_was_torn_and_a_file_that_is_full_lose_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks_module, "_MOST_BYTES", 100)
    head = {"kind": "run", "time_ms": 0, "strategy": "perpetual_market_making"}
    lines = marks_module._Lines(tmp_path / "b1.marks.jsonl", head)
    for number in range(1, 20):
        lines.write({"kind": "money", "time_ms": number})
    lines.close()
    with (tmp_path / "b1.marks.jsonl").open("a") as file:
        file.write('{"kind": "mon')
    times = [row["time_ms"] for _, row in marks_in(tmp_path)]
    assert times[-1] == 19 and 0 not in times[1:], "the oldest were deleted, and the run is told once"
    assert times[1:] == sorted(times[1:]) and len(times) >= 4
    for name in ("b1.marks.jsonl", "b1.marks.jsonl.1", "b1.marks.jsonl.3"):
        assert json.loads((tmp_path / name).read_text().splitlines()[0]) == head, "each file tells whose it is"


def _fill() -> OrderFilledEvent:
    fee = TradeFee()
    return OrderFilledEvent(
        1.5, "x", PAIR, TradeType.BUY, OrderType.LIMIT_MAKER, Decimal(60_000), Decimal("0.001"), fee, "77"
    )
