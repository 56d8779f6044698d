"""A quiet market or a dead stream? The exchange is asked.

A pair may rightly have no change for a while. Before its silence is taken for a fault, the newest update id is read
over REST: when the stream has already told that one, there was nothing to tell. One book is compared by its depth;
many at once by the best prices of all symbols, one request for all of them.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from connector.core.clock import Clock
from connector.core.enums import BookState, StreamKind
from connector.core.faults import ConnectorFault
from connector.exchange.beat import LOOK_EVERY_S, beat
from connector.market.feed import MarketFeed
from connector.market.symbol_feed import SymbolFeed
from connector.net.gateway import Gateway
from connector.venue import endpoints
from connector.wire import depth_replies, requests

_LOG = logging.getLogger(__name__)
#: Silent for this long, a book is compared: well within the age limit.
QUIET_AFTER_MS = 2_000
#: A snapshot is what REST tells a moment later, too: only after this time does the same id mean a quiet market.
_SUSPECT_AFTER_MS = 500
#: A change that REST tells first is due on the stream within this time (the slowest depth stream is 500 ms).
_STREAM_LAG_S = 1.0
_FEWEST_LEVELS = 5
#: More quiet books than this are compared by one request.
_MOST_SINGLE = 3


class QuietBookCheck:
    """Confirms quiet books. `run` runs until cancelled."""

    def __init__(self, gateway: Gateway, feed: MarketFeed, clock: Clock) -> None:
        self._gateway = gateway
        self._feed = feed
        self._clock = clock
        self._confirmed_ms: dict[str, int] = {}
        self._suspect_since_ms: dict[str, int] = {}

    def heard_ms(self, symbol_feed: SymbolFeed) -> int:
        """When the book was last known to be up to date: by a frame, or by a comparison. 0: never."""
        return max(symbol_feed.last_frame_ms(StreamKind.DEPTH), self._confirmed_ms.get(symbol_feed.symbol, 0))

    def confirmed(self, symbol_feed: SymbolFeed) -> None:
        """A snapshot was taken just now: it is a comparison, too. Where the stream may be deaf, it is what the stream
        has to tell more than."""
        symbol, now_ms = symbol_feed.symbol, self._clock.monotonic_ms()
        if self._is_suspect(symbol_feed):
            self._suspect_since_ms[symbol] = now_ms
        else:
            self._confirmed_ms[symbol] = now_ms

    def suspect(self, symbol: str) -> None:
        """The stream is new, or was silent while the market moved: no snapshot proves that it speaks."""
        self._suspect_since_ms[symbol] = self._clock.monotonic_ms()

    def forget(self, symbol: str) -> None:
        """The symbol is followed no more."""
        self._confirmed_ms.pop(symbol, None)
        self._suspect_since_ms.pop(symbol, None)

    async def run(self) -> None:
        while True:
            await beat(LOOK_EVERY_S)
            quiet = [row for row in tuple(self._feed.symbols.values()) if self._is_quiet(row)]
            try:
                if len(quiet) > _MOST_SINGLE:
                    await self._compare(quiet, self._newest_of_all)
                    continue
                for symbol_feed in quiet:
                    await self._compare([symbol_feed], self._newest_of_one)
            except ConnectorFault as fault:
                _LOG.info("comparing quiet books: %s", fault)

    def _is_quiet(self, symbol_feed: SymbolFeed) -> bool:
        now_ms = self._clock.monotonic_ms()
        if self._is_suspect(symbol_feed):
            is_old = now_ms - self._suspect_since_ms[symbol_feed.symbol] >= _SUSPECT_AFTER_MS
        else:
            is_old = now_ms - self.heard_ms(symbol_feed) > QUIET_AFTER_MS
        return is_old and symbol_feed.book.state is BookState.VALID

    def _is_suspect(self, symbol_feed: SymbolFeed) -> bool:
        since_ms = self._suspect_since_ms.get(symbol_feed.symbol)
        if since_ms is not None and symbol_feed.last_frame_ms(StreamKind.DEPTH) > since_ms:
            del self._suspect_since_ms[symbol_feed.symbol]
            since_ms = None
        return since_ms is not None

    async def _compare(
        self, quiet: list[SymbolFeed], ask: Callable[[list[SymbolFeed]], Awaitable[Mapping[str, int]]]
    ) -> None:
        asked_ms = self._clock.monotonic_ms()
        newest = await ask(quiet)
        if any(row.book.last_diff_uid < newest.get(row.symbol, 0) for row in quiet):
            await asyncio.sleep(_STREAM_LAG_S)
        for row in quiet:
            is_told = row.book.last_diff_uid >= newest.get(row.symbol, row.book.last_diff_uid + 1)
            if is_told and row.book.state is BookState.VALID and row.symbol in self._feed.symbols:
                self._confirmed_ms[row.symbol] = asked_ms
                self._suspect_since_ms.pop(row.symbol, None)

    async def _newest_of_one(self, quiet: list[SymbolFeed]) -> Mapping[str, int]:
        symbol = quiet[0].symbol
        body = await self._gateway.call(endpoints.DEPTH, requests.depth(symbol, _FEWEST_LEVELS))
        return {symbol: depth_replies.last_update_id(body)}

    async def _newest_of_all(self, quiet: list[SymbolFeed]) -> Mapping[str, int]:
        return depth_replies.last_update_ids(await self._gateway.call(endpoints.BOOK_TICKER))
