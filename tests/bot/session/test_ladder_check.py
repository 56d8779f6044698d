"""What a start says of its ladder: all that is refused at once, and what the account can't pay for."""

import asyncio
from decimal import Decimal

import pytest

from connector.bot.quoting.strategy_modules import made
from connector.bot.session.ladder_check import LadderCheck
from connector.config.loader import load_settings
from connector.core.faults import ConfigFault
from connector.risk.bounds import RiskBounds
from connector.simulator.server import LocalExchange
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from tests.companions.flows.running_bot import running_bot, session_at
from tests.companions.local_trading import Trader
from tests.companions.places import SHIPPED_SETTINGS

pytestmark = pytest.mark.virtual_time


async def test_an_amount_below_the_lot_and_too_much_leverage_are_told_together(
    venue: LocalExchange, trader: Trader
) -> None:
    bot = await session_at(venue, order_amount="0.0001", leverage=126)
    with pytest.raises(ConfigFault) as refused:
        await bot.session.start(asyncio.Event())
    await bot.session.close()
    amount, leverage = str(refused.value).splitlines()
    assert amount.startswith("order_amount: 0.0001: the buy at") and "LOT_SIZE" in amount
    assert leverage.startswith("leverage: 126: ") and "125" in leverage


async def test_a_ladder_that_nothing_pays_for_is_told_at_the_start_with_the_amount_that_would_pass(
    venue: LocalExchange, trader: Trader
) -> None:
    async with running_bot(venue, order_amount="5", leverage=1, order_levels=1) as bot:
        (line,) = bot.lines_with("order_amount: is not placed as things are")
        most = Decimal(line.split("; ")[-1].removesuffix(" would pass"))
        assert bot.resting() == []
    price = bot.connector.get_mid_price("BTC-USDT")
    assert 9_000 < most * price <= 10_000


async def test_a_limit_below_one_quote_is_told_by_its_name(venue: LocalExchange, trader: Trader) -> None:
    settings = load_settings(
        SHIPPED_SETTINGS, PerpetualMarketMakingSettings, {"order_amount": "0.01", "order_levels": 1}
    )
    async with running_bot(venue) as bot:
        ladder = LadderCheck(bot.connector, settings, made(settings))
        (line,) = ladder.kept_back(RiskBounds(max_position={"BTC": Decimal("0.005")}))
        assert ladder.kept_back(RiskBounds(max_position={"BTC": Decimal("0.01")})) == []
    assert line.startswith("order_amount: 0.01 BTC: max_position (0.005")
    assert line.endswith("; lower order_amount, or raise max_position in connector.yml")


async def test_what_is_off_the_lot_grid_is_cut_and_told(venue: LocalExchange, trader: Trader) -> None:
    async with running_bot(venue, order_amount="0.0025", order_levels=1) as bot:
        await bot.quotes()
        assert bot.lines_with("order_amount: 0.0025 is traded as 0.002: the lot is 0.001")
