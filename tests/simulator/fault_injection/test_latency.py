import time
from dataclasses import replace
from statistics import median

import aiohttp
import pytest

from connector.simulator.fault_injection.latency import BadLatency, Latency, LatencyModel, latency_in, latency_of
from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import QUIET


def test_a_fixed_latency_is_always_the_same() -> None:
    latency = Latency(latency_of("5"), "1")
    assert [latency.next_ms() for _ in range(3)] == [5.0, 5.0, 5.0]


def test_a_lognormal_one_has_its_median_a_tail_and_its_seed() -> None:
    one, other, third = (Latency(latency_of("lognormal:5:0.6"), seed) for seed in ("1", "1", "2"))
    drawn = [one.next_ms() for _ in range(4_000)]
    assert 4.7 < median(drawn) < 5.3
    assert max(drawn) > 20
    assert drawn == [other.next_ms() for _ in range(4_000)] != [third.next_ms() for _ in range(4_000)]


@pytest.mark.parametrize("text", ["", "fast", "-1", "nan", "lognormal", "lognormal:5", "lognormal:5:9", "1e9"])
def test_what_is_no_latency_is_refused_with_what_would_be(text: str) -> None:
    with pytest.raises(BadLatency, match=r"lognormal:5:0\.6"):
        latency_of(text)


def test_without_a_model_there_is_nothing_to_draw_from() -> None:
    assert latency_in(None, "1") is None
    assert latency_in(LatencyModel(3), "1") is not None


async def test_answers_and_events_take_their_time_and_events_keep_their_order() -> None:
    settings = replace(QUIET, ack_latency=LatencyModel(80), event_latency=LatencyModel(100, 1.0))
    async with LocalExchange(settings) as venue, aiohttp.ClientSession() as session:
        began = time.monotonic()
        async with session.get(f"{venue.rest}/fapi/v1/time") as reply:
            assert reply.status == 200
        assert time.monotonic() - began >= 0.08
        async with session.ws_connect(f"{venue.stream}/public/ws/btcusdt@bookTicker") as socket:
            for number in range(20):
                venue.runtime.hub.publish("btcusdt@bookTicker", b'{"number":%d}' % number)
            published = time.monotonic()
            numbers = [(await socket.receive_json())["number"] for _ in range(20)]
            assert time.monotonic() - published >= 0.1
    assert numbers == list(range(20))
