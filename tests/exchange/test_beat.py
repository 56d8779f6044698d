import asyncio
from itertools import pairwise

import pytest

from connector.exchange.beat import beat

pytestmark = pytest.mark.virtual_time


async def test_works_of_one_pace_and_of_its_multiples_wake_together() -> None:
    loop, woken = asyncio.get_running_loop(), set()

    async def look(after_s: float, step_s: float, times: int) -> None:
        await asyncio.sleep(after_s)
        for _ in range(times):
            await beat(step_s)
            woken.add(round(loop.time(), 6))

    await asyncio.gather(look(0.03, 0.1, 20), look(0.04, 0.2, 10), look(0.07, 0.5, 4), look(0.11, 1.0, 2))
    assert len(woken) == 20


async def test_a_beat_comes_at_least_every_step_and_never_twice() -> None:
    loop = asyncio.get_running_loop()
    times = []
    for _ in range(50):
        await beat(0.1)
        times.append(loop.time())
    steps = [after - before for before, after in pairwise(times)]
    assert all(step == pytest.approx(0.1, abs=1e-6) for step in steps)
