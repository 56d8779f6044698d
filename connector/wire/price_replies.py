"""Answers about prices: indices of assets in USD, and of a pair in the past; last trades.

Source: "Multi-Assets Mode Asset Index", "Index Price Kline/Candlestick Data", "Symbol Price Ticker V2", as of
2026-11.
"""

from decimal import Decimal
from typing import Any, NamedTuple

from connector.core import figures
from connector.core.figures import FigureError
from connector.wire.json_text import Row, positive, read, sound_rows, time_ms, word


class IndexPrice(NamedTuple):
    """What an asset was worth, by the venue's clock."""

    time_ms: int
    price: Decimal


def asset_index(body: bytes, symbol: str) -> IndexPrice:
    """In USD, of the asset that was asked for."""

    def meaning(row: Row) -> IndexPrice:
        if word(row, "symbol") != symbol:
            raise FigureError(f"symbol: {row['symbol']} was not asked for")
        return IndexPrice(time_ms(row, "time"), positive(row, "index"))

    return read(body, "asset index", meaning)


def first_open(body: bytes) -> IndexPrice | None:
    """Where the first candle began, None without any."""

    def meaning(rows: Any) -> IndexPrice | None:
        if not rows:
            return None
        price = figures.exact(rows[0][1], "open")
        if price <= 0:
            raise FigureError(f"open: {price} is not above 0")
        return IndexPrice(figures.time_ms(rows[0][0], "open time"), price)

    return read(body, "index price candles", meaning)


def last_prices(body: bytes) -> dict[str, Decimal]:
    """What each symbol last traded at."""

    def meaning(rows: Any) -> dict[str, Decimal]:
        return dict(sound_rows(rows, lambda row: (word(row, "symbol"), positive(row, "price"))))

    return read(body, "last prices", meaning)
