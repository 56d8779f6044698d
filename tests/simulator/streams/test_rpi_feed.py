from connector.core.clock import ManualClock
from connector.simulator.market.orders import BUY, RPI, SELL
from connector.simulator.streams.hub import Hub
from connector.simulator.streams.rpi_depth import rpi_update_id
from connector.simulator.streams.rpi_feed import RpiFeed
from tests.companions.simulator.listeners import Listener
from tests.companions.simulator.traders import START_MS, Desk

NAME = "btcusdt@rpiDepth@500ms"


def test_hidden_levels_come_and_go_and_disappear_where_they_would_cross() -> None:
    desk = Desk()
    hub = Hub(ManualClock(START_MS).monotonic_ms)
    feed, trader = RpiFeed(desk.listing, hub), desk.trader()
    trader.limit(BUY, "0.01", "59000", RPI)
    listener = Listener(hub, NAME)
    feed.tick(START_MS)
    before = rpi_update_id(desk.listing)
    hidden = trader.limit(BUY, "0.05", "59999", RPI)
    feed.tick(START_MS + 50)
    assert listener.received() == []
    feed.tick(START_MS + 500)
    (frame,) = listener.received()
    assert (frame["b"], frame["a"], frame["pu"]) == ([["59999.00", "0.050"]], [], before)
    assert frame["U"] == before + 1 <= frame["u"]
    trader.limit(SELL, "0.02", "59999")
    feed.tick(START_MS + 1_000)
    (crossed,) = listener.received()
    assert (crossed["b"], crossed["a"]) == ([["59999.00", "0.000"]], [["59999.00", "0.020"]])
    assert crossed["pu"] == frame["u"] and hidden.rests


def test_nothing_is_said_while_nothing_changed() -> None:
    desk = Desk()
    hub = Hub(ManualClock(START_MS).monotonic_ms)
    feed, listener = RpiFeed(desk.listing, hub), Listener(hub, NAME)
    for pulse in range(40):
        feed.tick(START_MS + 50 * pulse)
    assert listener.received() == []
