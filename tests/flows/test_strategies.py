"""Strategies beside market making, as a user runs them; and what one's own does when it breaks."""

import asyncio
import json
import signal
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.companions.flows.asking import asks, told
from tests.companions.flows.programs import exchange, started

COMMON = "market: BTC-USDT\nleverage: 5\norder_amount: 0.002\n"
FILES = {
    "avellaneda_perpetual": "strategy: avellaneda_perpetual\nmaximum_position: 0.01\nvolatility_window: 10\n",
    "grid_perpetual": "strategy: grid_perpetual\ngrid_low: 59000\ngrid_high: 61000\ngrid_lines: 21\n",
}
BROKEN = """\
from connector.strategies.strategy_settings import StrategySettings
from connector.strategies.resting import toward
from connector.strategies.ladder import Quote
from connector.core.enums import TradeType


class Settings(StrategySettings):
    pass


def begin(settings):
    return None


def decide(settings, state, view):
    if len(view.orders) == 1:
        raise ValueError("I gave up")
    price = view.rule.quantize_price(view.best_bid * 99 / 100, TradeType.BUY)
    return toward(view, [Quote("order_amount", TradeType.BUY, price, settings.order_amount)]), state
"""


@pytest.mark.parametrize("name", FILES)
async def test_a_strategy_runs_by_its_name_and_leaves_nothing_open(tmp_path: Path, name: str) -> None:
    written, file = tmp_path / "out.json", tmp_path / "mine.yml"
    file.write_text(FILES[name] + COMMON)
    arguments = ("--config", str(file), "--duration", "14", "--json", str(written))
    async with started("run", *arguments, home=tmp_path) as bot:
        await bot.quotes()
        assert await bot.ends() == 0, bot.text
    row = json.loads(written.read_text())
    assert row["bot"]["placed"] > 0
    assert row["exchange"]["open_at_end"] == 0
    assert Decimal(row["residual"]) == 0


async def test_what_ones_own_strategy_raises_is_one_line_and_its_quotes_are_pulled(tmp_path: Path) -> None:
    written = tmp_path / "out.json"
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / "mine.py").write_text(BROKEN)
    file = tmp_path / "mine.yml"
    file.write_text("strategy: mine\n" + COMMON)
    async with started("run", "--config", str(file), "--json", str(written), home=tmp_path) as bot:
        assert await bot.ends() == 1, bot.text
    line = f"strategy mine: {tmp_path / 'strategies' / 'mine.py'}:17: ValueError: I gave up"
    assert f"{line}: its quotes are pulled, and the run ends" in bot.text
    assert "Traceback" not in bot.text
    row = json.loads(written.read_text())
    assert (row["bot"]["placed"], row["exchange"]["open_at_end"]) == (1, 0)


SPREAD = """\
strategy: funding_spread
second_market: BTC-USDC
position_amount: 0.004
maximum_price_gap: 5
"""


@pytest.mark.parametrize("on_stop", ["keep", "close"])
async def test_two_pairs_are_held_against_each_other_and_a_stop_keeps_or_closes_both(
    tmp_path: Path, on_stop: str
) -> None:
    file, connector_file, written = tmp_path / "mine.yml", tmp_path / "connector.yml", tmp_path / "out.json"
    file.write_text(SPREAD + COMMON)
    connector_file.write_text(f"on_stop: {on_stop}\njournal_database: none\n")
    files = ("--config", str(file), "--connector-config", str(connector_file), "--json", str(written))
    async with exchange() as (_, row):
        rest, key, secret = row["rest"], row["api_key"], row["api_secret"]
        await told(rest, "POST", "transfer", api_key=key, asset="USDC", amount="10000")
        await told(rest, "PUT", "funding", symbol="BTCUSDT", rate="0.002")
        async with started("run", *files, "--exchange", rest, home=tmp_path) as bot:
            wanted = {"BTCUSDT": Decimal("-0.004"), "BTCUSDC": Decimal("0.004")}
            async with asyncio.timeout(40):
                while await _held(rest, key, secret) != wanted:
                    await asyncio.sleep(0.2)
            bot.send(signal.SIGINT)
            assert await bot.ends() == 0, bot.text
        assert await _held(rest, key, secret) == ({} if on_stop == "close" else wanted)
    told_of = {position["trading_pair"]: Decimal(position["amount"]) for position in _summary(written)["positions"]}
    if on_stop == "close":
        assert told_of == {}
        return
    assert told_of == {"BTC-USDT": Decimal("-0.004"), "BTC-USDC": Decimal("0.004")}
    (line,) = (line for line in bot.text.splitlines() if "a position is kept (on_stop: keep): " in line)
    assert "-0.004 BTC-USDT at " in line and " 0.004 BTC-USDC at " in line


def _summary(written: Path) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads(written.read_text())
    return summary


async def _held(rest: str, key: str, secret: str) -> dict[str, Decimal]:
    rows = await asks(rest, key, secret, "/fapi/v3/positionRisk")
    return {row["symbol"]: Decimal(row["positionAmt"]) for row in rows if Decimal(row["positionAmt"])}
