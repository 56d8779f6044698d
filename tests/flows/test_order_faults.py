"""Every fault that touches orders, met by every deed by every way, one by one and in pairs.

Each run: a few seconds of bad weather and trade, then on until it is quiet. Then orders, fills, position, wallet and
funding are the exchange's own to the last digit; every event was told once and in order; no order was doubled, none is
open whose cancel was asked for, and none that nobody knows.
"""

import asyncio
import random
from collections.abc import Callable, Mapping

import pytest

from connector.simulator.fault_injection.catalogue import FAULTS
from connector.simulator.fault_injection.faults import Armed
from tests.companions.flows.deed_table import EVERY, MATRIX, WAYS
from tests.companions.flows.order_faults import NONE, TOUCHING, drawn, once
from tests.companions.flows.order_weather import weather
from tests.companions.flows.seeds import seeds_of

pytestmark = pytest.mark.virtual_time

PAIRS_IN_CI = 1_000
#: Half of the runs meet a settlement, while something may be held.
FUNDING_FIRST_S = (2.0, 3_600.0)
#: How long what is known may not be what the exchange has: what is told beside a lost event tells of it, a silence is
#: noticed within its limit, and nothing that one word says outlives the next comparison.
MOST_MS = {NONE: 0, "duplicate_user_event": 0, "lost_user_event": 1_000, "silent_stream": 6_000, "half_open": 6_000}
ANY_MS = 11_000
Drawing = Callable[[str, random.Random, str, str], Armed]


async def run(deed: str, way: str, faults: list[str], seed: int, draw: Drawing) -> Mapping[str, int]:
    """One run; returns how long the connector did not know what the exchange had."""
    name = f"{deed} {way} {faults} {seed}"
    chance = random.Random(name)
    loop = asyncio.get_running_loop()
    async with weather(
        WAYS[way], name, funding_first_s=chance.choice(FUNDING_FIRST_S), funding_interval_s=3_600.0
    ) as day:
        struck: set[str] = set()

        def strike(method: str, path: str = "/fapi/v1/order") -> None:
            for fault in faults:
                if fault not in struck or "method" in FAULTS[fault].takes:
                    struck.add(fault)
                    day.venue.faults.take_up(draw(fault, chance, method, path))

        began = loop.time()
        await EVERY[deed].does(day, strike)
        await asyncio.sleep(max(0.0, 5.0 - (loop.time() - began)))
        await day.clears()
        return day.truth.longest_ms


@pytest.mark.parametrize(("deed", "way"), MATRIX)
@pytest.mark.parametrize("fault", [NONE, *TOUCHING])
async def test_after_any_fault_what_is_known_is_what_the_exchange_has(
    fault: str, deed: str, way: str, record_property: Callable[[str, object], None]
) -> None:
    longest_ms = await run(deed, way, [] if fault == NONE else [fault], 1, once)
    record_property("time to truth", (fault, longest_ms))
    assert max(longest_ms.values()) <= MOST_MS.get(fault, ANY_MS), longest_ms


async def two_faults(seed: int) -> None:
    chance = random.Random(seed)
    deed = chance.choice(list(EVERY))
    way = chance.choice(EVERY[deed].ways)
    await run(deed, way, chance.sample(TOUCHING, 2), seed, drawn)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "further_seed" in metafunc.fixturenames:
        metafunc.parametrize("further_seed", seeds_of(metafunc.config.getoption("seeds")))


@pytest.mark.parametrize("seed", range(PAIRS_IN_CI))
async def test_after_two_faults_at_once_too(seed: int) -> None:
    await two_faults(seed)


@pytest.mark.long
async def test_after_two_faults_of_further_seeds(further_seed: int) -> None:
    await two_faults(further_seed)


@pytest.mark.parametrize(
    ("text", "first", "last"), [("1", 0, 0), ("20000", 0, 19_999), ("5000-7499", 5_000, 7_499), ("3-3", 3, 3)]
)
def test_seeds_are_a_number_of_them_or_the_first_and_the_last(text: str, first: int, last: int) -> None:
    seeds = seeds_of(text)
    assert (seeds[0], seeds[-1]) == (first, last)


@pytest.mark.parametrize("text", ["", "0", "7-3", "a-b", "-5", "1-2-3"])
def test_what_names_no_seeds_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="are no seeds"):
        seeds_of(text)
