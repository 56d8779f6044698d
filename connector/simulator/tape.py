"""The public record of a symbol's trades, single and aggregated."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class PublicTrade:
    """One match. `buyer_is_maker`: the seller took; `is_rpi`: the maker's order was a retail price improvement."""

    trade_id: int
    ticks: int
    lots: int
    time_ms: int
    buyer_is_maker: bool
    is_rpi: bool = False


@dataclass(slots=True, eq=False)
class AggregateTrade:
    """What one taking order did at one price."""

    aggregate_id: int
    taker_id: int
    ticks: int
    lots: int
    first_id: int
    last_id: int
    time_ms: int
    buyer_is_maker: bool


class Tape:
    """Keeps the latest trades, and what nobody collected yet."""

    def __init__(self, next_aggregate: Callable[[], int]) -> None:
        self._next_aggregate = next_aggregate
        self.trades: deque[PublicTrade] = deque(maxlen=MOST_KEPT)
        self.aggregates: deque[AggregateTrade] = deque(maxlen=MOST_KEPT)
        self._fresh_trades: deque[PublicTrade] = deque(maxlen=MOST_KEPT)
        self._fresh_aggregates: deque[AggregateTrade] = deque(maxlen=MOST_KEPT)

    @property
    def last_ticks(self) -> int | None:
        """The price of the latest trade."""
        return self.trades[-1].ticks if self.trades else None

    def print(self, trade: PublicTrade, taker_id: int) -> None:
        """Records a match; the fills of one taking order at one price become one aggregate."""
        self.trades.append(trade)
        self._fresh_trades.append(trade)
        last = self.aggregates[-1] if self.aggregates else None
        if last is not None and last.taker_id == taker_id and last.ticks == trade.ticks:
            last.lots += trade.lots
            last.last_id = trade.trade_id
            return
        opened = AggregateTrade(
            aggregate_id=self._next_aggregate(),
            taker_id=taker_id,
            ticks=trade.ticks,
            lots=trade.lots,
            first_id=trade.trade_id,
            last_id=trade.trade_id,
            time_ms=trade.time_ms,
            buyer_is_maker=trade.buyer_is_maker,
        )
        self.aggregates.append(opened)
        self._fresh_aggregates.append(opened)

    def fresh_trades(self) -> list[PublicTrade]:
        """The trades since the last call."""
        fresh = list(self._fresh_trades)
        self._fresh_trades.clear()
        return fresh

    def fresh_aggregates(self) -> list[AggregateTrade]:
        """The aggregates since the last call."""
        fresh = list(self._fresh_aggregates)
        self._fresh_aggregates.clear()
        return fresh
