from dataclasses import replace

from connector.core.clock import ManualClock
from connector.simulator.streams.contract_feed import ContractFeed
from connector.simulator.streams.hub import Hub
from tests.companions.simulator.callers import names
from tests.companions.simulator.listeners import Listener
from tests.companions.simulator.traders import START_MS, Desk


def test_a_contract_is_told_when_its_status_or_its_brackets_change() -> None:
    desk, hub = Desk(), Hub(ManualClock(START_MS).monotonic_ms)
    feed, listener = ContractFeed(desk.engine.listings.values(), hub), Listener(hub, "!contractInfo")
    feed.tick(START_MS)
    assert listener.received() == []
    desk.listing.status = "PRE_SETTLE"
    feed.tick(START_MS)
    (halted,) = listener.received()
    assert (halted["s"], halted["cs"], halted["ct"]) == ("BTCUSDT", "PRE_SETTLE", "PERPETUAL")
    assert "bks" not in halted and set(halted) == names("e E s ct dt ot cs st")
    brackets = desk.listing.instrument.brackets[:2]
    desk.listing.instrument = replace(desk.listing.instrument, brackets=brackets)
    feed.tick(START_MS)
    feed.tick(START_MS)
    (changed,) = listener.received()
    assert changed["bks"] == [
        {"bs": 1, "bnf": 0, "bnc": 300_000, "mmr": 0.004, "cf": 0, "mi": 101, "ma": 125},
        {"bs": 2, "bnf": 300_000, "bnc": 800_000, "mmr": 0.005, "cf": 300, "mi": 1, "ma": 100},
    ]
