"""Snapshots within the budget, the longest waiting first."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from connector.core.enums import BookState
from connector.exchange.market_data.snapshots import Snapshots
from connector.market.feed import MarketFeed
from connector.market.symbol_feed import SymbolFeed
from connector.net.gateway import Gateway
from connector.net.http import Http
from connector.net.limits.throttle import Throttle
from connector.simulator.access.rate_limits import WEIGHT
from connector.simulator.market.default_instruments import BTCUSDT
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from connector.venue.domains import LOCAL
from connector.venue.endpoints import Priority
from connector.venue.limits import REQUEST_WEIGHT, RateLimit
from tests.companions.local_trading import until
from tests.companions.virtual_time import loop_clock

LIMITS = (1000, 500, 100, 50)


class Desk:
    """Snapshots of many symbols, and what became of each."""

    def __init__(self, venue: LocalExchange, symbols: list[str], weight_a_minute: int = 2400) -> None:
        self.told: list[tuple[str, str]] = []
        self.feed = MarketFeed()
        for symbol in symbols:
            self.feed.add(symbol, symbol)
        self.http = Http(through_proxy=False)
        domain = LOCAL.at(venue.rest, venue.stream, venue.ws_api)
        throttle = Throttle((RateLimit(REQUEST_WEIGHT, 60_000, weight_a_minute),))
        self.gateway = Gateway(domain, self.http, throttle, loop_clock())
        self.snapshots = Snapshots(self.gateway, self.feed.symbols, LIMITS, loop_clock(), self._note)
        self._task = asyncio.create_task(self.snapshots.run())

    def _note(self, symbol_feed: SymbolFeed, flaw: str) -> None:
        self.told.append((symbol_feed.symbol, flaw))

    def valid(self) -> int:
        return sum(row.book.state is BookState.VALID for row in self.feed.symbols.values())

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.http.close()


SYMBOLS = [f"COIN{number}USDT" for number in range(80)]


@pytest.fixture
async def crowded() -> AsyncIterator[LocalExchange]:
    rows = tuple(replace(BTCUSDT, symbol=symbol, base=symbol[:-4]) for symbol in SYMBOLS)
    async with LocalExchange(SimulatorSettings(background=False, instruments=rows, clock=loop_clock())) as exchange:
        yield exchange


async def test_a_crowd_asks_for_as_many_levels_as_fit_into_one_window(crowded: LocalExchange) -> None:
    desk = Desk(crowded, SYMBOLS)
    for symbol in SYMBOLS:
        desk.snapshots.want(symbol)
    await until(lambda: desk.valid() == len(SYMBOLS), "every book")
    assert crowded.runtime.rate_limits.used(WEIGHT, crowded.runtime.now_ms()) == 80 * 10, "500 levels each"
    assert desk.snapshots.waiting == 0
    await desk.close()


async def test_one_alone_is_asked_for_in_full(crowded: LocalExchange) -> None:
    desk = Desk(crowded, SYMBOLS)
    desk.snapshots.want(SYMBOLS[0])
    await until(lambda: desk.valid() == 1, "the book")
    assert crowded.runtime.rate_limits.used(WEIGHT, crowded.runtime.now_ms()) == 20
    assert desk.told == [(SYMBOLS[0], "")]
    await desk.close()


async def test_snapshots_leave_room_for_everything_else(crowded: LocalExchange) -> None:
    desk = Desk(crowded, SYMBOLS, weight_a_minute=200)
    for symbol in SYMBOLS:
        desk.snapshots.want(symbol)
    slice_ = desk.gateway.throttle.weight_slice(Priority.BULK)
    await until(lambda: desk.gateway.throttle.use(desk.gateway.venue_ms())[0].used >= slice_ - 1, "its slice is used")
    await asyncio.sleep(5)  # of virtual time, in which nothing more may be asked for
    assert desk.gateway.throttle.use(desk.gateway.venue_ms())[0].used <= slice_ == 120
    assert desk.valid() == 60, "two units of weight each"
    assert desk.snapshots.waiting == 20
    await desk.close()


async def test_one_that_fails_is_asked_for_again_and_told(crowded: LocalExchange) -> None:
    desk = Desk(crowded, SYMBOLS)
    crowded.faults.arm("service_unavailable", times=3, method="GET", path="/fapi/v1/depth")
    desk.snapshots.want(SYMBOLS[3])
    await until(lambda: desk.valid() == 1, "the book")
    assert [bool(flaw) for _, flaw in desk.told] == [True, False]
    await desk.close()


async def test_a_symbol_that_is_followed_no_more_is_not_asked_for(crowded: LocalExchange) -> None:
    desk = Desk(crowded, SYMBOLS)
    desk.snapshots.want(SYMBOLS[1], after_ms=60_000)
    desk.snapshots.forget(SYMBOLS[1])
    assert desk.snapshots.waiting == 0
    await desk.close()
