"""The quotes that settings would send, on the book of now of a real local exchange."""

import asyncio
import io

import pytest
from rich.console import Console

from connector.bot.commands.ladder_preview import preview
from connector.config.loader import load_settings
from connector.core.faults import ConfigFault
from connector.simulator.server import LocalExchange
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.venue.domains import LOCAL
from tests.companions.local_trading import Trader
from tests.companions.places import SHIPPED_SETTINGS


async def shown(venue: LocalExchange, pair: str = "BTC-USDT", **changes: object) -> str:
    settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, changes)
    table = await asyncio.to_thread(preview, settings, LOCAL, venue.rest, pair)
    written = io.StringIO()
    Console(file=written, width=160).print(table)
    return written.getvalue()


async def test_each_quote_stands_at_its_price_with_its_notional(venue: LocalExchange, trader: Trader) -> None:
    text = await shown(venue, order_levels=2)
    assert "BTC-USDT: best bid " in text
    assert text.count("sell ") == text.count("buy ") == 2
    assert "breaks" not in text


async def test_a_quote_that_a_rule_forbids_says_so(venue: LocalExchange, trader: Trader) -> None:
    assert "breaks LOT_SIZE" in await shown(venue, order_amount="0.0001", order_levels=1)


async def test_a_pair_that_is_not_listed_is_refused(venue: LocalExchange, trader: Trader) -> None:
    with pytest.raises(ConfigFault, match="NO-PAIR"):
        await shown(venue, "NO-PAIR")
