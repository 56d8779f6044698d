from random import Random
from typing import Any

import pytest

from connector.core.clock import ManualClock
from connector.simulator.clock import next_due
from connector.simulator.fault_injection.faults import Faults
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.streams.depth_feed import DepthFeed
from connector.simulator.streams.hub import Hub
from tests.companions.simulator.listeners import Listener
from tests.companions.simulator.traders import START_MS, Desk, Trader


class Scene:
    """A desk whose book is told on depth streams."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.trader: Trader = self.desk.trader()
        self.faults = Faults(lambda armed: None)
        self.clock = ManualClock(START_MS)
        self.hub = Hub(self.clock.monotonic_ms)
        self.feed = DepthFeed(self.desk.listing, self.hub, self.faults)

    def tick(self, ms: int = 50) -> None:
        self.clock.advance(ms)
        self.feed.tick(self.clock.ms)

    def snapshot(self) -> tuple[int, dict[str, str], dict[str, str]]:
        book, row = self.desk.listing.book, self.desk.listing.instrument
        sides = [
            {row.price_text(ticks): row.quantity_text(lots) for ticks, lots in book.levels(side, 1000)}
            for side in (BUY, SELL)
        ]
        return book.update_id, sides[0], sides[1]


def rebuilt(snapshot: tuple[int, dict[str, str], dict[str, str]], frames: list[Any]) -> tuple[Any, Any]:
    """The book by the venue's six steps, from a snapshot and the frames of one stream."""
    last_id, bids, asks = snapshot[0], dict(snapshot[1]), dict(snapshot[2])
    frames = [frame for frame in frames if frame["u"] >= last_id]
    before = None
    for frame in frames:
        if before is None:
            assert frame["U"] <= last_id <= frame["u"] or frame["pu"] == last_id
        else:
            assert frame["pu"] == before
        before = frame["u"]
        for side, changes in ((bids, frame["b"]), (asks, frame["a"])):
            for price, quantity in changes:
                side.pop(price, None)
                if float(quantity):
                    side[price] = quantity
    return bids, asks


@pytest.mark.parametrize("name", ["btcusdt@depth@0ms", "btcusdt@depth@100ms", "btcusdt@depth", "btcusdt@depth@500ms"])
def test_snapshot_and_frames_rebuild_the_book_at_every_speed(name: str) -> None:
    scene = Scene()
    scene.trader.limit(BUY, "0.01", "59000")
    scene.tick()
    listener = Listener(scene.hub, name)
    snapshots = []
    for number in range(60):
        side = BUY if number % 2 else SELL
        order = scene.trader.limit(side, "0.01", str(60_000 - side * (10 + number % 7)))
        if number % 3 == 0:
            scene.trader.cancel(order)
        if number % 9 == 0:
            snapshots.append(scene.snapshot())
        scene.tick()
    scene.tick(500)
    frames = listener.received()
    assert len(frames) > 3
    final = scene.snapshot()
    for snapshot in snapshots:
        assert rebuilt(snapshot, frames) == (final[1], final[2])


def test_nothing_is_told_while_nothing_changes() -> None:
    scene = Scene()
    listener = Listener(scene.hub, "btcusdt@depth@100ms")
    for _ in range(10):
        scene.tick()
    assert listener.received() == []


def test_a_level_that_is_gone_is_told_as_zero() -> None:
    scene = Scene()
    listener = Listener(scene.hub, "btcusdt@depth@100ms")
    order = scene.trader.limit(BUY, "0.01", "59000")
    scene.tick(100)
    scene.trader.cancel(order)
    scene.tick(100)
    assert [frame["b"] for frame in listener.received()] == [[["59000.00", "0.010"]], [["59000.00", "0.000"]]]


def test_the_speed_bounds_how_often_is_told() -> None:
    scene = Scene()
    fast, slow = Listener(scene.hub, "btcusdt@depth@100ms"), Listener(scene.hub, "btcusdt@depth@500ms")
    scene.tick()
    for number in range(20):
        scene.trader.limit(BUY, "0.01", str(59_000 + number))
        scene.tick()
    assert (len(fast.received()), len(slow.received())) == (10, 2)


def test_at_0_ms_each_change_is_told_before_any_pulse() -> None:
    scene = Scene()
    listener, timed = Listener(scene.hub, "btcusdt@depth@0ms"), Listener(scene.hub, "btcusdt@depth@100ms")
    order = scene.trader.limit(BUY, "0.01", "59000")
    scene.feed.happened(scene.clock.ms)
    scene.trader.cancel(order)
    scene.feed.happened(scene.clock.ms)
    first, last = listener.received()
    assert (first["b"], last["b"]) == ([["59000.00", "0.010"]], [["59000.00", "0.000"]])
    assert last["pu"] == first["u"]
    assert timed.received() == []


@pytest.mark.parametrize("seed", range(5))
def test_listeners_that_come_and_go_each_get_an_unbroken_book(seed: int) -> None:
    random, scene = Random(seed), Scene()
    names = ["btcusdt@depth@0ms", "btcusdt@depth@100ms", "btcusdt@depth", "btcusdt@depth20@0ms"]
    steady = Listener(scene.hub, names[seed % 3])
    scene.trader.limit(BUY, "0.01", "59000")
    scene.tick()
    snapshot, guests = scene.snapshot(), list[Listener]()
    for _ in range(150):
        if random.random() < 0.1:
            guests.append(Listener(scene.hub, random.choice(names)))
        if guests and random.random() < 0.1:
            scene.hub.leave(guests.pop(random.randrange(len(guests))))
        side = random.choice((BUY, SELL))
        scene.trader.limit(side, "0.01", str(60_000 - side * random.randrange(10, 30)))
        if random.random() < 0.5:
            scene.feed.happened(scene.clock.ms)
        if random.random() < 0.3:
            scene.tick(random.choice((10, 50, 130)))
    scene.tick(500)
    assert rebuilt(snapshot, steady.received()) == scene.snapshot()[1:]
    for guest in guests:
        frames = guest.received()
        assert [frame["pu"] for frame in frames[1:]] == [frame["u"] for frame in frames[:-1]]


def test_what_was_told_at_once_is_told_to_the_timed_streams_too() -> None:
    scene = Scene()
    scene.tick()
    listener, timed = Listener(scene.hub, "btcusdt@depth@0ms"), Listener(scene.hub, "btcusdt@depth@100ms")
    for price in ("59000", "59001", "59002"):
        scene.trader.limit(BUY, "0.01", price)
        scene.feed.happened(scene.clock.ms)
    scene.tick(100)
    frames, (frame,) = listener.received(), timed.received()
    assert len(frames) == 3
    assert (frame["U"], frame["u"], frame["pu"]) == (frames[0]["U"], frames[-1]["u"], frames[0]["pu"])
    assert len(frame["b"]) == 3


def test_partial_depth_at_0_ms_is_the_top_after_each_change() -> None:
    scene = Scene()
    listener = Listener(scene.hub, "btcusdt@depth5@0ms")
    for price in ("59000", "59001"):
        scene.trader.limit(BUY, "0.01", price)
        scene.feed.happened(scene.clock.ms)
    assert [len(frame["b"]) for frame in listener.received()] == [1, 2]


def test_partial_depth_is_the_top_of_the_book() -> None:
    scene = Scene()
    listener = Listener(scene.hub, "btcusdt@depth5@100ms")
    for number in range(8):
        scene.trader.limit(BUY, "0.01", str(59_000 + number))
    scene.tick(100)
    (frame,) = listener.received()
    assert [price for price, _ in frame["b"]] == ["59007.00", "59006.00", "59005.00", "59004.00", "59003.00"]


def test_a_stream_heard_again_begins_at_the_present() -> None:
    scene = Scene()
    listener = Listener(scene.hub, "btcusdt@depth@100ms")
    scene.trader.limit(BUY, "0.01", "59000")
    scene.tick(100)
    scene.hub.leave(listener)
    scene.trader.limit(BUY, "0.01", "59001")
    scene.tick(100)
    later = Listener(scene.hub, "btcusdt@depth@100ms")
    before_id = scene.desk.listing.book.update_id
    scene.trader.limit(BUY, "0.01", "59002")
    scene.tick(100)
    (frame,) = later.received()
    assert (frame["pu"], frame["b"]) == (before_id, [["59002.00", "0.010"]])


@pytest.mark.parametrize(
    ("fault", "order"),
    [("drop_depth", [1, 2]), ("duplicate_depth", [0, 0, 1, 2]), ("reorder_depth", [1, 0, 2])],
)
def test_weather_touches_the_next_frame_alone(fault: str, order: list[int]) -> None:
    scene = Scene()
    listener = Listener(scene.hub, "btcusdt@depth@100ms")
    scene.faults.arm(fault)
    for number in range(3):
        scene.trader.limit(BUY, "0.01", str(59_000 + number))
        scene.tick(100)
    assert [int(float(frame["b"][0][0])) - 59_000 for frame in listener.received()] == order


def test_due_times_lie_on_the_grid() -> None:
    assert [next_due(now_ms, 100) for now_ms in (0, 99, 100)] == [100, 100, 200]
