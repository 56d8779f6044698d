"""Order books: the public route's streams, and snapshots when the sequence law asks for one.

Frames go from the socket straight to the feed, which tells which book waits for a snapshot. Only while someone wants
their bytes, a recording or the measure of the ticker's lead, they come through here.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable

from connector.core.clock import Clock
from connector.exchange import gates
from connector.exchange.beat import beat
from connector.exchange.gates import Gates
from connector.exchange.market_data.quiet_book_check import QuietBookCheck
from connector.exchange.market_data.sharded_stream import Route, ShardedStream
from connector.exchange.market_data.snapshots import Snapshots
from connector.exchange.market_data.ticker_lead import MEASURED_EVERY_S, MEASURED_FOR_S, LeadWatch
from connector.market.feed import MarketFeed
from connector.market.symbol_feed import SymbolFeed
from connector.net.gateway import Gateway
from connector.net.listener import FrameReader
from connector.venue.markets import MarketRow

#: The stream of a symbol that joins an open connection is granted by then; its first frame may ask earlier.
_GRANTED_AFTER_MS = 500
_DOUBT_EVERY_S = 0.25


class BookSource:
    """Keeps the books of the added symbols in step with the venue. `run` runs until cancelled."""

    def __init__(
        self,
        gateway: Gateway,
        feed: MarketFeed,
        market: MarketRow,
        status: Gates,
        clock: Clock,
        quiet_books: QuietBookCheck,
    ) -> None:
        self._tapped: Callable[[bytes], None] | None = None
        self._feed = feed
        #: What frames are handed to: the feed, or what stands before it.
        self._reader: FrameReader = feed
        self.leads = LeadWatch(feed.symbols)
        #: Set before the start: the measure of the ticker's lead takes a second look at a tenth of the frames.
        self.measures_leads = True
        self._gates = status
        self._quiet_books = quiet_books
        self.snapshots = Snapshots(gateway, feed.symbols, market.snapshot_limits, clock, self._on_snapshot)
        domain = gateway.domain
        #: Whether the ticker tells best prices ahead of depth; else depth alone does.
        self.hears_ticker = bool(market.book_ticker_stream)
        kinds = (market.depth_stream, *(market.book_ticker_stream,) * self.hears_ticker)
        route = Route("books", f"{domain.stream}/{market.depth_route}/stream", kinds)
        self.stream = ShardedStream(route, self, clock, domain.streams, handshakes=gateway.handshakes)
        self.stream.read_by(self._reader)
        feed.snapshot_watcher = self._on_waiting

    async def run(self) -> None:
        """Reads the streams and fetches snapshots, one beside the other."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.snapshots.run())
            group.create_task(self.stream.run())
            if self.hears_ticker:
                group.create_task(self._doubt_tickers())
            if self.hears_ticker and self.measures_leads:
                group.create_task(self._measure_leads())

    def read_by(self, reader: FrameReader) -> None:
        """From now on frames are handed to `reader`, which hands them on to the feed."""
        self._reader = reader
        if self._tapped is None and not self.leads.is_measuring:
            self.stream.read_by(reader)

    def tap(self, on_frame: Callable[[bytes], None]) -> None:
        """From now on `hear` is handed every frame as it came, before anything is made of it."""
        self._tapped = on_frame
        self.stream.read_by(None)

    def add(self, symbols: Iterable[str]) -> None:
        """Listens to these symbols of the feed, too."""
        added = tuple(symbols)
        self.stream.add(added)
        for symbol in added:
            self._feed.symbols[symbol].lost_watcher = self._on_lost
            self._quiet_books.suspect(symbol)
            if self.stream.stream_of(symbol).up_since_ms:
                self.snapshots.want(symbol, _GRANTED_AFTER_MS)

    def remove(self, symbol: str) -> None:
        self.stream.remove(symbol)
        self.snapshots.forget(symbol)
        self.leads.forget(symbol)

    def refresh(self, symbol: str) -> None:
        """A silent stream: its book is not believed, and stream and snapshot are asked for anew."""
        self.stream.resubscribe(symbol)
        self._lose([symbol], "the stream was silent", then_fetch=False)
        self.snapshots.want(symbol, _GRANTED_AFTER_MS)

    def on_up(self, symbols: Collection[str]) -> None:
        self._lose(symbols, "a new connection", then_fetch=True)

    def on_down(self, symbols: Collection[str], reason: str) -> None:
        if symbols:
            self._gates.fall(gates.ORDER_BOOKS, f"books stream: {reason}")
        self._lose(symbols, reason, then_fetch=False)

    def on_frame(self, frame: bytes, received_ms: int) -> None:
        if self._tapped is not None:
            self._tapped(frame)
        self._reader.on_frame(frame, received_ms)
        if self.leads.is_measuring:
            self.leads.on_frame(frame, received_ms)

    async def _doubt_tickers(self) -> None:
        """A ticker that depth does not reach in time is wrong, or depth is: neither is believed."""
        while True:
            await beat(_DOUBT_EVERY_S)
            rows = self._feed.symbols.values()
            overdue = [row.symbol for row in rows if row.is_ticker_overdue(self._quiet_books.heard_ms(row))]
            self._lose(overdue, "the ticker told a touch that depth did not reach", then_fetch=True)

    async def _measure_leads(self) -> None:
        """A second in ten: it costs a second look at each frame."""
        while True:
            self.leads.begin()
            self.stream.read_by(None)
            await asyncio.sleep(MEASURED_FOR_S)
            self.leads.end()
            if self._tapped is None:
                self.stream.read_by(self._reader)
            await asyncio.sleep(MEASURED_EVERY_S - MEASURED_FOR_S)

    def _on_lost(self, symbol_feed: SymbolFeed) -> None:
        """Who listens to the book finds the gate shut already."""
        self._gates.fall(gates.ORDER_BOOKS, f"{symbol_feed.trading_pair}: {symbol_feed.last_error}")

    def _on_waiting(self, symbol_feed: SymbolFeed) -> None:
        """A depth event came for a book that it cannot be applied to."""
        reason = symbol_feed.last_error or "no snapshot yet"
        self._gates.fall(gates.ORDER_BOOKS, f"{symbol_feed.trading_pair}: {reason}")
        self.snapshots.want(symbol_feed.symbol)

    def _lose(self, symbols: Collection[str], reason: str, then_fetch: bool) -> None:
        for symbol in symbols:
            symbol_feed = self._feed.symbols.get(symbol)
            if symbol_feed is None:
                continue
            symbol_feed.invalidate(reason)
            self._quiet_books.suspect(symbol)
            if then_fetch:
                self.snapshots.want(symbol)

    def _on_snapshot(self, symbol_feed: SymbolFeed, flaw: str) -> None:
        if flaw:
            self._gates.note(gates.ORDER_BOOKS, f"{symbol_feed.trading_pair}: {flaw}")
        else:
            self._quiet_books.confirmed(symbol_feed)
