from typing import Any

from connector.core.clock import ManualClock
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.streams.candle_feed import CandleFeed
from connector.simulator.streams.hub import Hub
from tests.companions.simulator.listeners import Listener
from tests.companions.simulator.traders import Desk

#: The beginning of a minute.
START_MS = 1_700_000_040_000


class Scene:
    def __init__(self, *names: str) -> None:
        self.desk, self.hub = Desk(), Hub(ManualClock(START_MS).monotonic_ms)
        self.feed = CandleFeed(self.desk.listing, self.hub)
        self.listener = Listener(self.hub, *names)
        self.maker, self.taker = self.desk.trader(), self.desk.trader()

    def trade(self, at_ms: int, price: str) -> None:
        self.desk.now_ms = START_MS + at_ms
        self.maker.limit(SELL, "0.01", price)
        self.taker.market(BUY, "0.01")

    def heard_until(self, from_ms: int, to_ms: int) -> list[Any]:
        for now_ms in range(from_ms, to_ms, 50):
            self.feed.tick(START_MS + now_ms)
        return self.listener.received()


def test_a_candle_is_told_when_it_changed_four_times_a_second_at_most() -> None:
    scene = Scene("btcusdt@kline_1m")
    assert scene.heard_until(0, 500) == []
    scene.trade(510, "60000")
    scene.trade(520, "60001")
    (frame,) = scene.heard_until(550, 2_000)
    assert (frame["e"], frame["k"]["n"], frame["k"]["c"], frame["k"]["x"]) == ("kline", 2, "60001.00", False)


def test_every_candle_is_told_closed_once() -> None:
    scene = Scene("btcusdt@kline_1m")
    scene.trade(0, "60000")
    scene.heard_until(0, 60_000)
    frames = scene.heard_until(60_000, 190_000)
    assert [(frame["k"]["t"] - START_MS, frame["k"]["x"], frame["k"]["n"]) for frame in frames] == [
        (0, True, 1),
        (60_000, True, 0),
        (120_000, True, 0),
    ]
    scene.trade(190_000, "60005")
    (frame,) = scene.heard_until(190_000, 190_300)
    assert (frame["k"]["t"] - START_MS, frame["k"]["o"], frame["k"]["x"]) == (180_000, "60005.00", False)


def test_continuous_candles_have_seconds_and_another_name() -> None:
    scene = Scene("btcusdt_perpetual@continuousKline_1s")
    scene.trade(0, "60000")
    frames = scene.heard_until(0, 2_300)
    assert [(frame["k"]["t"] - START_MS, frame["k"]["x"]) for frame in frames] == [(0, False), (0, True), (1_000, True)]
    assert frames[0]["ct"] == "PERPETUAL"


def test_who_comes_later_gets_the_present_candle() -> None:
    scene = Scene()
    scene.trade(0, "60000")
    scene.heard_until(0, 1_000)
    late = Listener(scene.hub, "btcusdt@kline_1d")
    scene.heard_until(1_000, 1_600)
    assert [frame["k"]["i"] for frame in late.received()] == ["1d"]
