"""Each of the connector's own settings, seen at the exchange."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest

from connector.core.enums import OrderType, StreamKind
from connector.core.event_tags import MarketEvent
from connector.core.events import OrderCancelledEvent, OrderExpiredEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.access.rate_limits import WEIGHT
from connector.simulator.market.orders import SELL
from connector.simulator.server import LocalExchange
from connector.venue import endpoints
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, connect, ready, until
from tests.companions.orders.sent_requests import of, sent_requests

D = Decimal
pytestmark = pytest.mark.virtual_time


@asynccontextmanager
async def started(venue: LocalExchange, **settings: object) -> AsyncIterator[PerpetualDerivative]:
    connector = connect(venue, **settings)
    try:
        await ready(connector)
        yield connector
    finally:
        await connector.stop_network()


@pytest.mark.parametrize(("window_ms", "said", "times"), [(2_000, "2000", 2), (9_000, "9000", 1), (0, None, 1)])
async def test_a_request_that_arrives_outside_its_window_is_refused(
    venue: LocalExchange, trader: Trader, window_ms: int, said: str | None, times: int
) -> None:
    async with started(venue, recv_window=window_ms) as connector:
        gateway = connector.components.gateway
        venue.faults.arm("clock_skew", ms=3_000)
        with sent_requests(connector) as sent:
            await gateway.call(endpoints.BALANCE)
        asked = of(sent, "GET /fapi/v3/balance")
        assert [params.get("recvWindow") for params in asked] == [said] * times, "sent again after a refusal"
        assert gateway.arrives_within_ms == (window_ms or 5_000)
        venue.faults.arm("clock_skew", times=0)


async def test_absence_is_proven_only_when_the_window_of_the_setting_is_over(
    venue: LocalExchange, trader: Trader
) -> None:
    async with started(venue, recv_window=20_000) as connector:
        log = EventLog(connector)
        venue.faults.arm("reset_before_execution")
        connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
        await log.waits_for(MarketEvent.OrderOutcomeUnknown)
        asked_ms = connector.components.clock.monotonic_ms()
        await until(lambda: bool(log.of(MarketEvent.OrderFailure)), "proven absent", within_s=60)
        assert 25_000 <= connector.components.clock.monotonic_ms() - asked_ms <= 40_000


async def test_the_key_of_the_user_stream_is_extended_as_often_as_is_set(venue: LocalExchange, trader: Trader) -> None:
    async with started(venue, websocket_heartbeat_interval=120) as connector:
        with sent_requests(connector) as sent:
            await asyncio.sleep(1_200)
        extended = len(of(sent, "PUT /fapi/v1/listenKey"))
        assert 10 <= extended <= 12, "each up to a tenth earlier"


@pytest.mark.parametrize("owes_s", [2, 20])
async def test_what_the_user_stream_owes_for_too_long_makes_a_new_socket(
    venue: LocalExchange, trader: Trader, owes_s: int
) -> None:
    async with started(venue, stale_websocket_timeout=owes_s) as connector:
        log, clock = EventLog(connector), connector.components.clock
        venue.faults.arm("lost_user_event", times=1)
        connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
        asked_ms = clock.monotonic_ms()
        await until(lambda: bool(log.of(MarketEvent.FeedLost)), "the stream is suspect", within_s=60)
        assert owes_s * 1000 <= clock.monotonic_ms() - asked_ms <= owes_s * 1000 + 1_000
        await log.waits_for(MarketEvent.FeedRestored)
        assert connector.components.user.stream.counters.connections == 2


@pytest.mark.parametrize(
    ("mode", "ended"), [("EXPIRE_MAKER", "maker"), ("EXPIRE_TAKER", "taker"), ("EXPIRE_BOTH", "both")]
)
async def test_of_two_own_orders_that_meet_the_one_ends_that_the_setting_names(
    venue: LocalExchange, trader: Trader, mode: str, ended: str
) -> None:
    async with started(venue, self_trade_prevention_mode=mode) as connector:
        log = EventLog(connector)
        maker = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(60_000))
        await log.waits_for(MarketEvent.BuyOrderCreated)
        taker = connector.sell(PAIR, D("0.010"), OrderType.LIMIT, D(60_000))
        await log.waits_for(MarketEvent.OrderExpired, 2 if ended == "both" else 1)
        over = {event.order_id for event in log.events if isinstance(event, OrderExpiredEvent)}
        assert over == {"maker": {maker}, "taker": {taker}, "both": {maker, taker}}[ended]


async def test_lists_are_read_in_pages_of_the_size_that_is_set(venue: LocalExchange, trader: Trader) -> None:
    async with started(venue, orders_request_size_limit=2, trades_request_size_limit=3) as connector:
        log = EventLog(connector)
        began_ms = connector.venue_time_ms()
        for number in range(1, 8):
            connector.buy(PAIR, D("0.002"), OrderType.MARKET)
            await log.waits_for(MarketEvent.BuyOrderCompleted, number)
        with sent_requests(connector) as sent:
            orders = await connector.venue_api.orders_since(SYMBOL, began_ms - 1_000)
            trades = [row async for row in connector.venue_api.trades_since(SYMBOL, began_ms - 1_000)]
        assert len({row.client_order_id for row in orders}) == len({row.fills[0].trade_id for row in trades}) == 7
        pages = of(sent, "GET /fapi/v1/allOrders"), of(sent, "GET /fapi/v1/userTrades")
        assert [{params["limit"] for params in kind} for kind in pages] == [{"2"}, {"3"}]
        # Each page but the first begins with what the one before ended with: more may have happened in its moment.
        assert [len(kind) for kind in pages] == [7, 4]


async def test_of_a_limit_no_more_is_used_than_the_share_that_is_set(venue: LocalExchange, trader: Trader) -> None:
    async with started(venue, rate_limit_share=10) as connector:
        gateway = connector.components.gateway
        began_ms = connector.venue_time_ms()
        await asyncio.sleep((60_000 - began_ms % 60_000) / 1000)
        asked = [asyncio.create_task(gateway.call(endpoints.USER_TRADES, {"symbol": SYMBOL})) for _ in range(60)]
        await asyncio.sleep(5)
        done = sum(task.done() for task in asked)
        used = venue.runtime.rate_limits.used(WEIGHT, venue.runtime.now_ms())
        assert done * 5 <= 240 * 0.8, "a tenth of 2,400, less what is kept for more urgent requests"
        assert 150 <= used <= 240, "by all together"
        await asyncio.gather(*asked)


@pytest.mark.parametrize(
    ("speed", "stream"),
    [("0ms", "depth@0ms"), ("100ms", "depth@100ms"), ("250ms", "depth"), ("500ms", "depth@500ms")],
)
async def test_a_book_is_followed_at_the_speed_that_is_set(
    venue: LocalExchange, trader: Trader, speed: str, stream: str
) -> None:
    async with started(venue, depth_speed=speed) as connector:
        names = connector.components.streams.books.stream.stream_of(SYMBOL).names
        assert f"{SYMBOL.lower()}@{stream}" in names
        for distance in range(31, 71):
            trader.quote(SELL, str(60_000 + distance), "1")
            await asyncio.sleep(0.5)
        assert connector.ready
        bids, asks = (connector.get_order_book(PAIR).levels(side, 100) for side in (True, False))
        assert (len(bids), len(asks)) == (2, 42)


async def test_without_the_ticker_depth_alone_tells_the_best_prices_and_its_silence_is_none(
    venue: LocalExchange, trader: Trader
) -> None:
    async with started(venue, book_ticker=False) as connector:
        log, feed = EventLog(connector), connector.components.feed.symbols[SYMBOL]
        books = connector.components.streams.books.stream.stream_of(SYMBOL)
        assert books.names == (f"{SYMBOL.lower()}@depth@100ms",)
        for distance in range(1, 10):
            trader.quote(SELL, str(60_010 - distance), "1")
            price = D(60_010 - distance)
            await until(lambda price=price: connector.get_price(PAIR, True) == price, "the best ask follows")
            await asyncio.sleep(2)
        assert StreamKind.BOOK_TICKER not in connector.stream_ages_ms()
        assert (connector.ready, feed.gaps, books.counters.connections, log.events) == (True, 0, 1, [])


async def test_a_market_whose_frames_are_gathered_is_followed_and_found_silent_as_any_other(
    venue: LocalExchange, trader: Trader
) -> None:
    async with started(venue, read_every_ms=50) as connector:
        log = EventLog(connector)
        for distance in range(1, 10):
            trader.quote(SELL, str(60_010 - distance), "1")
            price = D(60_010 - distance)
            await until(lambda price=price: connector.get_price(PAIR, True) == price, "the book follows")
        connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
        await log.waits_for(MarketEvent.BuyOrderCreated)
        venue.faults.arm("silent_stream", stream="btcusdt@markPrice@1s", ms=7_000)
        await log.waits_for(MarketEvent.FeedLost)
        await log.waits_for(MarketEvent.FeedRestored)
        assert connector.ready


async def test_an_order_on_the_way_is_no_longer_sent_when_its_gate_is_shut(
    venue: LocalExchange, trader: Trader
) -> None:
    async with started(venue, order_entry="rest") as connector:
        log = EventLog(connector)
        with sent_requests(connector) as sent:
            connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
            connector.openings.shut("the desk")
            await log.waits_for(MarketEvent.OrderFailure)
        assert of(sent, "POST /fapi/v1/order") == []


async def test_the_timer_of_the_exchange_is_off_by_default(venue: LocalExchange, trader: Trader) -> None:
    async with started(venue) as connector:
        log = EventLog(connector)
        connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
        await log.waits_for(MarketEvent.BuyOrderCreated)
        with sent_requests(connector) as sent:
            await asyncio.sleep(200)
        assert of(sent, "POST /fapi/v1/countdownCancelAll") == []
        assert not [event for event in log.events if isinstance(event, OrderCancelledEvent)]
