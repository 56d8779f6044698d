"""What a market did, asked of the local exchange over real requests."""

import pytest

from connector.core.enums import TradeType
from connector.core.faults import ArgumentFault
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.market_data.market_history import INTERVALS, STATISTICS
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, Trader
from tests.companions.strategies.scene import D

pytestmark = pytest.mark.virtual_time


async def test_candles_go_on_where_the_last_answer_ended(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    history, taker = connector.history, Trader(venue)
    taker.take(BUY, "0.01")
    first = await history.candles(PAIR, "1m", 1)
    assert (first[-1].close, first[-1].volume, first[-1].trades) == (60_010, D("0.01"), 1)
    taker.take(SELL, "0.02")
    second = await history.candles(PAIR, "1m", 1)
    assert second[-1].open_ms == first[-1].open_ms
    assert (second[-1].close, second[-1].low, second[-1].volume) == (59_990, 59_990, D("0.03"))
    assert second[-1].taker_buy_volume == D("0.01")
    assert not history.is_closed(second[-1])


async def test_every_interval_is_told(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    Trader(venue).take(BUY, "0.01")
    for interval in INTERVALS:
        assert [candle.trades for candle in await connector.history.candles(PAIR, interval, 1)] == [1]


async def test_trades_are_told_by_time_with_what_the_taker_did(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    history, taker = connector.history, Trader(venue)
    start_ms = connector.venue_time_ms()
    taker.take(BUY, "0.01")
    taker.take(SELL, "0.02")
    found = await history.trades(PAIR, start_ms - 7_200_000, connector.venue_time_ms() + 1_000)
    assert [(row.price, row.amount, row.trade_type) for row in found] == [
        (60_010, D("0.01"), TradeType.BUY),
        (59_990, D("0.02"), TradeType.SELL),
    ]
    assert await history.trades(PAIR, start_ms - 7_200_000, start_ms - 7_100_000) == ()


async def test_more_trades_than_an_answer_holds_are_read_in_pages(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    taker = Trader(venue)
    start_ms = connector.venue_time_ms() - 1_000
    for _ in range(1_105):
        taker.take(BUY, "0.002")
        taker.take(SELL, "0.002")
    found = await connector.history.trades(PAIR, start_ms, connector.venue_time_ms() + 1_000)
    ids = [row.trade_id for row in found]
    assert len(ids) == 2_210
    assert ids == sorted(set(ids))


async def test_a_day_and_what_is_open_are_told_of_the_pair(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    Trader(venue).take(BUY, "0.01")
    day = await connector.history.day(PAIR)
    assert (day.trading_pair, day.last_price, day.trades, day.volume) == (PAIR, 60_010, 1, D("0.01"))
    assert (await connector.history.open_interest(PAIR)).amount == D("0.01")


@pytest.mark.parametrize("name", STATISTICS)
async def test_each_statistic_has_the_figures_of_its_columns(
    connector: PerpetualDerivative, venue: LocalExchange, name: str
) -> None:
    taker = Trader(venue)
    taker.take(BUY, "0.01")
    taker.take(SELL, "0.005")
    rows = await connector.history.statistic(PAIR, name, "5m", 30)
    assert all(len(row.figures) == len(STATISTICS[name].fields) for row in rows)
    if name in ("open_interest", "taker_volumes"):
        assert rows[-1].figures[0] > 0


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda history: history.candles(PAIR, "7m", 5), "interval"),
        (lambda history: history.candles(PAIR, "1m", 0), "limit"),
        (lambda history: history.candles("ETH-USDT", "1m", 5), "trading_pair"),
        (lambda history: history.statistic(PAIR, "moods", "5m", 5), "name"),
        (lambda history: history.statistic(PAIR, "open_interest", "1m", 5), "period"),
        (lambda history: history.trades(PAIR, 0, 5), "start"),
    ],
)
async def test_a_wrong_argument_is_named_and_asks_nobody(
    connector: PerpetualDerivative, call: object, named: str
) -> None:
    with pytest.raises(ArgumentFault) as caught:
        await call(connector.history)  # type: ignore[operator]
    assert caught.value.argument == named
