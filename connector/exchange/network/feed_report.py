"""What happened to the market data of each pair since the start, and on the sockets that carry it."""

from dataclasses import asdict, dataclass
from typing import Any

from connector.core.enums import StreamKind
from connector.exchange.market_data.ticker_lead import LeadFigures
from connector.exchange.network.components import Components
from connector.market.symbol_feed import SymbolFeed


@dataclass(frozen=True, slots=True)
class PairFigures:
    """What happened to one pair."""

    #: Of any kind.
    frames: int
    #: Depth events: those that changed the book, those that were old or known, and those that wait for a snapshot.
    applied: int
    skipped: int
    buffered: int
    #: How often the book was lost, to a gap or by crossing.
    resyncs: int
    #: The holes alone.
    gaps: int
    #: How often each kind of stream was found silent.
    silences: dict[str, int]
    ticker_lead: LeadFigures


@dataclass(frozen=True, slots=True)
class SocketFigures:
    """The sockets of one kind of stream, summed."""

    frames: int
    connections: int
    failures: int
    handovers: int
    refusals: int


@dataclass(frozen=True, slots=True)
class FeedReport:
    """All pairs and sockets, and beside them the frames that belong to no pair."""

    pairs: dict[str, PairFigures]
    sockets: dict[str, SocketFigures]
    malformed: int
    #: Frames of another product family.
    foreign: int
    #: Frames of events that are not followed.
    ignored: int
    #: Frames of a shape that the compiled decoder left to the plain one.
    fallback: int
    #: Events of the account that the compiled reader left to the plain one.
    user_fallback: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def feed_report(components: Components) -> FeedReport:
    """The figures as they stand now."""
    counters = {
        "books": components.streams.books.stream.counters,
        "funding": components.streams.mark_trades.stream.counters,
        "user": components.user.stream.counters,
    }
    return FeedReport(
        pairs={row.trading_pair: _pair(components, row) for row in components.feed.symbols.values()},
        sockets={name: SocketFigures(**asdict(row)) for name, row in counters.items()},
        malformed=components.feed.malformed,
        foreign=components.feed.foreign,
        ignored=components.feed.ignored,
        fallback=components.feed.fallback,
        user_fallback=components.user.reader.fallback,
    )


def _pair(components: Components, row: SymbolFeed) -> PairFigures:
    silences = {kind.value: components.liveness.silences.get((kind, row.symbol), 0) for kind in StreamKind}
    return PairFigures(
        frames=row.frames,
        applied=row.applied,
        skipped=row.skipped,
        buffered=row.buffered,
        resyncs=row.resyncs,
        gaps=row.gaps,
        silences={kind: count for kind, count in silences.items() if count},
        ticker_lead=components.streams.books.leads.figures(row.symbol),
    )
