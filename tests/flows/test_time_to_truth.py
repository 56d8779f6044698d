"""How long what the connector takes to be true may not be, where a bound is promised: on the virtual clock, exactly.

An event that is lost is missed within a second by what is told beside it; a stream that is silent within its limit and
a second, whether or not anything is owed by it.
"""

import asyncio
from collections.abc import Callable

import pytest

from connector.core.event_tags import MarketEvent
from connector.exchange.account.ack_event_watch import STALE_AFTER_MS
from tests.companions.flows.deed_table import DEEDS, MATRIX, WAYS
from tests.companions.flows.order_deeds import buy, cancel
from tests.companions.flows.order_faults import EVENTS
from tests.companions.flows.order_weather import Weather, weather
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time

AFTER_A_LOST_EVENT_MS = 1_000
IN_SILENCE_MS = STALE_AFTER_MS + 1_000


def now_ms() -> int:
    return loop_clock().monotonic_ms()


def within(day: Weather, most_ms: int) -> None:
    assert max(day.truth.longest_ms.values()) <= most_ms, day.truth.longest_ms


def no_other_fault(method: str, path: str = "") -> None:
    """What is lost here is no matter of the request."""


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("after_s", [0.0, 0.25, 0.45, 0.65, 1.5, 2.5])
@pytest.mark.parametrize(("deed", "way"), MATRIX)
async def test_a_lost_event_of_any_deed_is_missed_within_a_second(
    deed: str, way: str, after_s: float, event: str, record_property: Callable[[str, object], None]
) -> None:
    """The first event of the kind after that time."""
    async with weather(WAYS[way], f"{deed} {after_s}") as day:
        asyncio.get_running_loop().call_later(after_s, lambda: day.venue.faults.arm("lost_user_event", event=event))
        await DEEDS[deed].does(day, no_other_fault)
        await asyncio.sleep(5)
        await day.clears()
        record_property("time to truth", (f"one {event} lost", day.truth.longest_ms))
        within(day, AFTER_A_LOST_EVENT_MS)


@pytest.mark.parametrize("ms", [1_000, 9_000, 30_000])
@pytest.mark.parametrize("calm_s", [1.1, 4.3, 7.3, 12.0])
@pytest.mark.parametrize("streams", ["all", "user"])
@pytest.mark.parametrize("owed", ["own ack", "nothing"])
async def test_what_happens_in_silence_is_known_within_its_limit_and_a_second(
    owed: str, streams: str, calm_s: float, ms: int, record_property: Callable[[str, object], None]
) -> None:
    """A fill of a resting order: with an order whose events are owed, too, and with nothing that would be missed."""
    async with weather() as day:
        buy(day, 60_000)
        gone = buy(day, 59_000)
        await day.log.waits_for(MarketEvent.BuyOrderCreated, 2)
        await asyncio.sleep(calm_s)
        key = str(day.venue.runtime.listen_keys.of(day.venue.account_id, now_ms())) if streams == "user" else ""
        day.venue.faults.arm("silent_stream", ms=ms, stream=key)
        await asyncio.sleep(0.2)
        day.trades(-1, "0.004")
        if owed == "own ack":
            cancel(day, gone)
        await asyncio.sleep(2.0)
        day.trades(-1, "0.006")
        await asyncio.sleep(10)
        await day.clears()
        record_property("time to truth", (f"silence of {streams} streams", day.truth.longest_ms))
        within(day, IN_SILENCE_MS)
