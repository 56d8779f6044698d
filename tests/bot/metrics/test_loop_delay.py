"""What a turn that takes long does to all others is told."""

import asyncio
import time

from prometheus_client import CollectorRegistry, generate_latest

from connector.bot.metrics.loop_delay import LoopDelay
from tests.companions.local_trading import until
from tests.companions.scrapes import Samples, samples, value


async def test_a_turn_that_holds_the_loop_is_seen() -> None:
    registry = CollectorRegistry()

    def found() -> Samples:
        return samples(generate_latest(registry).decode())

    async with LoopDelay(registry).measured():
        await until(lambda: value(found(), "loop_delay_seconds_count") >= 1, "a first look")
        asyncio.get_running_loop().call_soon(time.sleep, 0.6)
        await until(lambda: value(found(), "loop_delay_seconds_sum") >= 0.3, "the long turn")
        assert value(found(), "loop_delay_seconds_bucket", le="0.25") < value(found(), "loop_delay_seconds_count")
