from typing import Any

import pytest

from connector.core.clock import ManualClock
from connector.simulator.engine import Engine
from connector.simulator.market.default_instruments import DEFAULT_INSTRUMENTS
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.streams.hub import Hub
from connector.simulator.streams.whole_market_feed import WholeMarketFeed
from tests.companions.simulator.listeners import Listener
from tests.companions.simulator.traders import START_MS, Desk


class Scene:
    """All that is listed, heard for a while."""

    def __init__(self, name: str) -> None:
        self.desk = Desk()
        self.desk.engine = Engine(START_MS, DEFAULT_INSTRUMENTS)
        self.hub = Hub(ManualClock(START_MS).monotonic_ms)
        engine = self.desk.engine
        self.feed = WholeMarketFeed(engine.listings, engine.prints, self.hub, engine.collateral)
        self.listener = Listener(self.hub, name)

    def received(self, seconds: int, from_ms: int = START_MS) -> list[Any]:
        for pulse in range(0, 1000 * seconds, 50):
            self.feed.tick(from_ms + pulse)
        return self.listener.received()


@pytest.mark.parametrize(("name", "seconds"), [("!markPrice@arr@1s", 1), ("!markPrice@arr", 3)])
def test_mark_prices_come_as_two_arrays_one_for_traditional_finance(name: str, seconds: int) -> None:
    arrays = Scene(name).received(3 * seconds)
    assert len(arrays) in (6, 8)
    coins, traditional = arrays[:2]
    assert [row["s"] for row in traditional] == ["XAUUSDT"]
    assert [row["s"] for row in coins] == [row.symbol for row in DEFAULT_INSTRUMENTS if row.symbol != "XAUUSDT"]
    assert all(row["e"] == "markPriceUpdate" and row["st"] == 1 for row in coins)


@pytest.mark.parametrize(("name", "event"), [("!ticker@arr", "24hrTicker"), ("!miniTicker@arr", "24hrMiniTicker")])
def test_tickers_name_the_contracts_that_traded(name: str, event: str) -> None:
    scene = Scene(name)
    assert scene.received(2) == []
    maker, taker = scene.desk.trader(), scene.desk.trader()
    maker.limit(SELL, "0.01", "60000")
    taker.market(BUY, "0.01")
    (array,) = scene.received(3, START_MS + 2_000)
    assert [(row["e"], row["s"], row["c"]) for row in array] == [(event, "BTCUSDT", "60000.00")]


def test_all_best_prices_come_every_fifth_second() -> None:
    frames = Scene("!bookTicker").received(10)
    assert [frame["s"] for frame in frames[: len(DEFAULT_INSTRUMENTS)]] == [row.symbol for row in DEFAULT_INSTRUMENTS]
    assert len(frames) in (2 * len(DEFAULT_INSTRUMENTS), 3 * len(DEFAULT_INSTRUMENTS))


def test_assets_come_together_and_one_by_one() -> None:
    (array,) = Scene("!assetIndex@arr").received(1)[:1]
    (alone,) = Scene("btcusd@assetIndex").received(1)[:1]
    assert alone in array and alone["s"] == "BTCUSD"


def test_a_composite_index_and_the_sessions_come_every_second() -> None:
    assert Scene("btcdomusdt@compositeIndex").received(1)[0]["s"] == "BTCDOMUSDT"
    assert len({frame["e"] for frame in Scene("tradingSession").received(1)[:6]}) == 6
