"""What is read anew from time to time: the venue's clock."""

import asyncio
import logging

from connector.core.clock import Clock
from connector.core.faults import ConnectorFault
from connector.net.gateway import Gateway

_LOG = logging.getLogger(__name__)
CLOCK_EVERY_S = 600.0
_STEP_S = 2.0
#: A step that took so much longer than it should: this machine slept, or stood still.
_ASLEEP_MS = 3_000


async def keep_clock(gateway: Gateway, clock: Clock, every_s: float = CLOCK_EVERY_S) -> None:
    """Measures the venue's clock for ever; soon where something was dated ahead of it, and at once when this machine
    wakes up from a sleep. What fails is tried again after a step."""
    meter = gateway.clock_meter
    step_s = min(_STEP_S, every_s)
    due_ms = clock.monotonic_ms() + round(every_s * 1000)
    while True:
        before_ms = clock.monotonic_ms()
        await asyncio.sleep(step_s)
        now_ms = clock.monotonic_ms()
        slept = now_ms - before_ms > round(step_s * 1000) + _ASLEEP_MS
        is_doubtful = slept or meter.is_in_doubt
        if not is_doubtful and now_ms < due_ms:
            continue
        try:
            # Before a sleep the offset was right; what the venue's clock did meanwhile is not known.
            await (meter.measure_anew(meter.measured) if is_doubtful else meter.measure())
            due_ms = clock.monotonic_ms() + round(every_s * 1000)
        except ConnectorFault as fault:
            due_ms = now_ms
            _LOG.info("measuring the clock: %s", fault)
