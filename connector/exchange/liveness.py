"""Connected is not healthy: every stream has an age limit, and a silent one shuts its gate.

A quiet book counts as fresh while the exchange confirms it (`cross_check`). An idle user stream is rightly silent,
so it is judged by our own orders: an ack without any event after it means that the stream is deaf.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from connector.core.clock import Clock
from connector.core.enums import BookState, StreamKind
from connector.exchange import gates
from connector.exchange.cross_check import CrossCheck
from connector.exchange.gates import Gates
from connector.exchange.user_source import UserSource
from connector.market.feed import MarketFeed
from connector.market.symbol_feed import SymbolFeed
from connector.net.stream import Stream

_STEP_S = 0.2
_ACK_WITHOUT_EVENT_MS = 3_000


@dataclass(frozen=True, slots=True)
class Watched:
    """One kind of stream: its gate, how long it may be silent, and when a pair of it was last heard of."""

    kind: StreamKind
    gate: str
    limit_ms: int
    stream: Stream
    heard_ms: Callable[[SymbolFeed], int]


class Liveness:
    """Watches the ages of all streams. `run` runs until cancelled. Trades are not watched: a pair may have none."""

    def __init__(
        self,
        feed: MarketFeed,
        streams: tuple[Stream, Stream],
        cross_check: CrossCheck,
        user: UserSource,
        status: Gates,
        clock: Clock,
    ) -> None:
        self._feed = feed
        self._user = user
        self._gates = status
        self._clock = clock
        books, funding = streams
        self._watched = (
            Watched(StreamKind.DEPTH, gates.ORDER_BOOKS, 5_000, books, cross_check.heard_ms),
            Watched(
                StreamKind.MARK_PRICE,
                gates.FUNDING_INFO,
                5_000,
                funding,
                lambda symbol_feed: symbol_feed.last_ms[StreamKind.MARK_PRICE],
            ),
        )

    async def run(self) -> None:
        while True:
            self.check(self._clock.monotonic_ms())
            await asyncio.sleep(_STEP_S)

    def check(self, now_ms: int) -> None:
        """One look at everything, at the given monotonic time."""
        for watched in self._watched:
            self._check(watched, now_ms)
        if self._user.is_up and self._user.echo.overdue_ms(now_ms) > _ACK_WITHOUT_EVENT_MS:
            self._user.stream.drop("orders are answered but no event comes")

    def ages_ms(self, now_ms: int) -> dict[StreamKind, int | None]:
        """The age of the oldest pair's last frame by kind, and of the user stream; None before the first."""
        ages: dict[StreamKind, int | None] = {}
        for kind in (StreamKind.DEPTH, StreamKind.BOOK_TICKER, StreamKind.TRADE, StreamKind.MARK_PRICE):
            oldest_ms = min((symbol_feed.last_ms[kind] for symbol_feed in self._feed.symbols.values()), default=0)
            ages[kind] = now_ms - oldest_ms if oldest_ms else None
        ages[StreamKind.USER] = now_ms - self._user.last_frame_ms if self._user.last_frame_ms else None
        return ages

    def _check(self, watched: Watched, now_ms: int) -> None:
        reason = next(filter(None, (_trouble(watched, row, now_ms) for row in self._feed.symbols.values())), "")
        if not reason:
            self._gates.hold(watched.gate)
            return
        self._gates.fall(watched.gate, reason)
        self._reconnect_if_silent(watched, reason, now_ms)

    def _reconnect_if_silent(self, watched: Watched, reason: str, now_ms: int) -> None:
        """A connection that was silent for a whole limit since it is up carries nothing: it gets a successor."""
        up_ms = watched.stream.up_since_ms
        newest_ms = max((watched.heard_ms(row) for row in self._feed.symbols.values()), default=0)
        if up_ms and now_ms - max(up_ms, newest_ms) > watched.limit_ms:
            watched.stream.drop(reason)


def _trouble(watched: Watched, symbol_feed: SymbolFeed, now_ms: int) -> str:
    """Why a pair's data of this kind cannot be believed; empty when it can."""
    pair, heard_ms = symbol_feed.trading_pair, watched.heard_ms(symbol_feed)
    if not watched.stream.up_since_ms:
        return f"{pair}: the {watched.kind} stream is not connected"
    if heard_ms < watched.stream.up_since_ms:
        return f"{pair}: no {watched.kind} frame yet"
    if now_ms - heard_ms > watched.limit_ms:
        return f"{pair}: {watched.kind} silent for {(now_ms - heard_ms) / 1000:.1f} s"
    if watched.kind is StreamKind.DEPTH and symbol_feed.book.state is not BookState.VALID:
        return f"{pair}: {symbol_feed.last_error or 'the book is being rebuilt'}"
    return ""
