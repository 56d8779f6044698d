"""Mark price, funding and public trades: the market route's streams."""

from collections.abc import Callable, Collection, Iterable

from connector.core.clock import Clock
from connector.exchange import gates
from connector.exchange.gates import Gates
from connector.exchange.market_data.quiet_trades_check import QuietTradesCheck
from connector.exchange.market_data.sharded_stream import Route, ShardedStream
from connector.market.feed import MarketFeed
from connector.net.gateway import Gateway
from connector.venue.markets import MarketRow


class MarkTradeSource:
    """Feeds funding rates and trades. The route has connections of its own: the venue splits them."""

    def __init__(
        self,
        gateway: Gateway,
        feed: MarketFeed,
        market: MarketRow,
        status: Gates,
        clock: Clock,
        quiet_trades: QuietTradesCheck,
    ) -> None:
        self._tapped: Callable[[bytes], None] | None = None
        self._feed = feed
        self._gates = status
        self._quiet_trades = quiet_trades
        domain = gateway.domain
        kinds = (market.mark_price_stream, market.trade_stream)
        route = Route("funding", f"{domain.stream}/{market.mark_price_route}/stream", kinds)
        self.stream = ShardedStream(route, self, clock, domain.streams, handshakes=gateway.handshakes)
        self.stream.read_by(feed)

    async def run(self) -> None:
        await self.stream.run()

    def tap(self, on_frame: Callable[[bytes], None]) -> None:
        """From now on `hear` is handed every frame as it came, before anything is made of it."""
        self._tapped = on_frame
        self.stream.read_by(None)

    def add(self, symbols: Iterable[str]) -> None:
        """Listens to these symbols of the feed, too."""
        self.stream.add(symbols)

    def remove(self, symbol: str) -> None:
        self.stream.remove(symbol)

    def ask_for_trades_anew(self, symbol: str) -> None:
        """The symbol's trades were not told."""
        self._quiet_trades.forget(symbol)
        self.stream.resubscribe(symbol)

    def on_up(self, symbols: Collection[str]) -> None:
        """The gate holds when frames come, not when the socket is up."""

    def on_down(self, symbols: Collection[str], reason: str) -> None:
        if symbols:
            self._gates.fall(gates.FUNDING_INFO, f"funding stream: {reason}")

    def on_frame(self, frame: bytes, received_ms: int) -> None:
        if self._tapped is not None:
            self._tapped(frame)
        self._feed.on_frame(frame, received_ms)
