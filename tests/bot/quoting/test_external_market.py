"""The price of another pair, on the local exchange over its public data."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from connector.bot.quoting.external_market import ExternalMarket
from connector.core.enums import PriceType
from connector.core.faults import ConfigFault, Fault
from connector.net.system_clock import SystemClock
from connector.simulator.market.orders import BUY
from connector.simulator.server import LocalExchange
from connector.venue.domains import LOCAL
from tests.companions.local_trading import PAIR, Trader, until
from tests.companions.net.gateways import domain_of

D = Decimal


@pytest.fixture
async def market(venue: LocalExchange, trader: Trader) -> AsyncIterator[ExternalMarket]:
    made = ExternalMarket(domain_of(venue), PAIR, PriceType.MidPrice, SystemClock())
    await made.begin()
    running = asyncio.create_task(made.run())
    yield made
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await made.close()


def told(market: ExternalMarket) -> Decimal | None:
    seen = market.seen()
    return seen and seen.price


async def test_its_price_follows_the_market(market: ExternalMarket, trader: Trader) -> None:
    await until(lambda: told(market) == 60_000, "the mid price")
    trader.quote(BUY, "59998", "1")
    await until(lambda: told(market) == 60_004, "the touch moved")
    assert market.name == "BTC-USDT at binance_perpetual_local"


async def test_a_quiet_market_does_not_age(market: ExternalMarket) -> None:
    await until(lambda: told(market) is not None, "seen")
    first = market.seen()
    assert first is not None
    await asyncio.sleep(0.05)
    later = market.seen()
    assert later is not None
    assert later.at_ms > first.at_ms


async def test_a_market_that_is_gone_keeps_the_moment_at_which_it_was_last_seen(
    market: ExternalMarket, venue: LocalExchange
) -> None:
    await until(lambda: told(market) is not None, "seen")
    await venue.stop()
    await until(lambda: bool(market.trouble) if market.seen() else False, "its streams are down")
    last = market.seen()
    await asyncio.sleep(0.05)
    assert market.seen() is last


@pytest.mark.parametrize(
    ("kind", "price"),
    [(PriceType.BestBid, 59_990), (PriceType.BestAsk, 60_010), (PriceType.LastTrade, 60_010)],
)
async def test_each_kind_of_price_is_the_markets_own(
    venue: LocalExchange, trader: Trader, kind: PriceType, price: int
) -> None:
    market = ExternalMarket(domain_of(venue), PAIR, kind, SystemClock())
    await market.begin()
    running = asyncio.create_task(market.run())
    try:
        taker = Trader(venue)
        async with asyncio.timeout(10):
            while told(market) != price:
                taker.take(BUY, "0.002")
                await asyncio.sleep(0.05)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await market.close()


async def test_a_pair_that_is_not_listed_is_named_by_its_key(venue: LocalExchange) -> None:
    market = ExternalMarket(domain_of(venue), "XYZ-USDT", PriceType.MidPrice, SystemClock())
    with pytest.raises(ConfigFault, match="price_source_market: XYZ-USDT: no such perpetual pair"):
        await market.begin()
    await market.close()


async def test_a_host_that_does_not_answer_is_a_fault() -> None:
    nobody = LOCAL.at("http://127.0.0.1:9", "ws://127.0.0.1:9", "ws://127.0.0.1:9")
    market = ExternalMarket(nobody, PAIR, PriceType.MidPrice, SystemClock())
    with pytest.raises(Fault, match="nothing was sent"):
        await market.begin()
    await market.close()
