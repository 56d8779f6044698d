"""The market feed in plain Python: the specification of the compiled one."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from connector.core.enums import StreamKind
from connector.market.facts import MalformedFrameError, MarkPrices
from connector.market.plain.frames import FrameDecoder
from connector.market.plain.symbol_feed import SymbolFeed


class MarketFeed:
    """Hands each frame to the symbol that it names. A malformed frame is counted and changes nothing."""

    def __init__(self, *, only_family: int | None = 1, decoder: FrameDecoder | None = None) -> None:
        """`only_family`: drop rows whose family (`st`) is another; None takes all, as replay does."""
        #: Sound frames of kinds or symbols that aren't followed.
        self.ignored = 0
        self.malformed = 0
        #: Rows of another product family.
        self.foreign = 0
        self.last_error = ""
        #: Called after each depth event of a book that waits for a snapshot.
        self.snapshot_watcher: Callable[[SymbolFeed], None] | None = None
        self._only_family = only_family
        self._decoder = decoder or FrameDecoder()
        self._symbols: dict[str, SymbolFeed] = {}

    @property
    def symbols(self) -> Mapping[str, SymbolFeed]:
        return MappingProxyType(self._symbols)

    @property
    def fallback(self) -> int:
        """Frames that the compiled decoder left to the plain one."""
        return self._decoder.fallback

    def add(self, symbol: str, trading_pair: str) -> SymbolFeed:
        """The feed of a symbol, new or as it stands."""
        if symbol not in self._symbols:
            self._symbols[symbol] = SymbolFeed(symbol, trading_pair, self._decoder)
        return self._symbols[symbol]

    def remove(self, symbol: str) -> None:
        """Follows the symbol no more; one that isn't followed is no error."""
        self._symbols.pop(symbol, None)

    def on_frame(self, frame: bytes, received_ms: int) -> SymbolFeed | None:
        """The symbol whose data the frame holds; None where it holds nothing that is followed."""
        try:
            fact = self._decoder.decode(frame)
        except MalformedFrameError as flaw:
            self.malformed += 1
            self.last_error = f"malformed frame at {received_ms}: {flaw}"
            return None
        if fact.kind is StreamKind.MARK_PRICE:
            return self._on_mark_prices(fact, received_ms)
        if fact.kind is None:
            self._on_ignored(fact.symbol)
            return None
        followed = self._followed(fact.symbol, fact.family)
        if followed is None:
            return None
        followed.frames += 1
        followed.last_ms[fact.kind] = received_ms
        if fact.kind is StreamKind.DEPTH:
            followed.on_depth(fact, frame)
            if followed.needs_snapshot and self.snapshot_watcher is not None:
                self.snapshot_watcher(followed)
        elif fact.kind is StreamKind.BOOK_TICKER:
            followed.on_ticker(fact)
        else:
            followed.on_trade(fact.trade)
        return followed

    def _on_mark_prices(self, fact: MarkPrices, received_ms: int) -> SymbolFeed | None:
        """An array holds hundreds of rows; a frame of which none is followed counts as one ignored."""
        last = None
        rows = [row for row in fact.rows if not self._is_foreign(row.family)]
        for row in rows:
            followed = self._symbols.get(row.symbol)
            if followed is not None:
                followed.frames += 1
                followed.last_ms[StreamKind.MARK_PRICE] = received_ms
                followed.on_mark_price(row)
                last = followed
        self.ignored += bool(rows) and last is None
        return last

    def _on_ignored(self, symbol: str) -> None:
        self.ignored += 1
        followed = self._symbols.get(symbol)
        if followed is not None:
            followed.frames += 1

    def _followed(self, symbol: str, family: int) -> SymbolFeed | None:
        if self._is_foreign(family):
            return None
        followed = self._symbols.get(symbol)
        if followed is None:
            self.ignored += 1
        return followed

    def _is_foreign(self, family: int) -> bool:
        foreign = bool(family) and self._only_family is not None and family != self._only_family
        self.foreign += foreign
        return foreign
