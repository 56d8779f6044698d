"""Answers about what a market did, as the venue sends them."""

from decimal import Decimal

import pytest

from connector.core.enums import TradeType
from connector.core.faults import UnreadableFault
from connector.core.funding_info import HistoricalTrade, StatisticRow
from connector.wire.history_replies import aggregate_trades, candles, day_statistics, open_interest, statistic

D = Decimal
CANDLE = b'[60000,"599.1","601","598","600","2.5",119999,"1500",60,"1.5","900","0"]'
TRADE = b'{"a":7,"p":"600.5","q":"0.1","nq":"0.1","f":1,"l":2,"T":60001,"m":true}'


def test_a_candle_is_read_field_by_field() -> None:
    (row,) = candles(b"[" + CANDLE + b"]")
    assert (row.open_ms, row.close_ms, row.trades) == (60_000, 119_999, 60)
    assert (row.open, row.high, row.low, row.close) == (D("599.1"), 601, 598, 600)
    assert (row.volume, row.quote_volume, row.taker_buy_volume, row.taker_buy_quote_volume) == (
        D("2.5"),
        1500,
        D("1.5"),
        900,
    )


@pytest.mark.parametrize(
    "body",
    [
        b"[" + CANDLE + b"," + CANDLE + b"]",
        b"[" + CANDLE.replace(b'"601"', b'"590"') + b"]",
        b"[" + CANDLE.replace(b'"598"', b'"0"') + b"]",
        b"[[60000]]",
        b"{}",
    ],
)
def test_candles_that_can_be_none_are_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableFault):
        candles(body)


def test_a_buyer_that_was_the_maker_met_a_seller() -> None:
    later = TRADE.replace(b'"a":7', b'"a":8').replace(b"true", b"false")
    assert aggregate_trades(b"[" + later + b"," + TRADE + b"]") == (
        HistoricalTrade(7, 60_001, D("600.5"), D("0.1"), TradeType.SELL),
        HistoricalTrade(8, 60_001, D("600.5"), D("0.1"), TradeType.BUY),
    )


DAY = (
    b'{"symbol":"BTCUSDT","priceChangePercent":"-1.5","weightedAvgPrice":"600","lastPrice":"599","openPrice":"608",'
    b'"highPrice":"610","lowPrice":"590","volume":"5","quoteVolume":"3000","openTime":1,"closeTime":2,"count":9}'
)


def test_a_day_and_what_is_open_are_of_the_symbol_that_was_asked_for() -> None:
    day = day_statistics(DAY, "BTCUSDT", "BTC-USDT")
    assert (day.trading_pair, day.price_change_percent, day.trades) == ("BTC-USDT", D("-1.5"), 9)
    with pytest.raises(UnreadableFault):
        day_statistics(DAY, "ETHUSDT", "ETH-USDT")
    row = b'{"openInterest":"12.5","symbol":"BTCUSDT","time":5}'
    assert (open_interest(row, "BTCUSDT", "BTC-USDT").amount, open_interest(row, "BTCUSDT", "x").time_ms) == (
        D("12.5"),
        5,
    )
    with pytest.raises(UnreadableFault):
        open_interest(row, "ETHUSDT", "ETH-USDT")


def test_a_statistic_has_the_figures_of_its_fields_the_oldest_first() -> None:
    body = b'[{"buyVol":"2","sellVol":"1","timestamp":9},{"buyVol":"1","sellVol":"3","timestamp":4}]'
    assert statistic(body, ("buyVol", "sellVol")) == (StatisticRow(4, (D(1), D(3))), StatisticRow(9, (D(2), D(1))))
