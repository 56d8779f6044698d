"""One symbol's market data: its book kept in sequence, its funding, its trades.

    AWAITING_SNAPSHOT ──on_snapshot──▶ VALID ──gap, crossed, socket lost──▶ INVALID ──on_snapshot──▶ VALID

While the book is not valid its depth frames are buffered, always as one unbroken run: a hole in the buffer drops
what lies before it, for no snapshot that fits the newer part needs the older. An INVALID book keeps its levels.
"""

import logging
from collections import deque
from collections.abc import Callable
from math import isnan
from typing import Final, NamedTuple

from connector.core.enums import BookState, StreamKind
from connector.core.funding_info import FundingChange
from connector.market.facts import BookTicker, DepthDiff, MalformedFrameError, MarketTrade, MarkPrice
from connector.market.plain.frames import FrameDecoder
from connector.market.plain.funding_rate import FundingRate
from connector.market.sequence import SequenceGate, holds

_LOG = logging.getLogger(__name__)
#: Depth frames kept while a snapshot is fetched: more than three minutes at one each 100 ms.
MOST_BUFFERED: Final = 2048
MOST_TRADES: Final = 1000
#: What is older than what stands is dropped, as a second socket carries it. Where it comes for so long and nothing
#: newer does, what stands was wrong, or the venue has gone back: it is given up.
MOST_STALE_MS: Final = 2_000
#: Depth follows a ticker within the pace of its stream (500 ms at most) and the way of its frame.
MOST_LEAD_MS: Final = 2_000
_KINDS_OF_TOUCH = (StreamKind.DEPTH, StreamKind.BOOK_TICKER)
_UNTOLD: tuple[float, float, bool] = (0, 0, False)
OUTLIVED = "frames come and none follows what stands"


class _Buffered(NamedTuple):
    first_id: int
    last_id: int
    previous_id: int
    frame: bytes


class _Standing:
    """What stands, an id or a time, and since when only older ones came."""

    __slots__ = ("since_ms", "value")

    def __init__(self) -> None:
        self.value, self.since_ms = -1, 0

    def is_outlived(self, value: int, now_ms: int) -> bool:
        """An older one came, while `value` stands: whether that goes on for too long."""
        if value != self.value:
            self.value, self.since_ms = value, now_ms
        return now_ms - self.since_ms > MOST_STALE_MS


class SymbolFeed:
    """What is known of one symbol's market, and who is called when it changes."""

    def __init__(self, symbol: str, trading_pair: str, decoder: FrameDecoder) -> None:
        self.symbol, self.trading_pair = symbol, trading_pair
        self.book = decoder.new_book(trading_pair, symbol)
        self.funding = FundingRate()
        self.trades: deque[MarketTrade] = deque(maxlen=MOST_TRADES)
        self.last_ms: dict[StreamKind, int] = dict.fromkeys(
            (StreamKind.DEPTH, StreamKind.BOOK_TICKER, StreamKind.TRADE, StreamKind.MARK_PRICE), 0
        )
        #: Frames of any kind that name the symbol.
        self.frames = 0
        #: Depth events that are in the book, and those that said nothing new or came to nothing.
        self.applied = self.skipped = 0
        #: How often the book was lost to a gap or by crossing.
        self.resyncs = 0
        #: The holes alone, also those while buffering.
        self.gaps = 0
        self.last_change = StreamKind.DEPTH
        self.last_error = ""
        #: Called after every depth event applied, also those applied from the buffer: for replay's checks.
        self.depth_watcher: Callable[[SymbolFeed], None] | None = None
        #: Called when the book is no longer to be believed, before the listeners.
        self.lost_watcher: Callable[[SymbolFeed], None] | None = None
        #: Called when a mark price frame brings something new about the funding, before the listeners.
        self.funding_watcher: Callable[[SymbolFeed, FundingChange], None] | None = None
        #: Called after each mark price that is not older than what stands, before the listeners.
        self.mark_watcher: Callable[[SymbolFeed], None] | None = None
        self._touch_watcher: Callable[[SymbolFeed], None] | None = None
        self._touch_told = _UNTOLD
        self._decoder = decoder
        self._last_trade_id = -1
        self._ticker_ms = 0
        self._standing = {kind: _Standing() for kind in self.last_ms}
        self._gate = SequenceGate()
        self._buffer: deque[_Buffered] = deque()
        self._listeners: list[Callable[[SymbolFeed], None]] = []

    @property
    def needs_snapshot(self) -> bool:
        return self.book.state is not BookState.VALID

    @property
    def touch_watcher(self) -> "Callable[[SymbolFeed], None] | None":
        """Called when a price of the touch is another one, or the book is believed again or no longer, before the
        listeners; a frame that moves neither costs it nothing."""
        return self._touch_watcher

    @touch_watcher.setter
    def touch_watcher(self, watcher: "Callable[[SymbolFeed], None] | None") -> None:
        self._touch_watcher = watcher
        self._is_touch_news()

    def last_frame_ms(self, kind: StreamKind) -> int:
        """When a frame of the kind came last; 0 before the first."""
        return self.last_ms[kind]

    @property
    def buffered(self) -> int:
        """Depth events that wait for a snapshot."""
        return len(self._buffer)

    def add_listener(self, listener: "Callable[[SymbolFeed], None]") -> None:
        """`listener` is called synchronously after each change; what it raises is logged, and the next is called."""
        self._listeners.append(listener)

    def remove_listener(self, listener: "Callable[[SymbolFeed], None]") -> None:
        self._listeners.remove(listener)

    def on_depth(self, diff: DepthDiff, frame: bytes) -> None:
        """`frame` holds the diff's bytes: a buffered event is kept as it came."""
        event = _Buffered(diff.first_id, diff.last_id, diff.previous_id, frame)
        verdict = self._gate.admit(event.first_id, event.last_id, event.previous_id)
        if verdict == "apply":
            flaw = self._apply(diff)
            if flaw:
                self._lose(flaw, event)
            self._changed(StreamKind.DEPTH)
        elif verdict == "resync":
            self.gaps += 1
            self._lose(f"gap: pu {event.previous_id} does not follow {self.book.last_diff_uid}", event)
            self._changed(StreamKind.DEPTH)
        elif verdict == "buffer":
            self._keep(event)
        elif self._is_outlived(StreamKind.DEPTH, self._gate.last_id):
            self.gaps += 1
            self._lose(OUTLIVED, event)
            self._changed(StreamKind.DEPTH)
        else:
            self.skipped += 1

    def on_ticker(self, ticker: BookTicker) -> None:
        if self.book.apply_ticker(ticker):
            self._ticker_ms = self.last_ms[StreamKind.BOOK_TICKER]
            self._changed(StreamKind.BOOK_TICKER)

    def on_trade(self, trade: MarketTrade) -> None:
        """A trade that a second socket carries again is nothing new: ids of one stream only rise."""
        is_old = trade.trade_id <= self._last_trade_id
        if is_old and not self._is_outlived(StreamKind.TRADE, self._last_trade_id):
            return
        self._last_trade_id = trade.trade_id
        self.trades.append(trade)
        self.book.last_trade_price = float(trade.price)
        self._changed(StreamKind.TRADE)

    def on_mark_price(self, row: MarkPrice) -> None:
        is_old = row.time_ms < self.funding.time_ms
        if is_old and not self._is_outlived(StreamKind.MARK_PRICE, self.funding.time_ms):
            return  # a second socket carries what is over
        change = self.funding.apply(row)
        if change and self.funding_watcher is not None:
            self.funding_watcher(self, change)
        if self.mark_watcher is not None:
            self.mark_watcher(self)
        self._changed(StreamKind.MARK_PRICE)

    def is_ticker_overdue(self, heard_ms: int) -> bool:
        """Whether the ticker tells another touch than depth, which should have reached its update when it was last
        heard of."""
        return heard_ms - self._ticker_ms > MOST_LEAD_MS and self.book.is_ticker_apart

    def on_snapshot(self, body: bytes, received_ms: int) -> bool:
        """Whether the book is valid now. False: the body is unreadable, or older than the buffer, which is kept;
        fetch again after a pause that grows. A book that is valid already stays as it is.
        """
        if not self.needs_snapshot:
            return True
        try:
            snapshot = self._decoder.decode_snapshot(body)
        except MalformedFrameError as unreadable:
            self.last_error = f"snapshot unreadable at {received_ms}: {unreadable}"
            return False
        first = next((event for event in self._buffer if event.last_id >= snapshot.last_id), None)
        if first and not holds(snapshot.last_id, *first[:3]):
            self.last_error = f"snapshot {snapshot.last_id} is older than the buffer from {first.first_id}"
            return False
        flaw = self.book.replace(snapshot)
        if flaw:
            self.last_error = f"snapshot {snapshot.last_id}: {flaw}"
            return False
        self._gate.start(snapshot.last_id)
        self.book.state = BookState.VALID
        self._drain()
        self._changed(StreamKind.DEPTH)
        return not self.needs_snapshot

    def invalidate(self, reason: str) -> None:
        """The socket was lost: the book is kept but not believed, and buffering starts anew."""
        self._drop_buffer()
        self._gate.lose()
        self.book.drop_ticker()
        self.last_error = reason
        if self.book.state is BookState.VALID:
            self.book.state = BookState.INVALID
            self._report_loss()
        self._changed(StreamKind.DEPTH)

    def _apply(self, diff: DepthDiff) -> str:
        flaw = self.book.apply(diff)
        if not flaw:
            self.applied += 1
            if self.depth_watcher is not None:
                self.depth_watcher(self)
        return flaw

    def _drain(self) -> None:
        """Applies what was buffered since the snapshot; a crossed book ends it and is lost again."""
        while self._buffer:
            event = self._buffer.popleft()
            if self._gate.admit(*event[:3]) == "skip":
                self.skipped += 1
                continue
            diff = self._decoder.decode(event.frame)
            assert diff.kind is StreamKind.DEPTH
            flaw = self._apply(diff)
            if flaw:
                self._buffer.appendleft(event)
                self._lose(flaw)
                return

    def _lose(self, reason: str, event: _Buffered | None = None) -> None:
        """The book is no longer the venue's: flagged, and rebuilt from `event` on."""
        self.resyncs += 1
        self.last_error = reason
        self.book.state = BookState.INVALID
        self._gate.lose()
        if event:
            self._keep(event)
        self._report_loss()

    def _report_loss(self) -> None:
        if self.lost_watcher is not None:
            self.lost_watcher(self)

    def _keep(self, event: _Buffered) -> None:
        if self._buffer and event.previous_id != self._buffer[-1].last_id:
            is_old = event.last_id <= self._buffer[-1].last_id
            if is_old and not self._is_outlived(StreamKind.DEPTH, self._buffer[-1].last_id):
                self.skipped += 1
                return
            self.gaps += 1
            self._drop_buffer()
        if len(self._buffer) == MOST_BUFFERED:
            self._buffer.popleft()
            self.skipped += 1
        self._buffer.append(event)

    def _is_outlived(self, kind: StreamKind, value: int) -> bool:
        return self._standing[kind].is_outlived(value, self.last_ms[kind])

    def _drop_buffer(self) -> None:
        self.skipped += len(self._buffer)
        self._buffer.clear()

    def _is_touch_news(self) -> bool:
        """Whether the touch is at other prices, or believed otherwise, than when this was asked last. A side that is
        empty has none, which equals itself."""
        bid, _, ask, _ = self.book.top
        told = (0 if isnan(bid) else bid, 0 if isnan(ask) else ask, self.book.state is BookState.VALID)
        if told == self._touch_told:
            return False
        self._touch_told = told
        return True

    def _changed(self, kind: StreamKind) -> None:
        self.last_change = kind
        watcher = self._touch_watcher
        if watcher is not None and kind in _KINDS_OF_TOUCH and self._is_touch_news():
            watcher(self)
        for listener in tuple(self._listeners):
            try:
                listener(self)
            except Exception:
                # A strategy's mistake must not cost it the socket, nor keep others from being called.
                _LOG.exception("%s: a listener of the feed failed", self.symbol)
