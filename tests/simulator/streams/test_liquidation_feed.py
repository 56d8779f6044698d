from connector.core.clock import ManualClock
from connector.simulator.accounts.records import LiquidationPrint
from connector.simulator.engine import Engine
from connector.simulator.market.default_instruments import MAJORS
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.streams.hub import Hub
from connector.simulator.streams.liquidation_feed import LiquidationFeed
from tests.companions.simulator.listeners import Listener

START_MS = 1_700_000_000_000


def liquidation(number: int, lots: int, symbol: str = "BTCUSDT", side: int = SELL) -> LiquidationPrint:
    return LiquidationPrint(
        number, symbol, side, lots, 598_000, 59_900 * 10**8, "FILLED", lots, lots, START_MS + number
    )


def test_the_largest_of_a_second_is_told_when_the_second_is_over() -> None:
    engine, hub = Engine(START_MS, MAJORS), Hub(ManualClock(START_MS).monotonic_ms)
    feed = LiquidationFeed(engine.listings, engine.prints, hub)
    one, every = Listener(hub, "btcusdt@forceOrder"), Listener(hub, "!forceOrder@arr")
    engine.prints.extend([liquidation(1, 5), liquidation(2, 9), liquidation(3, 7, "ETHUSDT", BUY)])
    feed.tick(START_MS)
    engine.prints.append(liquidation(4, 8))
    feed.tick(START_MS + 500)
    assert one.received() == []
    feed.tick(START_MS + 1_000)
    (frame,) = one.received()
    assert frame["o"] == {
        "s": "BTCUSDT", "S": "SELL", "o": "LIMIT", "f": "IOC", "q": "0.009", "p": "59800.00", "ap": "59900.00",
        "X": "FILLED", "l": "0.009", "z": "0.009", "T": START_MS + 2,
    }  # fmt: skip
    assert set(frame) == {"e", "E", "o"}
    rows = every.received()
    assert [row["o"]["s"] for row in rows] == ["BTCUSDT", "ETHUSDT"]
    assert all(row["st"] == 1 and row["ps"] == row["o"]["s"] for row in rows)
    feed.tick(START_MS + 2_000)
    assert one.received() == [] == every.received()
