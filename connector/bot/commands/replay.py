"""Plays a capture through the feed that live frames take, and checks each step against the venue's own touch.

The check: after every depth event applied, the best bid and ask of depth alone equal the last bookTicker of the whole
file, whatever its arrival, whose update id is not above the event's. Events before the first ticker, and those whose
ticker is older than the snapshot, can't be checked. Where a capture has both, the lead of the ticker is measured, too.

Where the recorder had to connect anew, the snapshot that it fetched stands before the first frame that tells of the
gap, while the book played here is still valid: it is kept until a frame asks for it.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from connector.bot.commands.captures import CapturedFrame, CapturedSnapshot, captures_at, read_capture
from connector.core.amounts import plain
from connector.core.enums import StreamKind
from connector.core.faults import ConfigFault
from connector.exchange.market_data.ticker_lead import LeadFigures, TickerLead
from connector.market.facts import Fact, MalformedFrameError
from connector.market.feed import MarketFeed
from connector.market.frames import FrameDecoder
from connector.market.symbol_feed import SymbolFeed

_NS_PER_MS = 10**6

Quote = tuple[Decimal, Decimal] | None


@dataclass(frozen=True, slots=True)
class SymbolReplay:
    """What came of one symbol's frames."""

    #: Those that name the symbol.
    frames: int
    #: Depth events that changed the book, and those that were old or known.
    applied: int
    skipped: int
    resyncs: int
    #: What the book ended on, by depth alone: price and amount.
    best_bid: Quote
    best_ask: Quote
    #: Depth events that were held against the ticker of their id, and those that agreed.
    checked: int
    matched: int
    #: None where the capture has no tickers, or no depth.
    lead: LeadFigures | None = None


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What came of a capture."""

    symbols: Mapping[str, SymbolReplay]
    #: Frames of no followed event, and those that were no frames of the venue.
    ignored: int
    malformed: int

    def as_json(self) -> str:
        """The result as a JSON object; prices and amounts are texts in plain notation."""
        rows = {
            symbol: {
                "frames": row.frames,
                "applied": row.applied,
                "skipped": row.skipped,
                "resyncs": row.resyncs,
                "best_bid": _plain(row.best_bid),
                "best_ask": _plain(row.best_ask),
                "checked": row.checked,
                "matched": row.matched,
                **_as_json(row.lead),
            }
            for symbol, row in self.symbols.items()
        }
        return json.dumps({"symbols": rows, "ignored": self.ignored, "malformed": self.malformed}, indent=2)


@dataclass(slots=True)
class _Touches:
    """The venue's touch by update id, and how often a book agreed with it."""

    by_id: dict[int, tuple[Quote, Quote]] = field(default_factory=dict)
    ids: list[int] = field(default_factory=list)
    has_depth: bool = False
    lead: TickerLead = field(default_factory=TickerLead)
    at_ms: float = 0.0
    #: No ticker came since the last snapshot; those of before, and those that were told meanwhile, check nothing.
    is_cut: bool = False
    from_id: int = 0
    checked: int = 0
    matched: int = 0

    def begin_anew(self) -> None:
        """A snapshot was fetched amid the frames: the stream may have been lost, and tickers with it."""
        self.is_cut = True
        self.lead.forget()

    def check(self, followed: SymbolFeed) -> None:
        book = followed.book
        self.lead.on_depth(book.last_diff_uid, (book.best_bid, book.best_ask), self.at_ms)
        place = bisect_right(self.ids, book.last_diff_uid) - 1
        if self.is_cut or place < 0 or self.ids[place] < max(book.snapshot_uid, self.from_id):
            return
        self.checked += 1
        self.matched += self.by_id[self.ids[place]] == (book.best_bid, book.best_ask)


def replay(
    path: Path,
    *,
    new_decoder: Callable[[], FrameDecoder] = FrameDecoder,
    watcher: Callable[[SymbolFeed], None] | None = None,
) -> ReplayResult:
    """Plays what `path` names, one capture after another. `watcher` sees the feed after every depth event applied.

    Raises `ConfigFault`.
    """
    results = [_replay_one(capture, new_decoder, watcher) for capture in captures_at(path)]
    return ReplayResult(
        symbols={symbol: row for result in results for symbol, row in result.symbols.items()},
        ignored=sum(result.ignored for result in results),
        malformed=sum(result.malformed for result in results),
    )


def _replay_one(
    path: Path, new_decoder: Callable[[], FrameDecoder], watcher: Callable[[SymbolFeed], None] | None
) -> ReplayResult:
    decoder = new_decoder()
    touches = _survey(path, decoder)
    feed = MarketFeed(only_family=None, decoder=new_decoder())
    for symbol, seen in touches.items():
        feed.add(symbol, symbol).depth_watcher = _both(seen.check, watcher)
    early: dict[str, bytes] = {}
    for record in read_capture(path):
        received_ms = record.received_ns // _NS_PER_MS
        if isinstance(record, CapturedFrame):
            _time_lead(decoder, record, touches)
            changed = feed.on_frame(record.frame, received_ms)
            if changed is not None and changed.symbol in early and changed.needs_snapshot:
                changed.on_snapshot(early.pop(changed.symbol), received_ms)
            continue
        followed = feed.symbols[_symbol_of(record, touches, path)]
        if followed.applied:
            touches[followed.symbol].begin_anew()
        if followed.needs_snapshot:
            followed.on_snapshot(record.body, received_ms)
        else:
            early[followed.symbol] = record.body
    rows = {symbol: _row(followed, touches[symbol]) for symbol, followed in feed.symbols.items()}
    return ReplayResult(rows, feed.ignored, feed.malformed)


def _survey(path: Path, decoder: FrameDecoder) -> dict[str, _Touches]:
    """First pass: the symbols as they appear, and the tickers of the whole file."""
    touches: dict[str, _Touches] = {}
    for record in read_capture(path, warns=False):
        if isinstance(record, CapturedSnapshot):
            if record.symbol:
                touches.setdefault(record.symbol, _Touches())
            continue
        try:
            fact = decoder.decode(record.frame)
        except MalformedFrameError:
            continue  # the second pass counts it
        for symbol in _symbols_of(fact):
            touches.setdefault(symbol, _Touches()).has_depth |= fact.kind is StreamKind.DEPTH
        if fact.kind is StreamKind.BOOK_TICKER:
            touches[fact.symbol].by_id[fact.update_id] = (fact.best_bid, fact.best_ask)
    for seen in touches.values():
        seen.ids = sorted(seen.by_id)
    return touches


def _time_lead(decoder: FrameDecoder, record: CapturedFrame, touches: Mapping[str, _Touches]) -> None:
    """Notes a ticker's time, or the time at which a depth event is about to be applied."""
    try:
        fact = decoder.decode(record.frame)
    except MalformedFrameError:
        return  # the feed counts it
    at_ms = record.received_ns / _NS_PER_MS
    if fact.kind is StreamKind.BOOK_TICKER:
        seen = touches[fact.symbol]
        if seen.is_cut:
            seen.is_cut, seen.from_id = False, fact.update_id
        seen.lead.on_ticker(fact.update_id, (fact.best_bid, fact.best_ask), at_ms)
    elif fact.kind is StreamKind.DEPTH:
        touches[fact.symbol].at_ms = at_ms


def _symbols_of(fact: Fact) -> tuple[str, ...]:
    if fact.kind is None:
        return ()
    if fact.kind is StreamKind.MARK_PRICE:
        return tuple(row.symbol for row in fact.rows)
    return (fact.symbol,)


def _symbol_of(record: CapturedSnapshot, touches: Mapping[str, _Touches], path: Path) -> str:
    if record.symbol:
        return record.symbol
    deep = [symbol for symbol, seen in touches.items() if seen.has_depth]
    if len(deep) != 1:
        rule = f"its depth snapshot names no symbol and the depth frames name {len(deep)}"
        raise ConfigFault("capture", path, rule, "record one symbol a file")
    return deep[0]


def _both(
    check: Callable[[SymbolFeed], None], watcher: Callable[[SymbolFeed], None] | None
) -> Callable[[SymbolFeed], None]:
    if watcher is None:
        return check

    def watched(followed: SymbolFeed) -> None:
        check(followed)
        watcher(followed)

    return watched


def _row(followed: SymbolFeed, seen: _Touches) -> SymbolReplay:
    return SymbolReplay(
        frames=followed.frames,
        applied=followed.applied,
        skipped=followed.skipped,
        resyncs=followed.resyncs,
        best_bid=followed.book.best_bid,
        best_ask=followed.book.best_ask,
        checked=seen.checked,
        matched=seen.matched,
        lead=seen.lead.figures if seen.has_depth and seen.ids else None,
    )


def _as_json(lead: LeadFigures | None) -> dict[str, object]:
    if lead is None:
        return {}
    spread = (lead.median_ms, lead.p99_ms)
    median_ms, p99_ms = (None if figure is None else round(figure, 3) for figure in spread)
    row = {"tickers": lead.leads, "late": lead.late, "median_ms": median_ms, "p99_ms": p99_ms}
    return {"ticker_lead": {**row, "compared": lead.compared, "disagreements": lead.disagreements}}


def _plain(quote: Quote) -> list[str] | None:
    return [plain(number) for number in quote] if quote else None
