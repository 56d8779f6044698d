"""Calls that ask for a market's past: frames of pandas, which is imported by the first call that makes one.

Times are seconds by the venue's clock in a column `timestamp`, figures are floats: for statistics, not for money.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from connector.core.enums import TradeType
from connector.core.funding_info import DayStatistics, OpenInterest
from connector.exchange.market_data.market_history import STATISTICS, MarketHistory
from connector.exchange.network.components import Components

if TYPE_CHECKING:
    import pandas as pd

CANDLE_COLUMNS = (
    "timestamp", "open", "high", "low", "close", "volume", "quote_asset_volume", "n_trades", "taker_buy_base_volume",
    "taker_buy_quote_volume", "is_closed",
)  # fmt: skip
TRADE_COLUMNS = ("timestamp", "trade_id", "price", "amount", "is_buy")
FUNDING_COLUMNS = ("timestamp", "rate", "is_special")


class HistoryCalls:
    """A part of the connector. What the exchange refuses raises `Fault`, a wrong argument `ArgumentFault`."""

    _components: Components
    history: MarketHistory

    async def get_candles(self, trading_pair: str, interval: str = "1m", limit: int = 500) -> "pd.DataFrame":
        """The newest candles, the oldest of them first, as a frame with the columns of `CANDLE_COLUMNS`; the last row
        is the candle that is open. Asked again it goes on where it ended, at a weight of 1."""
        history = self.history
        rows = (
            (
                row.open_ms / 1000, *map(float, row[2:8]), row.trades, float(row.taker_buy_volume),
                float(row.taker_buy_quote_volume), history.is_closed(row),
            )
            for row in await history.candles(trading_pair, interval, limit)
        )  # fmt: skip
        return _frame(CANDLE_COLUMNS, rows)

    async def get_day_statistics(self, trading_pair: str) -> DayStatistics:
        """The pair's last 24 hours."""
        return await self.history.day(trading_pair)

    async def get_open_interest(self, trading_pair: str) -> OpenInterest:
        """What is open of the pair now."""
        return await self.history.open_interest(trading_pair)

    async def get_funding_history(self, trading_pair: str, start: float | None = None) -> "pd.DataFrame":
        """What was settled: the newest hundred settlements, or up to a thousand from a time on, in seconds."""
        symbol = self._components.pair_rules.rule(trading_pair).symbol
        start_ms = None if start is None else round(start * 1000)
        rows = await self._components.api.settlements(symbol, start_ms)
        told = ((row.settled.time_ms / 1000, float(row.settled.rate), row.is_special) for row in rows)
        return _frame(FUNDING_COLUMNS, told)

    async def get_public_trades(self, trading_pair: str, start: float, end: float) -> "pd.DataFrame":
        """Trades from a time to another, in seconds, of the last 48 hours: those of one taker at one price and moment
        are one row, whose `is_buy` is what the taker did."""
        found = await self.history.trades(trading_pair, round(start * 1000), round(end * 1000))
        rows = (
            (row.time_ms / 1000, row.trade_id, float(row.price), float(row.amount), row.trade_type is TradeType.BUY)
            for row in found
        )
        return _frame(TRADE_COLUMNS, rows)

    async def get_statistics(self, trading_pair: str, name: str, period: str = "5m", limit: int = 30) -> "pd.DataFrame":
        """One of `open_interest`, `all_accounts`, `top_accounts`, `top_positions`, `taker_volumes` by period. Raises
        `UnavailableFault` where the domain's host has none."""
        found = await self.history.statistic(trading_pair, name, period, limit)
        columns = ("timestamp", *STATISTICS[name].fields)
        return _frame(columns, ((row.time_ms / 1000, *map(float, row.figures)) for row in found))


def _frame(columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> "pd.DataFrame":
    import pandas as pd  # costs half a second, which a bot that asks for no frame need not pay

    return pd.DataFrame(list(rows), columns=list(columns))
