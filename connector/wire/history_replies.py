"""Answers about what a market did.

Source: "Kline/Candlestick Data", "Compressed/Aggregate Trades List", "24hr Ticker Price Change Statistics", "Open
Interest", "Open Interest Statistics", "Long/Short Ratio", "Taker Buy/Sell Volume", as of 2026-11.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from connector.core import figures
from connector.core.enums import TradeType
from connector.core.figures import FigureError
from connector.core.funding_info import Candle, DayStatistics, HistoricalTrade, OpenInterest, StatisticRow
from connector.wire.json_text import Row, amount, flag, positive, read, rows_of, time_ms, unsigned, whole, word


def candles(body: bytes) -> tuple[Candle, ...]:
    """In the order of time, which they are told in."""

    def meaning(rows: Any) -> tuple[Candle, ...]:
        if not isinstance(rows, list):
            raise FigureError("candles: no list")
        found = tuple(_candle(row) for row in rows)
        if any(later.open_ms <= sooner.open_ms for sooner, later in pairwise(found)):
            raise FigureError("candles: not in the order of time")
        return found

    return read(body, "candles", meaning)


def _candle(row: Sequence[Any]) -> Candle:
    open_, high, low, close = (figures.exact(row[at], "price") for at in range(1, 5))
    if not 0 < low <= min(open_, close) <= max(open_, close) <= high:
        raise FigureError(f"candle: {low} and {high} do not hold {open_} and {close}")
    return Candle(
        figures.time_ms(row[0], "open time"), figures.time_ms(row[6], "close time"), open_, high, low, close,
        figures.exact(row[5], "volume"), figures.exact(row[7], "quote volume"), figures.whole(row[8], "trades"),
        figures.exact(row[9], "taker volume"), figures.exact(row[10], "taker quote volume"),
    )  # fmt: skip


def aggregate_trades(body: bytes) -> tuple[HistoricalTrade, ...]:
    """In the order of their ids."""
    return read(body, "trades", lambda rows: tuple(sorted(_trade(row) for row in rows_of(rows))))


def _trade(row: Row) -> HistoricalTrade:
    taker = TradeType.SELL if flag(row["m"]) else TradeType.BUY
    return HistoricalTrade(whole(row, "a"), time_ms(row, "T"), positive(row, "p"), unsigned(row, "q"), taker)


def day_statistics(body: bytes, symbol: str, trading_pair: str) -> DayStatistics:
    def meaning(row: Row) -> DayStatistics:
        _require(row, symbol)
        return DayStatistics(
            trading_pair=trading_pair,
            open_price=unsigned(row, "openPrice"),
            high_price=unsigned(row, "highPrice"),
            low_price=unsigned(row, "lowPrice"),
            last_price=unsigned(row, "lastPrice"),
            price_change_percent=amount(row, "priceChangePercent"),
            weighted_average_price=unsigned(row, "weightedAvgPrice"),
            volume=unsigned(row, "volume"),
            quote_volume=unsigned(row, "quoteVolume"),
            trades=whole(row, "count"),
            open_ms=time_ms(row, "openTime"),
            close_ms=time_ms(row, "closeTime"),
        )

    return read(body, "day statistics", meaning)


def open_interest(body: bytes, symbol: str, trading_pair: str) -> OpenInterest:
    def meaning(row: Row) -> OpenInterest:
        _require(row, symbol)
        return OpenInterest(trading_pair, unsigned(row, "openInterest"), time_ms(row, "time"))

    return read(body, "open interest", meaning)


def statistic(body: bytes, fields: Sequence[str]) -> tuple[StatisticRow, ...]:
    """The rows of a statistic with the figures of those fields, the oldest first."""

    def meaning(rows: object) -> tuple[StatisticRow, ...]:
        found = (
            StatisticRow(time_ms(row, "timestamp"), tuple(unsigned(row, field) for field in fields))
            for row in rows_of(rows)
        )
        return tuple(sorted(found))

    return read(body, "statistic", meaning)


def _require(row: Row, symbol: str) -> None:
    if word(row, "symbol") != symbol:
        raise FigureError(f"symbol: {row['symbol']} was not asked for")
