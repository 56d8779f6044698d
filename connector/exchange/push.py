"""Changes to strategies: whoever trades a pair looks as soon as something changed that it goes by.

    a price of the touch, or whether the book is believed ──▶ at once: in the turn of the loop that read the frame
    an order, the account, a setting, readiness           ──▶ in the next turn, once all of it is taken in

A strategy looks once a turn at most, however much came in it; what came after its look is looked at in the next.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable

from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.core.interface import Look, NeedsLook
from connector.core.reports import OrderReport, OrderStatus, UserReport
from connector.exchange.bus import Bus
from connector.exchange.gates import Gates
from connector.exchange.report_dispatcher import ReportDispatcher
from connector.market.symbol_feed import SymbolFeed

_LOG = logging.getLogger(__name__)
#: What a strategy asked for itself is no news to it.
_OWN_WISHES = frozenset({OrderStatus.CANCEL_WANTED, OrderStatus.CANCEL_REQUESTED, OrderStatus.MODIFY_REQUESTED})


class _Watcher:
    """One strategy at one pair."""

    __slots__ = ("_has_turn", "_is_due", "_is_over", "_loop", "_needs_look", "look")

    def __init__(self, look: Look, needs_look: NeedsLook | None) -> None:
        self.look = look
        self._needs_look = needs_look
        self._loop = asyncio.get_running_loop()
        #: Whether something is to be done at the next turn: it looked in this one, or is to look then.
        self._has_turn = False
        self._is_due = False
        self._is_over = False

    def end(self) -> None:
        """Looks no more, though a look may be due."""
        self._is_over = True

    def touch_moved(self, feed: SymbolFeed) -> None:
        """Looks now, where it has not in this turn. Called while the frame that moved it is being read: who is asked
        whether a look is needed may act, so that is asked where a look is due, too."""
        if self._is_over:
            return
        try:
            if self._needs_look is not None and not self._needs_look():
                return
        except Exception:
            _LOG.exception("asking a strategy whether it needs a look failed")
        if self._has_turn:
            self._is_due = True
        elif not self._is_due:
            self._look()

    def look_soon(self) -> None:
        self._is_due = True
        if not self._has_turn:
            self._has_turn = True
            self._loop.call_soon(self._begin_turn)

    def _look(self) -> None:
        self._has_turn, self._is_due = True, False
        self._loop.call_soon(self._begin_turn)
        try:
            self.look()
        except Exception:
            # A strategy's mistake must not cost it the socket, nor keep others from being called.
            _LOG.exception("a strategy's look failed")

    def _begin_turn(self) -> None:
        self._has_turn = False
        if self._is_due and not self._is_over:
            self._look()


class Push:
    """Who watches which pair."""

    def __init__(
        self, bus: Bus, dispatcher: ReportDispatcher, gates: Gates, pair_of: Callable[[str], str | None]
    ) -> None:
        self._pair_of = pair_of
        self._by_pair: dict[str, tuple[_Watcher, ...]] = {}
        #: Of the pairs that are watched.
        self._feeds: dict[str, SymbolFeed] = {}
        for tag in MarketEvent:
            if tag is not MarketEvent.FundingRateChanged:  # a forecast a second changes nothing that is traded by
                bus.add_watcher(tag, self._hear)
        dispatcher.watch(self._take)
        gates.watcher = self.look_soon

    def watch(self, feed: SymbolFeed, look: Look, needs_look: NeedsLook | None) -> None:
        """Calls `look` when something changed, for the first time in the next turn; one that watches goes on."""
        if any(one.look == look for one in self._by_pair.get(feed.trading_pair, ())):
            return
        watcher = _Watcher(look, needs_look)
        self._set(feed, (*self._by_pair.get(feed.trading_pair, ()), watcher))
        watcher.look_soon()

    def unwatch(self, trading_pair: str, look: Look) -> None:
        """Calls it no more; one that does not watch is not missed, nor a pair that is traded no more."""
        watchers = self._by_pair.get(trading_pair, ())
        self._end(one for one in watchers if one.look == look)
        if watchers:
            self._set(self._feeds[trading_pair], tuple(one for one in watchers if one.look != look))

    def forget(self, feed: SymbolFeed) -> None:
        """The pair is traded no more, and watched no more."""
        self._end(self._by_pair.get(feed.trading_pair, ()))
        self._set(feed, ())

    def look_soon(self, trading_pair: str | None = None) -> None:
        """Something changed that concerns a pair, or all of them."""
        if not self._by_pair:
            return
        every = self._by_pair.values() if trading_pair is None else (self._by_pair.get(trading_pair, ()),)
        for watchers in every:
            for watcher in watchers:
                watcher.look_soon()

    @staticmethod
    def _end(watchers: Iterable[_Watcher]) -> None:
        for watcher in watchers:
            watcher.end()

    def _set(self, feed: SymbolFeed, watchers: tuple[_Watcher, ...]) -> None:
        """A single watcher is told by the feed itself: between a frame and its answer a call more is time."""
        if watchers:
            self._by_pair[feed.trading_pair], self._feeds[feed.trading_pair] = watchers, feed
            feed.touch_watcher = watchers[0].touch_moved if len(watchers) == 1 else self._touch_moved
        else:
            self._by_pair.pop(feed.trading_pair, None)
            self._feeds.pop(feed.trading_pair, None)
            feed.touch_watcher = None

    def _touch_moved(self, feed: SymbolFeed) -> None:
        for watcher in self._by_pair.get(feed.trading_pair, ()):
            watcher.touch_moved(feed)

    def _hear(self, event: Event) -> None:
        self.look_soon(getattr(event, "trading_pair", None))

    def _take(self, report: UserReport, now_ms: int) -> tuple[Event, ...]:
        if not isinstance(report, OrderReport):
            self.look_soon()
        elif report.status not in _OWN_WISHES:
            self.look_soon(self._pair_of(report.symbol))
        return ()
