import asyncio

import pytest

from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.network import upkeep
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import until


async def test_a_reading_that_fails_is_logged_and_tried_again(
    connector: PerpetualDerivative, venue: LocalExchange, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    components = connector.components
    await venue.stop()
    keeping = asyncio.create_task(upkeep.keep_clock(components.gateway, components.clock, every_s=0.01))
    await until(lambda: "measuring the clock" in caplog.text, "the failure is logged")
    assert not keeping.done()
    keeping.cancel()


async def test_a_clock_in_doubt_is_measured_soon(connector: PerpetualDerivative) -> None:
    gateway = connector.components.gateway
    gateway.clock_meter.is_in_doubt = True
    await until(lambda: not gateway.clock_meter.is_in_doubt, "the clock was measured again", within_s=10)


async def test_the_venues_clock_is_measured_when_this_machine_wakes_up(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    """The steady clock counts the time asleep, the loop's timers do not."""

    class Sleeper:
        def __init__(self) -> None:
            self.asleep_ms = 0

        def now_ms(self) -> int:
            return connector.components.clock.now_ms() + self.asleep_ms

        def monotonic_ms(self) -> int:
            return connector.components.clock.monotonic_ms() + self.asleep_ms

    clock = Sleeper()
    gateway = connector.components.gateway
    keeping = asyncio.create_task(upkeep.keep_clock(gateway, clock, every_s=3600))
    measured = gateway.clock_meter.measured
    await asyncio.sleep(12)
    assert gateway.clock_meter.measured == measured, "no more often than it is due"
    venue.faults.arm("clock_skew", ms=30_000)
    clock.asleep_ms = 3_600_000
    await until(lambda: gateway.clock_meter.measured > measured, "measured at once")
    assert gateway.venue_ms() > connector.components.clock.now_ms() + 29_000, "what was before counts no more"
    keeping.cancel()
