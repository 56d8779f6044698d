"""The pace of connection attempts."""

import asyncio

from connector.net.handshakes import HandshakePace
from tests.companions.virtual_time import LoopClock, run_in_virtual_time


def test_a_minute_sees_no_more_attempts_than_are_allowed_whoever_asks() -> None:
    async def attempts(clock: LoopClock) -> list[int]:
        pace, began_ms = HandshakePace(clock.monotonic_ms, most=5), []

        async def tries() -> None:
            await pace.turn()
            began_ms.append(clock.monotonic_ms())
            await asyncio.sleep(1.0)

        await asyncio.gather(*(tries() for _ in range(12)))
        return began_ms

    began_ms = run_in_virtual_time(attempts)
    assert len(began_ms) == 12
    assert all(later - earlier >= 60_000 for earlier, later in zip(began_ms, began_ms[5:], strict=False))
    assert began_ms[4] == began_ms[0], "a first crowd is not held up"


def test_one_that_gives_up_waiting_does_not_hold_up_the_next() -> None:
    async def work(clock: LoopClock) -> int:
        pace = HandshakePace(clock.monotonic_ms, most=1)
        await pace.turn()
        began_ms = clock.monotonic_ms()
        gives_up = asyncio.create_task(pace.turn())
        waits = asyncio.create_task(pace.turn())
        await asyncio.sleep(1)
        gives_up.cancel()
        await waits
        return clock.monotonic_ms() - began_ms

    assert 60_000 <= run_in_virtual_time(work) < 60_100
