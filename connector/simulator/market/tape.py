"""The public record of a symbol's trades: single, aggregated, and as candles."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from connector.core.value_objects import value_object
from connector.simulator.history import At, History
from connector.simulator.market.candles import SECONDS, WIDTHS_MS, Bar, Candles

MOST_KEPT = 10_000


@value_object
class PublicTrade:
    """One match."""

    trade_id: int
    ticks: int
    lots: int
    time_ms: int
    #: Whether the seller took.
    buyer_is_maker: bool
    #: Whether the maker's order was a retail price improvement.
    is_rpi: bool = False


@dataclass(slots=True, eq=False)
class AggregateTrade:
    """What one taking order did at one price."""

    aggregate_id: int
    taker_id: int
    ticks: int
    lots: int
    #: Without hidden retail liquidity.
    plain_lots: int
    first_id: int
    last_id: int
    time_ms: int
    buyer_is_maker: bool


def trade_at(trade: PublicTrade) -> At:
    return trade.time_ms, trade.trade_id


def aggregate_at(trade: AggregateTrade) -> At:
    return trade.time_ms, trade.aggregate_id


class Tape:
    """Keeps the latest trades, their candles, and what nobody collected yet."""

    def __init__(self, next_aggregate: Callable[[], int]) -> None:
        self._next_aggregate = next_aggregate
        self.trades: History[PublicTrade] = History(trade_at, MOST_KEPT)
        self.aggregates: History[AggregateTrade] = History(aggregate_at, MOST_KEPT)
        self.candles = Candles((SECONDS, *(interval for interval in WIDTHS_MS if interval != SECONDS)))
        self.last: PublicTrade | None = None
        self._last_aggregate: AggregateTrade | None = None
        self._fresh_trades: deque[PublicTrade] = deque(maxlen=MOST_KEPT)
        self._fresh_aggregates: deque[AggregateTrade] = deque(maxlen=MOST_KEPT)

    @property
    def last_ticks(self) -> int | None:
        """The price of the latest trade."""
        return None if self.last is None else self.last.ticks

    @property
    def has_fresh_trades(self) -> bool:
        return bool(self._fresh_trades)

    @property
    def has_fresh_aggregates(self) -> bool:
        return bool(self._fresh_aggregates)

    def print(self, trade: PublicTrade, taker_id: int) -> None:
        """Records a match; the fills of one taking order at one price become one aggregate."""
        self.last = trade
        self.trades.append(trade)
        self._fresh_trades.append(trade)
        self.candles.add(_bar(trade))
        plain_lots = 0 if trade.is_rpi else trade.lots
        last = self._last_aggregate
        if last is not None and last.taker_id == taker_id and last.ticks == trade.ticks:
            last.lots += trade.lots
            last.plain_lots += plain_lots
            last.last_id = trade.trade_id
            return
        self._last_aggregate = opened = AggregateTrade(
            aggregate_id=self._next_aggregate(),
            taker_id=taker_id,
            ticks=trade.ticks,
            lots=trade.lots,
            plain_lots=plain_lots,
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


def _bar(trade: PublicTrade) -> Bar:
    ticks, lots = trade.ticks, trade.lots
    value = ticks * lots
    taken_lots, taken_value = (0, 0) if trade.buyer_is_maker else (lots, value)
    number = trade.trade_id
    return Bar(trade.time_ms, ticks, ticks, ticks, ticks, 1, lots, value, taken_lots, taken_value, number, number)
