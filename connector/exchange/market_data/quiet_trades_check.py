"""Does nobody trade, or is the stream deaf? The exchange is asked.

A pair may rightly have no trade for hours. While its stream is silent, the id of its last trade is read over REST: when
that has not moved since the look before, there was nothing to tell; when it has, the stream owed a frame. A few pairs
are asked for one by one, many by one request for all symbols, which is dearer and hence rarer. Trades of the insurance
fund and of auto-deleveraging are told by no stream: the next look begins anew after each that was missed.
"""

import asyncio
import logging
from collections.abc import Mapping

from connector.core.clock import Clock
from connector.core.enums import StreamKind
from connector.core.faults import ConnectorFault
from connector.market.feed import MarketFeed
from connector.market.symbol_feed import SymbolFeed
from connector.net.gateway import Gateway
from connector.venue import endpoints
from connector.wire import requests, trade_replies

_LOG = logging.getLogger(__name__)
_QUIET_AFTER_MS = 3_000
_EVERY_S = 3.0
_ALL_EVERY_S = 8.0
#: More quiet pairs than this are asked for by one request.
_MOST_SINGLE = 5
#: A trade that REST tells first is due on the stream within this time.
_STREAM_LAG_S = 1.0


class QuietTradesCheck:
    """Confirms quiet trade streams. `run` runs until cancelled."""

    def __init__(self, gateway: Gateway, feed: MarketFeed, clock: Clock) -> None:
        self._gateway = gateway
        self._feed = feed
        self._clock = clock
        self._confirmed_ms: dict[str, int] = {}
        #: The last trade's id at the look before, and when that was.
        self._seen: dict[str, tuple[int, int]] = {}

    def heard_ms(self, symbol_feed: SymbolFeed) -> int:
        """When the pair's trades were last known to be told: by a frame, or by a look. 0: never."""
        return max(symbol_feed.last_frame_ms(StreamKind.TRADE), self._confirmed_ms.get(symbol_feed.symbol, 0))

    def forget(self, symbol: str) -> None:
        """The symbol is followed no more, or its stream was asked for anew."""
        self._confirmed_ms.pop(symbol, None)
        self._seen.pop(symbol, None)

    async def run(self) -> None:
        pause_s = _EVERY_S
        while True:
            await asyncio.sleep(pause_s)
            quiet = [row for row in tuple(self._feed.symbols.values()) if self._is_quiet(row)]
            pause_s = _EVERY_S if len(quiet) <= _MOST_SINGLE else _ALL_EVERY_S
            try:
                await self._look(quiet)
            except ConnectorFault as fault:
                _LOG.info("looking for trades: %s", fault)

    def _is_quiet(self, symbol_feed: SymbolFeed) -> bool:
        return self._clock.monotonic_ms() - symbol_feed.last_frame_ms(StreamKind.TRADE) > _QUIET_AFTER_MS

    async def _look(self, quiet: list[SymbolFeed]) -> None:
        asked_ms = self._clock.monotonic_ms()
        newest = await self._newest(quiet)
        if any(self._is_owed(row, newest) for row in quiet):
            await asyncio.sleep(_STREAM_LAG_S)
        for row in quiet:
            if row.symbol not in newest or row.symbol not in self._feed.symbols or self._is_owed(row, newest):
                continue
            self._confirmed_ms[row.symbol] = asked_ms
            self._seen[row.symbol] = newest[row.symbol], asked_ms

    def _is_owed(self, symbol_feed: SymbolFeed, newest: Mapping[str, int]) -> bool:
        """The exchange knows of a trade since the look before, and no frame came."""
        last_id, seen_ms = self._seen.get(symbol_feed.symbol, (None, 0))
        is_new = last_id is not None and newest.get(symbol_feed.symbol, last_id) > last_id
        return is_new and symbol_feed.last_frame_ms(StreamKind.TRADE) < seen_ms

    async def _newest(self, quiet: list[SymbolFeed]) -> Mapping[str, int]:
        if len(quiet) > _MOST_SINGLE:
            return trade_replies.last_trade_ids(await self._gateway.call(endpoints.DAY_STATISTICS))
        newest: dict[str, int] = {}
        for row in quiet:
            body = await self._gateway.call(endpoints.DAY_STATISTICS, requests.of_symbol(row.symbol))
            newest |= trade_replies.last_trade_ids(body)
        return newest
