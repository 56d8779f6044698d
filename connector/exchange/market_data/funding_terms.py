"""How funding is settled, beside what the mark price stream tells: intervals, caps, and the rates that were paid.

Contracts change their interval when a rate hits its cap, so the list is read again every few minutes, and after each
settlement, which is when it changes. After a settlement its rate is asked for. Both questions share
a limit of the venue's; one question at a time, with a pause between, stays far below it.
"""

import logging

from connector.core.clock import Clock
from connector.core.events import FundingRateChangedEvent
from connector.core.faults import ConnectorFault
from connector.core.funding_info import FundingChange, FundingTerms
from connector.exchange.beat import beat
from connector.exchange.bus import Bus
from connector.market.feed import MarketFeed
from connector.market.symbol_feed import SymbolFeed
from connector.net.gateway import Gateway
from connector.venue import endpoints
from connector.venue.limits import MAX_ROWS
from connector.wire import requests
from connector.wire.funding_replies import FundingAdjustment, funding_adjustments, settled_rates

_LOG = logging.getLogger(__name__)
#: Two questions lie this far apart: 300 in five minutes at most, of the 500 that the venue allows.
_APART_S = 1.0
_ADJUSTMENTS_EVERY_MS = 5 * 60_000
#: A settlement is listed a moment after its time; it is asked for again, so often.
_LISTED_AFTER_MS = 1_000
_ASK_AGAIN_MS = 15_000
_MOST_TRIES = 8
_HISTORY = 100
#: More symbols than this are asked for together.
_MOST_SINGLE = 5
_MOST_ROWS = MAX_ROWS


class FundingTermsSource:
    """Follows the symbols that are watched. `run` runs until cancelled."""

    def __init__(self, gateway: Gateway, feed: MarketFeed, bus: Bus, clock: Clock) -> None:
        self._gateway = gateway
        self._feed = feed
        self._bus = bus
        self._clock = clock
        self._adjustments: dict[str, FundingAdjustment] = {}
        self._adjustments_due_ms = 0
        #: Symbols whose newest settlement is to be asked for: when, and how often that was tried.
        self._due: dict[str, tuple[int, int]] = {}

    def watch(self, symbol_feed: SymbolFeed) -> None:
        """Tells what changes of the symbol's funding from now on, and reads its history."""
        symbol_feed.funding_watcher = self._on_change
        self._due[symbol_feed.symbol] = (self._clock.monotonic_ms(), 0)
        self._adjustments_due_ms = min(self._adjustments_due_ms, self._clock.monotonic_ms())

    def forget(self, symbol: str) -> None:
        """The symbol is followed no more."""
        self._due.pop(symbol, None)

    def terms(self, symbol_feed: SymbolFeed) -> FundingTerms:
        """What is known of a symbol's settlements now."""
        row = self._adjustments.get(symbol_feed.symbol)
        return FundingTerms(
            trading_pair=symbol_feed.trading_pair,
            interval_s=symbol_feed.funding.interval_ms / 1000,
            rate_cap=row.rate_cap if row else None,
            rate_floor=row.rate_floor if row else None,
            settled=symbol_feed.funding.settled,
        )

    async def run(self) -> None:
        while True:
            await beat(_APART_S)
            now_ms = self._clock.monotonic_ms()
            due = [symbol for symbol, (due_ms, _) in self._due.items() if due_ms <= now_ms]
            try:
                if now_ms >= self._adjustments_due_ms and self._feed.symbols:
                    self._adjustments_due_ms = now_ms + _ADJUSTMENTS_EVERY_MS
                    await self._read_adjustments()
                elif len(due) > _MOST_SINGLE:
                    await self._read_settled(due, requests.settled_rates(None, _MOST_ROWS))
                elif due:
                    await self._read_settled(due[:1], requests.settled_rates(due[0], _HISTORY))
            except ConnectorFault as fault:
                _LOG.info("reading funding: %s", fault)

    async def _read_adjustments(self) -> None:
        """Contracts that are not listed settle as the exchange's default says, which is observed, not assumed."""
        rows = funding_adjustments(await self._gateway.call(endpoints.FUNDING_INFO))
        self._adjustments = {row.symbol: row for row in rows}
        for symbol_feed in tuple(self._feed.symbols.values()):
            row = self._adjustments.get(symbol_feed.symbol)
            self._publish(symbol_feed, symbol_feed.funding.set_interval(row.interval_ms if row else 0))

    async def _read_settled(self, asked: list[str], params: requests.RequestParams) -> None:
        before = {symbol: self._newest_ms(symbol) for symbol in asked}
        again_ms = self._clock.monotonic_ms() + _ASK_AGAIN_MS
        again = {symbol: (again_ms, self._due[symbol][1] + 1) for symbol in asked}
        self._due |= again
        rows = settled_rates(await self._gateway.call(endpoints.FUNDING_RATE, params))
        # One of the future would be the newest for ever.
        self._gateway.require_not_ahead(max((row.time_ms for _, row in rows), default=0), "funding rates")
        for symbol, row in rows:
            symbol_feed = self._feed.symbols.get(symbol)
            if symbol_feed is not None:
                self._publish(symbol_feed, symbol_feed.funding.add_settled(*row))
        for symbol, entry in again.items():
            is_over = self._newest_ms(symbol) != before[symbol] or entry[1] >= _MOST_TRIES
            if is_over and self._due.get(symbol) == entry:
                del self._due[symbol]

    def _newest_ms(self, symbol: str) -> int:
        symbol_feed = self._feed.symbols.get(symbol)
        settled = symbol_feed.funding.settled if symbol_feed else ()
        return settled[-1].time_ms if settled else 0

    def _on_change(self, symbol_feed: SymbolFeed, change: FundingChange) -> None:
        """From the stream. A new next time says that a settlement is over, or that its time was changed."""
        now_ms = self._clock.monotonic_ms()
        if FundingChange.NEXT_TIME in change:
            self._due[symbol_feed.symbol] = (now_ms + _LISTED_AFTER_MS, 0)
            self._adjustments_due_ms = min(self._adjustments_due_ms, now_ms + _LISTED_AFTER_MS)
        self._publish(symbol_feed, change)

    def _publish(self, symbol_feed: SymbolFeed, change: FundingChange) -> None:
        if not change:
            return
        funding = symbol_feed.funding
        event = FundingRateChangedEvent(
            timestamp=self._clock.now_ms() / 1000,
            trading_pair=symbol_feed.trading_pair,
            change=change,
            rate=funding.rate,
            interval_s=funding.interval_ms / 1000,
            next_funding_utc_timestamp=funding.next_funding_ms / 1000,
        )
        self._bus.publish((event,))
