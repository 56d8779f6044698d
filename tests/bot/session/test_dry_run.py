"""The local exchange of a dry run, and the domain whose market it plays: here another local exchange."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import aiohttp
import pytest

import connector
from connector.bot.session import dry_run, local_exchange
from connector.bot.session.dry_run import DryRunVenue
from connector.bot.session.far_market import FarMarket, Recorded
from connector.core.faults import UnavailableFault
from connector.net.system_clock import SystemClock
from connector.simulator.market.orders import BUY, LIMIT, SELL, OrderRequest
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, Trader
from tests.companions.net.gateways import domain_of


async def test_the_near_exchange_shows_the_far_ones_market_and_takes_another_key(
    venue: LocalExchange, trader: Trader
) -> None:
    near = await dry_run.started(domain_of(venue), PAIR, str, asyncio.Event())
    assert near is not None
    epoch = await near.epoch()
    assert epoch.signer.api_key.reveal() != venue.api_key
    assert (near.data_of, near.ends_with_us, near.has_ended) == ("binance_perpetual_local", True, False)
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{near.domain.rest}/fapi/v1/depth?symbol=BTCUSDT&limit=5") as answer:
            shown = await answer.json()
        async with session.get(f"{near.domain.rest}/fapi/v1/exchangeInfo") as answer:
            symbols = [(row["symbol"], row["status"]) for row in (await answer.json())["symbols"]]
    assert shown["bids"] == [["59990.00", "1.000"], ["59980.00", "5.000"]]
    assert symbols == [("BTCUSDT", "TRADING")]
    assert "frames of its public data, out of sight never; no order was sent there" in await near.background()
    await near.stop()
    assert near.has_ended
    assert not venue.engine.accounts[venue.account_id].placed


async def test_a_pair_that_is_paid_in_another_asset_has_some_of_it_to_trade_with(venue: LocalExchange) -> None:
    (symbol,) = (row.symbol for row in venue.settings.instruments if (row.base, row.quote) == ("BTC", "USDC"))
    someone, now_ms = venue.admit(Decimal(1_000)).account_id, venue.runtime.now_ms()
    venue.engine.transfer(someone, 10**12, now_ms, "USDC")
    for side, price in ((BUY, "59990"), (SELL, "60010")):
        venue.engine.place(someone, OrderRequest(symbol, side, LIMIT, Decimal("0.1"), Decimal(price)), now_ms)
    near = await dry_run.started(domain_of(venue), "BTC-USDC", str, asyncio.Event())
    assert near is not None
    exchange = connector.open("BTC-USDC", domain="binance_perpetual_local", exchange_url=near.domain.rest)
    async with exchange as bot:
        assert bot.get_balance("USDC") == 10_000
    await near.stop()


async def test_told_to_stop_before_the_market_is_in_sight_there_is_none(venue: LocalExchange, trader: Trader) -> None:
    venue.faults.arm("silent_stream", ms=60_000)
    stop = asyncio.Event()
    starting = asyncio.create_task(dry_run.started(domain_of(venue), PAIR, str, stop))
    await asyncio.sleep(0)
    stop.set()
    assert await starting is None


async def test_a_host_that_cannot_be_reached_starts_nothing(venue: LocalExchange) -> None:
    with pytest.raises(UnavailableFault, match=r"127\.0\.0\.1 \(requests\) can't be reached"):
        await dry_run.started(replace(domain_of(venue), rest="http://127.0.0.1:9"), PAIR, str, asyncio.Event())


class Broken(FarMarket):
    """Ends by a defect."""

    async def follow(self, recorded: Recorded) -> None:
        raise ZeroDivisionError("a defect")


async def test_a_defect_of_what_feeds_it_is_told_and_raised_at_the_end(
    venue: LocalExchange, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []
    near = await local_exchange.started(1, replays_stdin=True)
    far = Broken(domain_of(venue), PAIR, SystemClock(), told.append)
    dry = DryRunVenue(near, far)
    await asyncio.sleep(0)
    assert told == [
        "binance_perpetual_local is out of sight (it is followed no more, by a defect; the log has the details): "
        "the dry run's market is halted until it is back"
    ]
    assert "what feeds the dry run broke" in caplog.text
    with pytest.raises(ZeroDivisionError):
        await dry.stop()
    assert near.has_ended
