"""A quiet market is not a dead stream, and a dead stream is not a quiet market."""

from connector.core.connection_events import FeedLostEvent
from connector.core.enums import StreamKind
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.market_data.quiet_book_check import QUIET_AFTER_MS
from connector.simulator.market.orders import BUY
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import SYMBOL, EventLog, Trader, until


async def test_a_market_without_changes_stays_ready(connector: PerpetualDerivative, log: EventLog) -> None:
    symbol_feed = connector.components.feed.symbols[SYMBOL]
    check = connector.components.streams.quiet_books
    first_ms = check.heard_ms(symbol_feed)
    frame_ms = symbol_feed.last_ms[StreamKind.DEPTH]
    await until(lambda: check.heard_ms(symbol_feed) > first_ms + QUIET_AFTER_MS, "confirmed")
    assert symbol_feed.last_ms[StreamKind.DEPTH] == frame_ms, "no frame came meanwhile"
    assert connector.ready
    assert log.events == []


async def test_a_market_that_moved_without_the_stream_telling_is_lost(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, trader: Trader
) -> None:
    venue.faults.arm("silent_stream", stream="btcusdt@depth@100ms", ms=8_000)
    trader.quote(BUY, "59995", "1")
    lost = await log.waits_for(MarketEvent.FeedLost)
    assert isinstance(lost, FeedLostEvent)
    assert "depth silent" in lost.reason
    await log.waits_for(MarketEvent.FeedRestored)
    assert str(connector.get_price("BTC-USDT", False)) == "59995.00" or connector.get_price("BTC-USDT", False) == 59995
