import pytest

from connector.simulator.stream_names import StreamName, is_delivered, stream_named


@pytest.mark.parametrize(
    ("name", "stream"),
    [
        ("btcusdt@depth", StreamName("BTCUSDT", "depth", "public", 0, 250)),
        ("btcusdt@depth@100ms", StreamName("BTCUSDT", "depth", "public", 0, 100)),
        ("btcusdt@depth10@500ms", StreamName("BTCUSDT", "depth", "public", 10, 500)),
        ("btcusdt@bookTicker", StreamName("BTCUSDT", "bookTicker", "public")),
        ("btcusdt@trade", StreamName("BTCUSDT", "trade", "public")),
        ("btcusdt@aggTrade", StreamName("BTCUSDT", "aggTrade", "market")),
        ("btcusdt@markPrice", StreamName("BTCUSDT", "markPrice", "market", 0, 3000)),
        ("btcusdt@markPrice@1s", StreamName("BTCUSDT", "markPrice", "market", 0, 1000)),
        ("BTCUSDT@depth", None),
        ("btcusdt@depth7", None),
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
