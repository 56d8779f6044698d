"""The quotes that settings would send, on the book of now of a real local exchange."""

import asyncio
import io
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from connector.bot.commands.ladder_preview import Look, preview
from connector.bot.quoting.strategy_modules import settings_of
from connector.config.loader import load_settings
from connector.core.faults import ConfigFault
from connector.risk.bounds import RiskBounds
from connector.simulator.server import LocalExchange
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.strategy import RunSettings
from connector.venue.domains import LOCAL
from tests.companions.local_trading import Trader
from tests.companions.places import SHIPPED_SETTINGS

NO_BOUNDS = RiskBounds()
SPREAD = """\
strategy: funding_spread
market: BTC-USDT
second_market: BTC-USDC
leverage: 2
order_amount: 0.002
position_amount: 0.01
"""
GRID = """\
strategy: grid_perpetual
market: BTC-USDT
leverage: 5
order_amount: 0.002
grid_low: 59000
grid_high: 61000
grid_lines: 11
"""


async def shown(venue: LocalExchange, pair: str = "BTC-USDT", **changes: object) -> str:
    settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, {"market": pair, **changes})
    return await table_of(settings, venue)


async def table_of(settings: RunSettings, venue: LocalExchange | None, bounds: RiskBounds = NO_BOUNDS) -> str:
    seen = await asyncio.to_thread(preview, settings, LOCAL, Look(venue.rest if venue else None, bounds))
    assert seen is not None
    written = io.StringIO()
    Console(file=written, width=160).print(*seen[:1], *seen[1], sep="\n")
    return written.getvalue()


async def test_each_quote_stands_at_its_price_with_its_notional(venue: LocalExchange, trader: Trader) -> None:
    text = await shown(venue, order_levels=2)
    assert "BTC-USDT: best bid " in text
    assert text.count("sell ") == text.count("buy ") == 2
    assert "breaks" not in text


async def test_a_quote_that_a_rule_forbids_says_so(venue: LocalExchange, trader: Trader) -> None:
    assert "breaks LOT_SIZE" in await shown(venue, order_amount="0.0001", order_levels=1)


async def test_a_quote_that_a_limit_keeps_back_says_so(venue: LocalExchange, trader: Trader) -> None:
    settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, {"order_amount": "0.01"})
    text = await table_of(settings, venue, RiskBounds(max_position={"BTC": Decimal("0.005")}))
    assert "order_amount: 0.01 BTC: max_position (0.005" in text and "is never placed" in text


async def test_a_pair_that_is_not_listed_is_refused(venue: LocalExchange, trader: Trader) -> None:
    with pytest.raises(ConfigFault, match="NO-PAIR"):
        await shown(venue, "NO-PAIR")


async def test_a_strategy_of_another_kind_shows_what_it_would_quote_at_first(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    path = tmp_path / "grid.yml"
    path.write_text(GRID)
    settings = load_settings(path, settings_of("grid_perpetual"))
    text = await table_of(settings, venue)  # type: ignore[arg-type]
    assert text.count("buy ") >= 1
    assert text.count("sell ") >= 1


async def test_of_two_pairs_each_is_shown_with_its_funding_and_what_tells_them_apart(tmp_path: Path) -> None:
    path = tmp_path / "spread.yml"
    path.write_text(SPREAD)
    text = await table_of(load_settings(path, settings_of("funding_spread")), None)  # type: ignore[arg-type]
    first, second = (line for line in text.splitlines() if "BTC-USD" in line and " %" in line and "beside" not in line)
    assert "BTC-USDT" in first and "BTC-USDC" in second
    assert "BTC-USDT beside BTC-USDC: funding differs by " in text and "the mid price by " in text
