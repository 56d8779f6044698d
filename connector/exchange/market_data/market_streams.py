"""The streams of the market, each with the check that tells a quiet market from a dead stream."""

from dataclasses import dataclass

from connector.core.clock import Clock
from connector.exchange.gates import Gates
from connector.exchange.market_data.book_source import BookSource
from connector.exchange.market_data.mark_trade_source import MarkTradeSource
from connector.exchange.market_data.quiet_book_check import QuietBookCheck
from connector.exchange.market_data.quiet_trades_check import QuietTradesCheck
from connector.exchange.market_data.read_pace import ReadPace
from connector.market.feed import MarketFeed
from connector.net.gateway import Gateway
from connector.venue.markets import MarketRow


@dataclass(frozen=True, slots=True)
class MarketStreams:
    """What listens to a market, account or not."""

    #: Depth and book ticker, on one route.
    books: BookSource
    #: Mark price, funding and trades, on another.
    mark_trades: MarkTradeSource
    quiet_books: QuietBookCheck
    quiet_trades: QuietTradesCheck


def market_streams(
    gateway: Gateway, feed: MarketFeed, market: MarketRow, status: Gates, clock: Clock, read_every_ms: int = 0
) -> MarketStreams:
    """The streams of a venue's market, not started; what they tell goes into `feed`. `read_every_ms`: their sockets are
    read together, so often; 0: each whenever something came."""
    quiet_books = QuietBookCheck(gateway, feed, clock)
    quiet_trades = QuietTradesCheck(gateway, feed, clock)
    streams = MarketStreams(
        books=BookSource(gateway, feed, market, status, clock, quiet_books),
        mark_trades=MarkTradeSource(gateway, feed, market, status, clock, quiet_trades),
        quiet_books=quiet_books,
        quiet_trades=quiet_trades,
    )
    if read_every_ms:
        pace = ReadPace(read_every_ms)
        streams.books.stream.read_at(pace)
        streams.mark_trades.stream.read_at(pace)
    return streams
