"""`connector history`: what a run did, after it, equal to what the exchange says, to the last digit."""

import asyncio
import csv
import io
import json
import signal
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from connector.bot.commands.history import time_ms
from connector.core.faults import OptionFault
from tests.companions.flows.asking import asks
from tests.companions.flows.in_process import done
from tests.companions.flows.programs import exchange, home_with, started

SAME = {"price": "price", "amount": "qty", "fee_amount": "commission", "realized_pnl": "realizedPnl"}
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


async def test_fills_and_payments_agree_with_the_exchange_to_the_last_digit_in_every_form(tmp_path: Path) -> None:
    home = home_with(tmp_path)
    async with exchange() as (_, row):
        account = (row["rest"], row["api_key"], row["api_secret"])
        async with started("run", "--headless", "--exchange", row["rest"], home=home) as bot:
            await bot.quotes()
            trades: list[dict[str, str]] = []
            while not trades:
                await asyncio.sleep(0.2)
                trades = await asks(*account, "/fapi/v1/userTrades", symbol="BTCUSDT")
            told_ms = time.time() * 1000
            bot.send(signal.SIGTERM)
            assert await bot.ends() == 0, bot.text
        trades = await asks(*account, "/fapi/v1/userTrades", symbol="BTCUSDT")
        orders = await asks(*account, "/fapi/v1/allOrders", symbol="BTCUSDT", limit="1000")
        income = await asks(*account, "/fapi/v1/income", incomeType="FUNDING_FEE")
    code, said = await done("history", "fills", "--json", home=home)
    assert code == 0, said
    fills = {fill["trade_id"]: fill for fill in json.loads(said)["fills"]}
    assert set(fills) == {str(trade["id"]) for trade in trades}
    for trade in trades:
        fill = fills[str(trade["id"])]
        for mine, theirs in SAME.items():
            assert Decimal(fill[mine]) == Decimal(trade[theirs]), (fill, trade)
        assert (fill["trade_type"], fill["time_ms"]) == (trade["side"], trade["time"])
    written = list(csv.DictReader(io.StringIO((await done("history", "orders", "--csv", home=home))[1])))
    # The exchange lists no order that it refused, such as a quote that would have taken.
    lived = {each["client_order_id"] for each in written if each["state"] != "FAILED"}
    assert lived == {order["clientOrderId"] for order in orders}
    assert all(each["reason"] for each in written if each["state"] == "FAILED")
    paid = json.loads((await done("history", "payments", "--json", home=home))[1])["payments"]
    # What is paid after the bot has closed its books is the next run's.
    amounts = {Decimal(each["amount"]) for each in paid}
    assert amounts <= {Decimal(each["income"]) for each in income}
    assert amounts >= {Decimal(each["income"]) for each in income if each["time"] < told_ms}
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra report is not installed")
    file = tmp_path / "fills.parquet"
    assert (await done("history", "fills", "--parquet", str(file), home=home))[0] == 0
    stored = parquet.read_table(file).to_pylist()
    assert sum(each["price"] * each["amount"] for each in stored) == sum(
        Decimal(trade["price"]) * Decimal(trade["qty"]) for trade in trades
    )
    shown = (await done("history", "fills", "--pair", "btc-usdt", "--since", "1h", home=home))[1]
    assert f"{len(trades)} fills" in shown
    assert (await done("history", "fills", "--until", "1h", home=home))[1] == "no fills in that time"
    assert (await done("history", "fills", "--strategy", "nothing", home=home))[1] == "no fills in that time"


async def test_a_run_on_an_exchange_of_its_own_can_be_asked_about_afterwards(tmp_path: Path) -> None:
    home = home_with(tmp_path)
    async with started("run", "--headless", home=home) as bot:
        await bot.quotes()
        bot.send(signal.SIGTERM)
        assert await bot.ends() == 0, bot.text
    code, said = await done("history", "orders", "--strategy", "perpetual_market_making", "--json", home=home)
    assert code == 0 and len(json.loads(said)["orders"]) >= 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-11-28", "2026-11-28T00:00:00"),
        ("2026-11-28T14:30", "2026-11-28T14:30:00"),
        ("2026-11-28T14:30+02:00", "2026-11-28T12:30:00"),
        ("90m", "2026-11-29T10:30:00"),
        ("8h", "2026-11-29T04:00:00"),
        ("30d", "2026-10-30T12:00:00"),
    ],
)
def test_a_time_is_a_day_a_moment_or_a_span_that_is_ago(text: str, told: str) -> None:
    assert time_ms("--since", text, NOW) == round(datetime.fromisoformat(told).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize("text", ["", "yesterday", "8", "h", "8w", "2026-13-01"])
def test_a_word_that_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(OptionFault, match=r"--since: .* is no time; such as"):
        time_ms("--since", text, NOW)


async def test_times_that_end_before_they_begin_and_two_forms_at_once_are_refused(tmp_path: Path) -> None:
    assert (await done("history", "fills", "--since", "1h", "--until", "2h", home=tmp_path))[0] == 2
    assert (await done("history", "fills", "--csv", "--json", home=tmp_path))[0] == 2
