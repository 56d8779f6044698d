"""When Python looks through all its memory: an exchange with ten thousand orders stands still for 100 ms meanwhile.

What is young is collected as ever, and what outlived that soon after it: the longer that waits the more of it there
is, and nobody is answered meanwhile (1.4 ms with Python's own figure). All the rest is looked through every few
minutes, and only what came since the start: what has no references any more is freed at once in any case.
"""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator

EVERY_S = 600.0
#: Collections of the youngest after which those that outlived them are looked through.
OUTLIVED_AFTER = 1
#: More young collections than a process lives to see.
NEVER = 2**31 - 1


@contextlib.asynccontextmanager
async def rare_collections(every_s: float = EVERY_S) -> AsyncIterator[None]:
    """Keeps full collections that far apart while the block runs."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(before[0], OUTLIVED_AFTER, NEVER)
    collector = asyncio.create_task(_collect(every_s))
    try:
        yield
    finally:
        collector.cancel()
        gc.set_threshold(*before)
        gc.unfreeze()


async def _collect(every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        gc.collect()
