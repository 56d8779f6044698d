"""What a market did, as the venue tells it when asked: candles that go on where the last answer ended, and trades.

first question ──▶ the newest `limit` candles ──▶ kept
next question  ──▶ those since the candle that was open ──▶ put behind the kept ones; a gap asks for all anew
"""

from collections import OrderedDict
from typing import Final, NamedTuple

from connector.core.faults import ArgumentFault, UnavailableFault
from connector.core.funding_info import Candle, DayStatistics, HistoricalTrade, OpenInterest, StatisticRow
from connector.exchange.account.pair_rules import PairRules
from connector.net.gateway import Gateway
from connector.venue import endpoints
from connector.venue.endpoints import Endpoint
from connector.venue.limits import MAX_ROWS
from connector.wire import history_replies, requests

#: Those that the venue has candles of, and periods of statistics.
INTERVALS: Final = (
    "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M",
)  # fmt: skip
PERIODS: Final = ("5m", "15m", "30m", "1h", "2h", "4h", "6h", "12h", "1d")
MOST_CANDLES: Final = 1_500
MOST_STATISTICS: Final = 500
#: Continuing costs the least weight with so few.
_CONTINUED = 99
#: So many pairs and intervals are kept.
_MOST_KEPT = 32
_HOUR_MS: Final = 3_600_000
#: How far back trades are told.
LOOK_BACK_MS: Final = 48 * _HOUR_MS
#: An answer holds no more; what comes in one millisecond beyond is bounded by it, too.
MOST_TRADES: Final = 100_000


class Statistic(NamedTuple):
    """One of `/futures/data`."""

    endpoint: Endpoint
    #: The field of the venue's row, by the name of the column.
    fields: dict[str, str]


_SHARES = {"long_short_ratio": "longShortRatio", "long_share": "longAccount", "short_share": "shortAccount"}
STATISTICS: Final[dict[str, Statistic]] = {
    "open_interest": Statistic(
        endpoints.OPEN_INTEREST_HISTORY,
        {"open_interest": "sumOpenInterest", "open_interest_value": "sumOpenInterestValue"},
    ),
    "all_accounts": Statistic(endpoints.ALL_ACCOUNTS, _SHARES),
    "top_accounts": Statistic(endpoints.TOP_ACCOUNTS, _SHARES),
    "top_positions": Statistic(endpoints.TOP_POSITIONS, _SHARES),
    "taker_volumes": Statistic(
        endpoints.TAKER_VOLUMES,
        {"buy_sell_ratio": "buySellRatio", "buy_volume": "buyVol", "sell_volume": "sellVol"},
    ),
}


class MarketHistory:
    """Of the pairs that are traded. Every method asks over the network and raises `Fault`; an argument that can't be
    used raises `ArgumentFault`."""

    def __init__(self, gateway: Gateway, pair_rules: PairRules) -> None:
        self._gateway, self._pair_rules = gateway, pair_rules
        self._kept: OrderedDict[tuple[str, str], tuple[Candle, ...]] = OrderedDict()

    async def candles(self, trading_pair: str, interval: str, limit: int) -> tuple[Candle, ...]:
        """The newest, the oldest of them first; the last one is open still."""
        symbol = self._pair_rules.rule(trading_pair).symbol
        _require_one_of("interval", interval, INTERVALS)
        _require_within("limit", limit, MOST_CANDLES)
        key = (symbol, interval)
        kept = self._kept.pop(key, ())
        found = await self._continued(symbol, interval, kept) if len(kept) >= limit else ()
        if not found:
            params = requests.candles(symbol, interval, limit)
            found = history_replies.candles(await self._gateway.call(endpoints.KLINES, params))
        self._kept[key] = found[-MOST_CANDLES:]
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return found[-limit:]

    async def _continued(self, symbol: str, interval: str, kept: tuple[Candle, ...]) -> tuple[Candle, ...]:
        """The kept ones with what came since; nothing where that does not follow on them."""
        last = kept[-1]
        params = requests.candles(symbol, interval, _CONTINUED, last.open_ms)
        news = history_replies.candles(await self._gateway.call(endpoints.KLINES, params))
        if len(news) >= _CONTINUED or not news or news[0].open_ms != last.open_ms:
            return ()
        return (*kept[:-1], *news)

    def is_closed(self, candle: Candle) -> bool:
        """Whether its time is over, by the venue's clock."""
        return candle.close_ms < self._gateway.venue_ms()

    async def day(self, trading_pair: str) -> DayStatistics:
        symbol = self._pair_rules.rule(trading_pair).symbol
        body = await self._gateway.call(endpoints.DAY_STATISTICS, requests.of_symbol(symbol))
        return history_replies.day_statistics(body, symbol, trading_pair)

    async def open_interest(self, trading_pair: str) -> OpenInterest:
        symbol = self._pair_rules.rule(trading_pair).symbol
        body = await self._gateway.call(endpoints.OPEN_INTEREST, requests.of_symbol(symbol))
        return history_replies.open_interest(body, symbol, trading_pair)

    async def trades(self, trading_pair: str, start_ms: int, end_ms: int) -> tuple[HistoricalTrade, ...]:
        """Those from a time to another, both in it, in order: at most 100,000, and of the last 48 hours."""
        symbol = self._pair_rules.rule(trading_pair).symbol
        if not self._gateway.venue_ms() - LOOK_BACK_MS < start_ms <= end_ms:
            rule = "is no time of the last 48 hours, before the end"
            raise ArgumentFault("start", start_ms / 1000, rule, "trades are told of those alone, in seconds")
        found = await self._first_trades(symbol, start_ms, end_ms)
        while found and found[-1].time_ms <= end_ms and len(found) < MOST_TRADES:
            params = requests.trades_from(symbol, found[-1].trade_id + 1)
            more = history_replies.aggregate_trades(await self._gateway.call(endpoints.AGGREGATE_TRADES, params))
            found += [trade for trade in more if trade.trade_id > found[-1].trade_id]
            if len(more) < MAX_ROWS:
                break
        return tuple(trade for trade in found if start_ms <= trade.time_ms <= end_ms)[:MOST_TRADES]

    async def _first_trades(self, symbol: str, start_ms: int, end_ms: int) -> list[HistoricalTrade]:
        """A page of the first ones: the venue looks through less than an hour at once."""
        while start_ms <= end_ms:
            until_ms = min(end_ms, start_ms + _HOUR_MS - 1)
            params = requests.trades_between(symbol, start_ms, until_ms)
            found = history_replies.aggregate_trades(await self._gateway.call(endpoints.AGGREGATE_TRADES, params))
            if found:
                return list(found)
            start_ms = until_ms + 1
        return []

    async def statistic(self, trading_pair: str, name: str, period: str, limit: int) -> tuple[StatisticRow, ...]:
        """The newest rows of a statistic, the oldest of them first. Raises `UnavailableFault` where the domain's host
        has none."""
        symbol = self._pair_rules.rule(trading_pair).symbol
        _require_one_of("name", name, tuple(STATISTICS))
        _require_one_of("period", period, PERIODS)
        _require_within("limit", limit, MOST_STATISTICS)
        domain, chosen = self._gateway.domain, STATISTICS[name]
        if not domain.has_statistics:
            raise UnavailableFault(f"{domain.name} has no statistics: its host does not answer {chosen.endpoint.path}")
        body = await self._gateway.call(chosen.endpoint, requests.statistics(symbol, period, limit))
        return history_replies.statistic(body, tuple(chosen.fields.values()))


def _require_one_of(argument: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ArgumentFault(argument, value, "is none of the exchange's", f"use one of {', '.join(known)}")


def _require_within(argument: str, value: int, most: int) -> None:
    if type(value) is not int or not 1 <= value <= most:
        raise ArgumentFault(argument, value, "is no count that is told", f"use 1 to {most}")
