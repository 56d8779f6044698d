"""The price of another pair, or of another domain's, by public data alone: no key is asked for, nothing is signed."""

import asyncio
from collections.abc import Callable
from decimal import Decimal

from connector.bot.quoting.source_price import Seen
from connector.core.clock import Clock
from connector.core.enums import PriceType
from connector.core.faults import ConfigFault
from connector.exchange import gates
from connector.exchange.assemble import assemble_market
from connector.market.symbol_feed import SymbolFeed
from connector.venue import endpoints
from connector.venue.domains import Domain
from connector.wire.instruments import instruments


def _bid(feed: SymbolFeed) -> Decimal | None:
    return feed.book.touch_bid and feed.book.touch_bid[0]


def _ask(feed: SymbolFeed) -> Decimal | None:
    return feed.book.touch_ask and feed.book.touch_ask[0]


def _mid(feed: SymbolFeed) -> Decimal | None:
    bid, ask = _bid(feed), _ask(feed)
    return None if bid is None or ask is None else (bid + ask) / 2


def _last(feed: SymbolFeed) -> Decimal | None:
    return feed.trades[-1].price if feed.trades else None


_PRICES: dict[PriceType, Callable[[SymbolFeed], Decimal | None]] = {
    PriceType.MidPrice: _mid,
    PriceType.BestBid: _bid,
    PriceType.BestAsk: _ask,
    PriceType.LastTrade: _last,
}


class ExternalMarket:
    """Follows one pair of one domain."""

    def __init__(self, domain: Domain, trading_pair: str, price_type: PriceType, clock: Clock) -> None:
        self.name = f"{trading_pair} at {domain.name}"
        self.trouble = ""
        self._pair, self._clock = trading_pair, clock
        self._price_of = _PRICES[price_type]
        #: The book tells prices of the touch; trades have no gate of their own, and come beside the mark price.
        self._gate = gates.FUNDING_INFO if price_type is PriceType.LastTrade else gates.ORDER_BOOKS
        self._parts = assemble_market(domain, (trading_pair,), clock)
        self._feed: SymbolFeed | None = None
        self._seen: Seen | None = None

    async def begin(self) -> None:
        """Raises `ConfigFault` for a pair that is not listed there, `Fault` for a host that does not answer."""
        parts = self._parts
        await parts.gateway.measure_clock()
        listed = instruments(await parts.gateway.call(endpoints.EXCHANGE_INFO))
        try:
            parts.pair_rules.take(listed)
        except ConfigFault as fault:
            raise ConfigFault("price_source_market", self._pair, fault.rule, fault.remedy) from fault
        symbol = parts.pair_rules.rules[self._pair].symbol
        parts.feed.add(symbol, self._pair)
        self._feed = parts.feed.symbols[symbol]
        parts.streams.books.add((symbol,))
        parts.streams.mark_trades.add((symbol,))

    async def run(self) -> None:
        streams = self._parts.streams
        works = (
            streams.books, streams.mark_trades, streams.quiet_books, streams.quiet_trades, self._parts.liveness,
        )  # fmt: skip
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work.run())

    def seen(self) -> Seen | None:
        """The price of now; while its streams can't be believed, that of the last look at which they could."""
        gate = self._parts.gates.report()[self._gate] if self._feed is not None else None
        price = self._price_of(self._feed) if self._feed is not None and gate is not None and gate.holds else None
        if price is not None:
            self._seen, self.trouble = Seen(price, self._clock.monotonic_ms()), ""
        elif gate is not None:
            self.trouble = gate.last_error
        return self._seen

    async def close(self) -> None:
        await self._parts.http.close()
