import pytest

from connector.simulator.streams.stream_names import StreamName, is_delivered, stream_named


@pytest.mark.parametrize(
    ("name", "stream"),
    [
        ("btcusdt@depth", StreamName("BTCUSDT", "depth", "public", 0, 250)),
        ("btcusdt@depth@100ms", StreamName("BTCUSDT", "depth", "public", 0, 100)),
        ("btcusdt@depth@0ms", StreamName("BTCUSDT", "depth", "public")),
        ("btcusdt@depth20@0ms", StreamName("BTCUSDT", "depth", "public", 20)),
        ("btcusdt@depth10@500ms", StreamName("BTCUSDT", "depth", "public", 10, 500)),
        ("btcusdt@bookTicker", StreamName("BTCUSDT", "bookTicker", "public")),
        ("btcusdt@trade", StreamName("BTCUSDT", "trade", "public")),
        ("btcusdt@aggTrade", StreamName("BTCUSDT", "aggTrade", "market")),
        ("btcusdt@markPrice", StreamName("BTCUSDT", "markPrice", "market", 0, 3000)),
        ("btcusdt@markPrice@1s", StreamName("BTCUSDT", "markPrice", "market", 0, 1000)),
        ("btcusdt@rpiDepth@500ms", StreamName("BTCUSDT", "rpiDepth", "public", 0, 500)),
        ("btcusdt@kline_1M", StreamName("BTCUSDT", "kline", "market", 0, 250)),
        ("btcusdt_perpetual@continuousKline_1s", StreamName("BTCUSDT_PERPETUAL", "continuousKline", "market", 0, 250)),
        ("btcusdt@ticker", StreamName("BTCUSDT", "ticker", "market", 0, 2000)),
        ("btcusd@assetIndex", StreamName("BTCUSD", "assetIndex", "market", 0, 1000)),
        ("币安人生usdt@trade", StreamName("币安人生USDT", "trade", "public")),
        ("!bookTicker", StreamName("", "!bookTicker", "public", 0, 5000)),
        ("!markPrice@arr@1s", StreamName("", "!markPrice@arr@1s", "market", 0, 1000)),
        ("!contractInfo", StreamName("", "!contractInfo", "market")),
        ("tradingSession", StreamName("", "tradingSession", "market", 0, 1000)),
        ("btcusdt@kline_1s", None),
        ("btcusdt@kline_7m", None),
        ("btcusdt@continuousKline_1m", None),
        ("btcusdt_weekly@continuousKline_1m", None),
        ("btcusdt@rpiDepth", None),
        ("!ticker", None),
        ("BTCUSDT@depth", None),
        ("btcusdt@depth7", None),
        ("btcusdt@depth@250ms", None),
        ("btcusdt@depth5@250ms", None),
        ("btcusdt@depth@1s", None),
        ("btcusdt@aggTrade@1s", None),
        ("btcusdt", None),
        ("", None),
    ],
)
def test_a_name_says_what_it_carries(name: str, stream: StreamName | None) -> None:
    assert stream_named(name) == stream


@pytest.mark.parametrize(
    ("name", "route", "delivered"),
    [
        ("btcusdt@depth", "public", True),
        ("btcusdt@depth", "market", False),
        ("!bookTicker", "public", True),
        ("!bookTicker", "market", False),
        ("!ticker@arr", "market", True),
        ("!ticker@arr", "", False),
        ("btcusdt@rpiDepth@500ms", "", True),
        ("btcusdt@depth", "private", False),
        ("btcusdt@depth", "", True),
        ("btcusdt@aggTrade", "market", True),
        ("btcusdt@aggTrade", "public", False),
        ("btcusdt@aggTrade", "", False),
        ("BTCUSDT@depth", "public", False),
    ],
)
def test_a_stream_comes_on_its_own_route_alone(name: str, route: str, delivered: bool) -> None:
    assert is_delivered(name, route) is delivered
