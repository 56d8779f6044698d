"""A quiet market or a dead stream? The exchange is asked.

A pair may rightly have no change for a while. Before its silence is taken for a fault, the newest update id is read
over REST: when the stream has already told that one, there was nothing to tell.
"""

import asyncio
import logging

from connector.core.clock import Clock
from connector.core.enums import BookState, StreamKind
from connector.core.faults import ConnectorFault
from connector.market.feed import MarketFeed
from connector.market.symbol_feed import SymbolFeed
from connector.net.gateway import Gateway
from connector.venue import endpoints
from connector.wire import depth_replies, requests

_LOG = logging.getLogger(__name__)
_STEP_S = 0.5
#: Silent for this long, a book is compared: well within the age limit.
QUIET_AFTER_MS = 2_000
#: A change that REST tells first is due on the stream within this time (the slowest depth stream is 500 ms).
_STREAM_LAG_S = 1.0
_FEWEST_LEVELS = 5


class CrossCheck:
    """Confirms quiet books. `run` runs until cancelled."""

    def __init__(self, gateway: Gateway, feed: MarketFeed, clock: Clock) -> None:
        self._gateway = gateway
        self._feed = feed
        self._clock = clock
        self._confirmed_ms: dict[str, int] = {}

    def heard_ms(self, symbol_feed: SymbolFeed) -> int:
        """When the book was last known to be up to date: by a frame, or by a comparison. 0: never."""
        return max(symbol_feed.last_ms[StreamKind.DEPTH], self._confirmed_ms.get(symbol_feed.symbol, 0))

    def confirmed(self, symbol: str) -> None:
        """A snapshot was taken just now: it is a comparison, too."""
        self._confirmed_ms[symbol] = self._clock.monotonic_ms()

    async def run(self) -> None:
        while True:
            await asyncio.sleep(_STEP_S)
            for symbol_feed in tuple(self._feed.symbols.values()):
                quiet_ms = self._clock.monotonic_ms() - self.heard_ms(symbol_feed)
                if symbol_feed.book.state is BookState.VALID and quiet_ms > QUIET_AFTER_MS:
                    try:
                        await self._compare(symbol_feed)
                    except ConnectorFault as fault:
                        _LOG.info("%s: comparing a quiet book: %s", symbol_feed.trading_pair, fault)

    async def _compare(self, symbol_feed: SymbolFeed) -> None:
        asked_ms = self._clock.monotonic_ms()
        params = requests.depth(symbol_feed.symbol, _FEWEST_LEVELS)
        newest = depth_replies.last_update_id(await self._gateway.call(endpoints.DEPTH, params))
        if symbol_feed.book.last_diff_uid < newest:
            await asyncio.sleep(_STREAM_LAG_S)
        if symbol_feed.book.last_diff_uid >= newest and symbol_feed.book.state is BookState.VALID:
            self._confirmed_ms[symbol_feed.symbol] = asked_ms
