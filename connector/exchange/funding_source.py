"""Mark price, funding and public trades: the market route's stream."""

from connector.core.clock import Clock
from connector.exchange import gates
from connector.exchange.gates import Gates
from connector.market.feed import MarketFeed
from connector.net.stream import Stream
from connector.venue.domains import Domain
from connector.venue.markets import MarketRow


class FundingSource:
    """Feeds funding rates and trades. The route is a connection of its own: the venue splits them."""

    def __init__(self, domain: Domain, feed: MarketFeed, market: MarketRow, status: Gates, clock: Clock) -> None:
        self._domain = domain
        self._feed = feed
        self._market = market
        self._gates = status
        self.stream = Stream("funding", self._address, self, clock)

    async def run(self) -> None:
        await self.stream.run()

    def on_up(self) -> None:
        """The gate holds when frames come, not when the socket is up."""

    def on_down(self, reason: str) -> None:
        self._gates.fall(gates.FUNDING_INFO, f"funding stream: {reason}")

    def on_frame(self, frame: bytes, received_ms: int) -> None:
        self._feed.on_frame(frame, received_ms)

    async def _address(self) -> str:
        market = self._market
        names = [
            f"{symbol.lower()}@{kind}"
            for symbol in self._feed.symbols
            for kind in (market.mark_price_stream, market.trade_stream)
        ]
        return f"{self._domain.stream}/{market.mark_price_route}/stream?streams={'/'.join(names)}"
