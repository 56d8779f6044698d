"""Hundreds of pairs on one connector."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.enums import BookState, OrderType
from connector.core.event_tags import MarketEvent
from connector.core.secrets import Secret
from connector.exchange.assemble import assemble
from connector.exchange.derivative import PerpetualDerivative
from connector.net.sign import HmacSigner
from connector.simulator.access.rate_limits import WEIGHT
from connector.simulator.market.default_instruments import BTCUSDT
from connector.simulator.market.orders import BUY, LIMIT, SELL, OrderRequest
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from connector.venue.domains import LOCAL
from connector.venue.limits import MAX_STREAMS
from tests.companions.local_trading import EventLog, until
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time

D = Decimal
PAIRS = tuple(f"COIN{number}-USDT" for number in range(520))
LAST = PAIRS[-1]


def quote(venue: LocalExchange, account_id: int, pair: str, side: int, price: str) -> None:
    symbol = pair.replace("-", "")
    request = OrderRequest(symbol, side, LIMIT, D("0.5"), D(price))
    venue.act(lambda engine, now_ms: engine.place(account_id, request, now_ms))


async def test_520_pairs_are_ready_within_the_limits_and_each_is_kept_apart() -> None:
    instruments = tuple(replace(BTCUSDT, symbol=pair.replace("-", ""), base=pair[:-5]) for pair in PAIRS)
    settings = SimulatorSettings(
        background=False, funding_first_s=3600, pulse_ms=250, instruments=instruments, clock=loop_clock()
    )
    async with LocalExchange(settings) as venue:
        someone = venue.admit(D(100_000_000)).account_id
        for pair in PAIRS:
            quote(venue, someone, pair, BUY, "59990")
            quote(venue, someone, pair, SELL, "60010")
        domain = LOCAL.at(venue.rest, venue.stream, venue.ws_api)
        signer = HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
        connector = assemble(domain, signer, PAIRS, "many01", loop_clock())
        log = EventLog(connector)
        try:
            await connector.start_network()
            await until(lambda: connector.ready, "ready", 60)
            await it_is_spread_and_within_limits(venue, connector)
            await it_trades(venue, connector, log, someone)
        finally:
            await connector.stop_network()


async def it_is_spread_and_within_limits(venue: LocalExchange, connector: PerpetualDerivative) -> None:
    components = connector.components
    for stream in (components.streams.books.stream, components.streams.mark_trades.stream):
        assert [len(one.names) for one in stream.streams] == [520, 520]
        assert all(len(one.names) <= MAX_STREAMS for one in stream.streams)
        assert (stream.counters.connections, stream.counters.refusals) == (2, 0)
    assert all(row.book.state is BookState.VALID for row in components.feed.symbols.values())
    assert venue.runtime.rate_limits.used(WEIGHT, venue.runtime.now_ms()) < WEIGHT.most
    assert not components.gateway.throttle.address.pause.is_on, "nobody asked for silence"


async def it_trades(venue: LocalExchange, connector: PerpetualDerivative, log: EventLog, someone: int) -> None:
    """An order leaves at once, whatever else is being read; prices move for their own pair alone."""
    quote(venue, someone, LAST, BUY, "59995")
    await until(lambda: connector.get_price(LAST, False) == 59_995, "its price")
    assert connector.get_price(PAIRS[0], False) == 59_990
    began = asyncio.get_running_loop().time()
    connector.buy(LAST, D("0.1"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    assert asyncio.get_running_loop().time() - began < 2.0
    assert log.of(MarketEvent.FeedLost) == []
