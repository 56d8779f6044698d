"""What is known of a pair beside its book: its funding, and what its market did."""

from collections.abc import Awaitable
from dataclasses import dataclass
from decimal import Decimal
from enum import IntFlag
from typing import Any, NamedTuple, Protocol

from connector.core.enums import TradeType


@dataclass(frozen=True, slots=True)
class FundingInfo:
    """A pair's prices of funding, and the venue's forecast for the next settlement."""

    trading_pair: str
    index_price: Decimal
    mark_price: Decimal
    #: When the next settlement is, in s since the epoch.
    next_funding_utc_timestamp: float
    #: The forecast, a fraction per interval (0.0001 is 0.01 %): positive means that longs pay shorts.
    rate: Decimal

    def seconds_to_funding(self, now_s: float) -> float:
        """Seconds until the settlement, never negative."""
        return max(0.0, self.next_funding_utc_timestamp - now_s)


class SettledRate(NamedTuple):
    """What was paid at a settlement that is over."""

    time_ms: int
    rate: Decimal


@dataclass(frozen=True, slots=True)
class FundingTerms:
    """How a pair's funding is settled, and what was."""

    trading_pair: str
    #: 0: not known yet.
    interval_s: float
    #: None: the exchange names none beside its default; likewise the floor.
    rate_cap: Decimal | None
    rate_floor: Decimal | None
    #: The newest last.
    settled: tuple[SettledRate, ...]


class FundingChange(IntFlag):
    """What is new about a pair's funding: the forecast, the time between settlements, the time of the next one."""

    NONE = 0
    RATE = 1
    INTERVAL = 2
    NEXT_TIME = 4


class Candle(NamedTuple):
    """What was traded in one interval; amounts in base units, times in ms by the venue's clock."""

    open_ms: int
    #: The last millisecond of it.
    close_ms: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    quote_volume: Decimal
    trades: int
    #: What takers bought, of `volume` and `quote_volume`.
    taker_buy_volume: Decimal
    taker_buy_quote_volume: Decimal


class HistoricalTrade(NamedTuple):
    """Trades of one taker at one price in one moment, as the venue puts them together."""

    trade_id: int
    time_ms: int
    price: Decimal
    amount: Decimal
    #: What the taker did.
    trade_type: TradeType


class StatisticRow(NamedTuple):
    """One period of a statistic; the figures as its columns name them."""

    time_ms: int
    figures: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class DayStatistics:
    """A pair's last 24 hours."""

    trading_pair: str
    open_price: Decimal
    high_price: Decimal
    low_price: Decimal
    last_price: Decimal
    #: In percent.
    price_change_percent: Decimal
    weighted_average_price: Decimal
    #: In base units, and in the quote asset.
    volume: Decimal
    quote_volume: Decimal
    trades: int
    #: In ms, by the venue's clock.
    open_ms: int
    close_ms: int


@dataclass(frozen=True, slots=True)
class OpenInterest:
    """What all longs of a pair hold together, which is what all shorts hold."""

    trading_pair: str
    #: In base units.
    amount: Decimal
    #: In ms, by the venue's clock.
    time_ms: int


class HistoryView(Protocol):
    """What an exchange answers about a market's past. Frames are pandas' own, whose import costs half a second at the
    first of them."""

    def get_candles(self, trading_pair: str, interval: str = "1m", limit: int = 500) -> Awaitable[Any]: ...
    def get_day_statistics(self, trading_pair: str) -> Awaitable[DayStatistics]: ...
    def get_open_interest(self, trading_pair: str) -> Awaitable[OpenInterest]: ...
    def get_funding_history(self, trading_pair: str, start: float | None = None) -> Awaitable[Any]: ...
    def get_public_trades(self, trading_pair: str, start: float, end: float) -> Awaitable[Any]: ...
    def get_statistics(self, trading_pair: str, name: str, period: str = "5m", limit: int = 30) -> Awaitable[Any]: ...
