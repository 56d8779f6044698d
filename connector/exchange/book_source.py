"""Order books: the public route's stream, and snapshots when the sequence law asks for one."""

import asyncio
import logging

from connector.core.clock import Clock
from connector.core.faults import ConnectorFault
from connector.exchange import gates
from connector.exchange.cross_check import CrossCheck
from connector.exchange.gates import Gates
from connector.market.feed import MarketFeed
from connector.market.symbol_feed import SymbolFeed
from connector.net.gateway import Gateway
from connector.net.stream import Stream
from connector.venue import endpoints
from connector.venue.markets import MarketRow
from connector.wire import requests

_LOG = logging.getLogger(__name__)
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0


class BookSource:
    """Keeps every pair's book in step with the venue. Owns one stream; `run` runs until cancelled."""

    def __init__(
        self,
        gateway: Gateway,
        feed: MarketFeed,
        market: MarketRow,
        status: Gates,
        clock: Clock,
        cross_check: CrossCheck,
    ) -> None:
        self._gateway = gateway
        self._feed = feed
        self._market = market
        self._gates = status
        self._clock = clock
        self._cross_check = cross_check
        self._wanted: dict[str, asyncio.Event] = {}
        self.stream = Stream("books", self._address, self, clock)

    async def run(self) -> None:
        """Reads the stream and fetches snapshots, one pair apart from the other."""
        async with asyncio.TaskGroup() as group:
            for symbol_feed in self._feed.symbols.values():
                self._wanted[symbol_feed.symbol] = asyncio.Event()
                group.create_task(self._keep_in_step(symbol_feed))
            group.create_task(self.stream.run())

    def on_up(self) -> None:
        self._lose("a new connection", then_fetch=True)

    def on_down(self, reason: str) -> None:
        self._lose(reason, then_fetch=False)
        self._gates.fall(gates.ORDER_BOOKS, f"books stream: {reason}")

    def on_frame(self, frame: bytes, received_ms: int) -> None:
        changed = self._feed.on_frame(frame, received_ms)
        if changed is not None and changed.needs_snapshot:
            self._gates.fall(gates.ORDER_BOOKS, f"{changed.trading_pair}: {changed.last_error or 'no snapshot yet'}")
            self._wanted[changed.symbol].set()

    async def _address(self) -> str:
        market = self._market
        names = [
            f"{symbol.lower()}@{kind}"
            for symbol in self._feed.symbols
            for kind in (market.depth_stream, market.book_ticker_stream)
        ]
        return f"{self._gateway.domain.stream}/{market.depth_route}/stream?streams={'/'.join(names)}"

    def _lose(self, reason: str, *, then_fetch: bool) -> None:
        for symbol_feed in self._feed.symbols.values():
            symbol_feed.invalidate(reason)
            if then_fetch and symbol_feed.symbol in self._wanted:
                self._wanted[symbol_feed.symbol].set()

    async def _keep_in_step(self, symbol_feed: SymbolFeed) -> None:
        wanted = self._wanted[symbol_feed.symbol]
        pause_s = _FIRST_PAUSE_S
        while True:
            await wanted.wait()
            wanted.clear()
            if not symbol_feed.needs_snapshot or await self._snapshot(symbol_feed):
                pause_s = _FIRST_PAUSE_S
                continue
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
            wanted.set()

    async def _snapshot(self, symbol_feed: SymbolFeed) -> bool:
        params = requests.depth(symbol_feed.symbol, self._market.snapshot_limit)
        try:
            body = await self._gateway.call(endpoints.DEPTH, params)
        except ConnectorFault as fault:
            self._gates.note(gates.ORDER_BOOKS, f"{symbol_feed.trading_pair}: {fault}")
            return False
        in_step = symbol_feed.on_snapshot(body, self._clock.monotonic_ms())
        if in_step:
            self._cross_check.confirmed(symbol_feed.symbol)
        _LOG.info("%s: snapshot %s", symbol_feed.trading_pair, "taken" if in_step else "older than the stream")
        return in_step
