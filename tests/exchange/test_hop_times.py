"""How long the hops of a decision take: what is timed, and what is not; both twins alike."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.enums import OrderType, OrderWay
from connector.core.event_tags import MarketEvent
from connector.exchange.compiled import hop_times as compiled
from connector.exchange.plain import hop_times as plain
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, EventLog, Trader, connect, ready

D = Decimal
Times = Any
US = 1_000


class Reader:
    """Does what a test wants while a frame is being read."""

    def __init__(self) -> None:
        self.act: Callable[[], None] = lambda: None
        self.read: list[tuple[bytes, int]] = []

    def on_frame(self, frame: bytes, received_ms: int) -> str:
        self.read.append((frame, received_ms))
        self.act()
        return "read"


class Scene:
    """Times by a clock that the test moves."""

    def __init__(self, twin: Any) -> None:
        self.now_ns = US
        self.reader = Reader()
        self.times: Times = twin.HopTimes(self.reader, lambda: self.now_ns)

    def decides(self, within_ns: int, *sent_ns: int) -> Callable[[], None]:
        """A decision so long after it is called, and requests that leave so long after one another."""

        def act() -> None:
            self.now_ns += within_ns
            self.times.decided()
            for spent_ns in sent_ns:
                self.now_ns += spent_ns
                self.times.left()
            self.times.handed_on()

        return act


@pytest.fixture(params=[plain, compiled], ids=["plain", "compiled"])
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    return Scene(request.param)


def counts(durations: Any) -> dict[int | None, int]:
    """By the bound, those that are not 0; None: beyond the last."""
    ends = [*plain.BOUNDS_NS, None]
    return {end: count for end, count in zip(ends, durations.counts, strict=True) if count}


def test_a_decision_within_a_frame_counts_from_the_frame_and_each_request_from_the_decision(scene: Scene) -> None:
    scene.reader.act = scene.decides(30 * US, 15 * US, 5 * US)
    assert scene.times.on_frame(b"frame", 7) == "read"
    assert scene.reader.read == [(b"frame", 7)]
    assert (counts(scene.times.to_decision), scene.times.to_decision.sum_ns) == ({50 * US: 1}, 30 * US)
    assert (counts(scene.times.to_socket), scene.times.to_socket.sum_ns) == ({20 * US: 2}, 35 * US)


def test_a_decision_that_no_frame_led_to_counts_for_the_second_hop_alone(scene: Scene) -> None:
    scene.times.on_frame(b"frame", 7)
    scene.decides(30 * US, 15 * US)()
    assert counts(scene.times.to_decision) == {}
    assert counts(scene.times.to_socket) == {20 * US: 1}


def test_what_leaves_without_a_decision_counts_for_none(scene: Scene) -> None:
    scene.times.left()
    scene.decides(0)()
    scene.times.left()
    assert counts(scene.times.to_socket) == {}


def test_a_frame_that_can_not_be_read_ends_with_it(scene: Scene) -> None:
    def stumble() -> None:
        raise RuntimeError("its owner stumbled")

    scene.reader.act = stumble
    with pytest.raises(RuntimeError, match="stumbled"):
        scene.times.on_frame(b"frame", 7)
    scene.decides(30 * US)()
    assert counts(scene.times.to_decision) == {}


@pytest.mark.parametrize("end", [0, len(plain.BOUNDS_NS) - 1])
def test_a_bound_belongs_to_what_it_bounds(scene: Scene, end: int) -> None:
    bound_ns = plain.BOUNDS_NS[end]
    scene.decides(0, bound_ns)()
    scene.decides(0, bound_ns + 1)()
    assert counts(scene.times.to_socket) == {bound_ns: 1, (*plain.BOUNDS_NS, None)[end + 1]: 1}


@given(st.lists(st.integers(0, 10**9), max_size=30))
def test_both_twins_count_alike(spent_ns: list[int]) -> None:
    told = []
    for twin in (plain, compiled):
        scene = Scene(twin)
        for at_ns in accumulate(spent_ns):
            scene.reader.act = scene.decides(at_ns, *spent_ns[:3])
            scene.times.on_frame(b"", 0)
        told.append([(one.counts, one.sum_ns) for one in (scene.times.to_decision, scene.times.to_socket)])
    assert told[0] == told[1]
    assert sum(told[0][0][0]) == len(spent_ns)


def test_frames_reach_a_feed_that_takes_bytes_where_they_lie() -> None:
    """A compiled reader without an object for each frame; another by its method."""
    scene = Scene(compiled)
    scene.reader.act = scene.decides(30 * US)
    inner = compiled.HopTimes(scene.reader, lambda: scene.now_ns)
    outer = compiled.HopTimes(inner, lambda: scene.now_ns)
    assert outer.on_buffer(b"frame", 7)
    assert scene.reader.read == [(b"frame", 7)]


@pytest.mark.parametrize("way", list(OrderWay))
async def test_what_leaves_over_the_ws_api_is_timed_from_the_decision(
    venue: LocalExchange, trader: Trader, way: OrderWay
) -> None:
    connector = connect(venue, way=way)
    times = connector.time_hops()
    assert connector.time_hops() is times
    await ready(connector)
    log = EventLog(connector)
    times.decided()
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT, D(59_900))
    connector.sell(PAIR, D("0.010"), OrderType.LIMIT, D(60_100))
    times.handed_on()
    await log.waits_for(MarketEvent.BuyOrderCreated)
    await log.waits_for(MarketEvent.SellOrderCreated)
    await connector.stop_network()
    assert sum(times.to_socket.counts) == (2 if way is OrderWay.WS_API else 0)
    assert (times.to_socket.sum_ns > 0) == (way is OrderWay.WS_API)
