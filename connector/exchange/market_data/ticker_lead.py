"""How much earlier the ticker tells the best prices than depth does, and whether the two agree.

A ticker leads by the time until the depth event comes that covers its update id. Its touch must be that of depth alone
at the same id: of the tickers up to a depth event, the newest tells the touch of the book after it. It may come after
the event, so the comparison waits a little.
"""

from bisect import bisect_right, insort
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from connector.core.enums import BookState, StreamKind
from connector.market.facts import MalformedFrameError
from connector.market.frames import FrameDecoder
from connector.market.symbol_feed import SymbolFeed

Touch = tuple[tuple[Decimal, Decimal] | None, tuple[Decimal, Decimal] | None]

_MOST_SAMPLES = 100_000
#: A ticker that comes later than this after the depth event of its id is not waited for.
_SETTLED_MS = 300
#: Of live frames those of one second in ten are measured.
MEASURED_EVERY_S, MEASURED_FOR_S = 10.0, 1.0


@dataclass(frozen=True, slots=True)
class LeadFigures:
    """How the tickers of one symbol stood to its depth events."""

    #: Tickers that came before depth told the same, and those that came after it.
    leads: int
    late: int
    #: How much earlier they came; None without any.
    median_ms: float | None
    p99_ms: float | None
    #: Touches that both told, and those of them that differed.
    compared: int
    disagreements: int


class TickerLead:
    """One symbol's measure. Times are of any one clock, in ms."""

    def __init__(self) -> None:
        self._leads_ms: deque[float] = deque(maxlen=_MOST_SAMPLES)
        self._waiting: deque[tuple[int, float]] = deque()
        self._events: deque[tuple[int, Touch, float]] = deque()
        self._tickers: list[tuple[int, Touch]] = []
        self._depth_id = 0
        self._late = self._compared = self._disagreements = 0

    def on_ticker(self, update_id: int, touch: Touch, at_ms: float) -> None:
        insort(self._tickers, (update_id, touch), key=_update_id)
        while self._events and self._events[0][2] + _SETTLED_MS < at_ms:
            self._compare(*self._events.popleft()[:2])
        if update_id > self._depth_id:
            self._waiting.append((update_id, at_ms))
        else:
            self._late += 1

    def on_depth(self, last_id: int, touch: Touch, at_ms: float) -> None:
        """A depth event was applied; `touch` is of depth alone."""
        self._depth_id = last_id
        while self._waiting and self._waiting[0][0] <= last_id:
            self._leads_ms.append(at_ms - self._waiting.popleft()[1])
        self._events.append((last_id, touch, at_ms))

    def forget(self) -> None:
        """What comes next does not follow what came."""
        self._waiting.clear()
        self._events.clear()
        self._tickers.clear()

    @property
    def figures(self) -> LeadFigures:
        sorted_ms = sorted(self._leads_ms)
        return LeadFigures(
            leads=len(sorted_ms),
            late=self._late,
            median_ms=_quantile(sorted_ms, 0.5),
            p99_ms=_quantile(sorted_ms, 0.99),
            compared=self._compared,
            disagreements=self._disagreements,
        )

    def _compare(self, last_id: int, touch: Touch) -> None:
        place = bisect_right(self._tickers, last_id, key=_update_id)
        if place:
            self._compared += 1
            self._disagreements += self._tickers[place - 1][1] != touch
            del self._tickers[: place - 1]


class LeadWatch:
    """Measures a live feed between `begin` and `end`. `on_frame` is called after the feed took the frame."""

    def __init__(self, feeds: Mapping[str, SymbolFeed]) -> None:
        self._feeds = feeds
        self._decoder = FrameDecoder()
        self._leads: dict[str, TickerLead] = {}
        self.is_measuring = False

    def begin(self) -> None:
        """What comes now does not follow what was measured before."""
        self.is_measuring = True
        for lead in self._leads.values():
            lead.forget()

    def end(self) -> None:
        self.is_measuring = False

    def on_frame(self, frame: bytes, received_ms: int) -> None:
        try:
            fact = self._decoder.decode(frame)
        except MalformedFrameError:
            return  # the feed has counted it
        if fact.kind is StreamKind.BOOK_TICKER and fact.symbol in self._feeds:
            self._lead(fact.symbol).on_ticker(fact.update_id, (fact.best_bid, fact.best_ask), received_ms)
        elif fact.kind is StreamKind.DEPTH and fact.symbol in self._feeds:
            book = self._feeds[fact.symbol].book
            if book.state is BookState.VALID and book.last_diff_uid == fact.last_id:
                self._lead(fact.symbol).on_depth(fact.last_id, (book.best_bid, book.best_ask), received_ms)
            else:
                self._lead(fact.symbol).forget()

    def figures(self, symbol: str) -> LeadFigures:
        return self._leads.get(symbol, TickerLead()).figures

    def forget(self, symbol: str) -> None:
        """The symbol is followed no more."""
        self._leads.pop(symbol, None)

    def _lead(self, symbol: str) -> TickerLead:
        return self._leads.setdefault(symbol, TickerLead())


def _update_id(ticker: tuple[int, Touch]) -> int:
    return ticker[0]


def _quantile(sorted_ms: list[float], share: float) -> float | None:
    return sorted_ms[min(len(sorted_ms) - 1, int(share * len(sorted_ms)))] if sorted_ms else None
