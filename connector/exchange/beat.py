"""One beat for everything that looks around every so often.

A wake-up of the loop costs more than most looks do: works of one pace, and of paces that are multiples of it, wake
together.
"""

import asyncio
import math
from typing import Final

#: What has no pace of its own looks around so often, all of it together.
LOOK_EVERY_S: Final = 0.25
#: A timer that rang a hair before its beat must not have it twice.
_HAIR = 1e-3


def next_beat_s(now_s: float, step_s: float) -> float:
    """The next whole multiple of `step_s`."""
    return (math.floor(now_s / step_s + _HAIR) + 1) * step_s


async def beat(step_s: float) -> None:
    """Waits until the loop's time is the next whole multiple of `step_s`: at most so long, and less the first time."""
    now_s = asyncio.get_running_loop().time()
    await asyncio.sleep(next_beat_s(now_s, step_s) - now_s)
