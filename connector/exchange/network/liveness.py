"""Connected is not healthy: every stream has an age limit, and a silent one shuts its gate.

    kind          heard of a pair when                                     silent: gate
    depth         a frame came, or REST confirmed a quiet book             shuts
    mark price    a frame came                                             shuts
    book ticker   a frame came, or the touch of depth alone did not move   a remark: the book is right without it
    trades        a frame came, or REST knows of none since the last look  a remark: books and funding are right without
    user          an order of ours was answered, and its event came        shuts, by a new connection

One silent stream among many gets its subscription anew; when that does not help, its socket gets a successor, made
before it is closed. A socket that carries nothing at all is dropped. A book whose stream was silent is rebuilt, and
only a frame or a comparison makes it fresh again.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal

from connector.core.clock import Clock
from connector.core.enums import BookState, StreamKind
from connector.exchange import gates
from connector.exchange.account.ack_event_watch import STALE_AFTER_MS
from connector.exchange.account.user_source import UserSource
from connector.exchange.beat import LOOK_EVERY_S, beat
from connector.exchange.gates import Gates
from connector.exchange.market_data.market_streams import MarketStreams
from connector.exchange.market_data.sharded_stream import ShardedStream
from connector.market.feed import MarketFeed
from connector.market.symbol_feed import SymbolFeed

_DEPTH_LAG_MS = 1_000
#: The order in which ages are told.
_TOLD_IN = (StreamKind.DEPTH, StreamKind.BOOK_TICKER, StreamKind.TRADE, StreamKind.MARK_PRICE)

Touch = tuple[tuple[Decimal, Decimal] | None, tuple[Decimal, Decimal] | None]


@dataclass(frozen=True, slots=True)
class Watched:
    """One kind of stream."""

    kind: StreamKind
    gate: str
    #: How long it may be silent.
    limit_ms: int
    stream: ShardedStream
    #: When a pair of it was last heard of, by the steady clock.
    heard_ms: Callable[[SymbolFeed], int]
    #: What is done first about a silent one, by symbol.
    mend: Callable[[str], None]
    #: Whether a silence shuts the gate, or is a remark beside it.
    shuts: bool = True


class Liveness:
    """Watches the ages of all streams. `run` runs until cancelled."""

    def __init__(
        self,
        feed: MarketFeed,
        streams: MarketStreams,
        user: UserSource | None,
        status: Gates,
        clock: Clock,
        owes_at_most_ms: int = STALE_AFTER_MS,
    ) -> None:
        """`user`: None where there is no account.

        `owes_at_most_ms`: how long the user stream may not tell what is known to have happened."""
        self._owes_at_most_ms = owes_at_most_ms
        self._feed = feed
        self._user = user
        self._gates = status
        self._clock = clock
        self._quiet_touch = QuietTouch(clock)
        #: When a book was last seen waiting for a snapshot.
        self._rebuilt_ms: dict[str, int] = {}
        #: When a pair's silent stream was last mended, and how often in a row.
        self._mended: dict[tuple[StreamKind, str], tuple[int, int]] = {}
        #: How often each kind of stream of a pair was found silent.
        self.silences: dict[tuple[StreamKind, str], int] = {}
        books, mark_trades = streams.books, streams.mark_trades
        kinds = (
            Watched(
                StreamKind.DEPTH, gates.ORDER_BOOKS, 5_000, books.stream,
                streams.quiet_books.heard_ms, books.refresh,
            ),
            Watched(
                StreamKind.MARK_PRICE, gates.FUNDING_INFO, 5_000, mark_trades.stream,
                _mark_price_heard_ms, mark_trades.stream.resubscribe,
            ),
            Watched(
                StreamKind.BOOK_TICKER, gates.ORDER_BOOKS, 5_000, books.stream,
                self._quiet_touch.heard_ms, books.stream.resubscribe, shuts=False,
            ),
            Watched(
                StreamKind.TRADE, gates.FUNDING_INFO, 15_000, mark_trades.stream,
                streams.quiet_trades.heard_ms, mark_trades.ask_for_trades_anew, shuts=False,
            ),
        )  # fmt: skip
        self._watched = tuple(row for row in kinds if row.kind is not StreamKind.BOOK_TICKER or books.hears_ticker)

    async def run(self) -> None:
        while True:
            self.check(self._clock.monotonic_ms())
            await beat(LOOK_EVERY_S)

    def check(self, now_ms: int) -> None:
        """One look at everything, at the given monotonic time."""
        for watched in self._watched:
            self._check(watched, now_ms)
        user = self._user
        if user is not None and user.is_up and user.ack_watch.overdue_ms(now_ms) > self._owes_at_most_ms:
            user.distrust("what is known of orders is not told by it")

    def trouble_of(self, symbol_feed: SymbolFeed) -> str:
        """Why a pair's book, mark price or funding can't be believed now, in words; empty while they can."""
        now_ms = self._clock.monotonic_ms()
        troubles = (self._trouble(watched, symbol_feed, now_ms) for watched in self._watched if watched.shuts)
        return next((text.removeprefix(f"{symbol_feed.trading_pair}: ") for text in troubles if text), "")

    def forget(self, symbol: str) -> None:
        """The symbol is followed no more."""
        self._quiet_touch.forget(symbol)
        self._rebuilt_ms.pop(symbol, None)
        for kind in StreamKind:
            self._mended.pop((kind, symbol), None)

    def ages_ms(self, now_ms: int) -> dict[StreamKind, int | None]:
        """The age of the oldest pair's last frame by kind, of those that are listened to, and of the user stream; None
        before the first."""
        ages: dict[StreamKind, int | None] = {}
        for kind in sorted((watched.kind for watched in self._watched), key=_TOLD_IN.index):
            oldest_ms = min((symbol_feed.last_frame_ms(kind) for symbol_feed in self._feed.symbols.values()), default=0)
            ages[kind] = now_ms - oldest_ms if oldest_ms else None
        heard_ms = self._user.last_frame_ms if self._user else 0
        ages[StreamKind.USER] = now_ms - heard_ms if heard_ms else None
        return ages

    def _check(self, watched: Watched, now_ms: int) -> None:
        first_trouble = ""
        silent: list[SymbolFeed] = []
        for symbol_feed in self._feed.symbols.values():
            trouble = self._trouble(watched, symbol_feed, now_ms)
            first_trouble = first_trouble or trouble
            # Of what shuts no gate, silence is the only trouble.
            if self._is_silent(watched, symbol_feed, now_ms) if watched.shuts else trouble:
                silent.append(symbol_feed)
            else:
                self._mended.pop((watched.kind, symbol_feed.symbol), None)
        if first_trouble and watched.shuts:
            self._gates.fall(watched.gate, first_trouble)
        elif first_trouble:
            self._gates.note(watched.gate, first_trouble)
        elif watched.shuts:
            self._gates.hold(watched.gate)
        if silent:
            self._mend(watched, silent, now_ms)

    def _trouble(self, watched: Watched, symbol_feed: SymbolFeed, now_ms: int) -> str:
        """Why a pair's data of this kind cannot be believed; empty when it can."""
        pair, stream = symbol_feed.trading_pair, watched.stream.stream_of(symbol_feed.symbol)
        if not watched.shuts:
            if not stream.up_since_ms or not self._is_silent(watched, symbol_feed, now_ms):
                return ""
            return f"{pair}: {_silence(watched, now_ms - watched.heard_ms(symbol_feed))}"
        heard_ms = watched.heard_ms(symbol_feed)
        if not stream.up_since_ms:
            return _with_error(f"{pair}: the {watched.kind} stream is not connected", stream.last_error)
        if heard_ms < stream.up_since_ms:
            return _with_error(f"{pair}: no {watched.kind} frame yet", stream.last_error)
        if now_ms - heard_ms > watched.limit_ms:
            return f"{pair}: {_silence(watched, now_ms - heard_ms)}"
        if watched.kind is StreamKind.DEPTH and symbol_feed.book.state is not BookState.VALID:
            return f"{pair}: {symbol_feed.last_error or 'the book is being rebuilt'}"
        return ""

    def _is_silent(self, watched: Watched, symbol_feed: SymbolFeed, now_ms: int) -> bool:
        return self._silent_ms(watched, symbol_feed, now_ms) > watched.limit_ms

    def _silent_ms(self, watched: Watched, symbol_feed: SymbolFeed, now_ms: int) -> int:
        """How long nothing was heard on a connection that is up; 0 while none is. A book that waits for a snapshot
        cannot be compared, so its silence says nothing yet."""
        up_ms = watched.stream.stream_of(symbol_feed.symbol).up_since_ms
        if watched.gate == gates.ORDER_BOOKS and symbol_feed.needs_snapshot:
            self._rebuilt_ms[symbol_feed.symbol] = now_ms
        since_ms = self._rebuilt_ms.get(symbol_feed.symbol, 0) if watched.gate == gates.ORDER_BOOKS else 0
        return now_ms - max(up_ms, since_ms, watched.heard_ms(symbol_feed)) if up_ms else 0

    def _mend(self, watched: Watched, silent: Collection[SymbolFeed], now_ms: int) -> None:
        """Each silent stream once a limit: its subscription first, then its connection."""
        for symbol_feed in silent:
            key = watched.kind, symbol_feed.symbol
            mended_ms, times = self._mended.get(key, (0, 0))
            if times and now_ms - mended_ms <= watched.limit_ms:
                continue
            self._mended[key] = now_ms, times + 1
            self.silences[key] = self.silences.get(key, 0) + (not times)
            stream = watched.stream.stream_of(symbol_feed.symbol)
            reason = f"{symbol_feed.trading_pair}: {_silence(watched, self._silent_ms(watched, symbol_feed, now_ms))}"
            if watched.shuts and now_ms - stream.last_frame_ms > watched.limit_ms:
                stream.drop(reason)
            elif times:
                stream.renew(reason)
            else:
                watched.mend(symbol_feed.symbol)


class QuietTouch:
    """When the ticker was last in step: at its frame, or as long as the touch of depth alone stays as it was soon
    after. Depth tells later what a ticker told: what changes within `_DEPTH_LAG_MS` of a frame is no news."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[str, tuple[tuple[int, int], Touch, int]] = {}

    def heard_ms(self, symbol_feed: SymbolFeed) -> int:
        frame_ms, book = symbol_feed.last_frame_ms(StreamKind.BOOK_TICKER), symbol_feed.book
        origin, touch = (frame_ms, book.snapshot_uid), (book.best_bid, book.best_ask)
        seen = self._seen.get(symbol_feed.symbol)
        now_ms = self._clock.monotonic_ms()
        is_told = now_ms - frame_ms < _DEPTH_LAG_MS or book.state is not BookState.VALID
        if seen is None or is_told or seen[0] != origin or seen[1] == touch:
            seen = origin, touch, now_ms
            self._seen[symbol_feed.symbol] = seen
        return seen[2]

    def forget(self, symbol: str) -> None:
        self._seen.pop(symbol, None)


def _mark_price_heard_ms(symbol_feed: SymbolFeed) -> int:
    return symbol_feed.last_frame_ms(StreamKind.MARK_PRICE)


def _silence(watched: Watched, age_ms: int) -> str:
    return f"{watched.kind} silent for {age_ms / 1000:.1f} s"


def _with_error(text: str, error: str) -> str:
    return f"{text} ({error})" if error else text
