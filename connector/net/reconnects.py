"""When a connection is made anew: after a pause where it ended by itself, before its end where it is old.

The pause grows as long as connections end early, and is spread, so that a fleet does not return at once; lives are
spread too, so that sockets are not replaced all together. Streams and the WS-API keep these rules alike.
"""

import asyncio
import random

from connector.core.faults import Blame, Fault
from connector.venue.limits import StreamTerms

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0
#: Where the key was refused: nothing mends that but a person.
LONGEST_PAUSE_AFTER_REFUSAL_S = 60.0
#: A connection that lasted so long did not end early.
LASTED_MS = 60_000
#: Where no successor could be had, the old connection serves on, and one is tried again after this.
TRY_SUCCESSOR_AGAIN_MS = 30_000
#: While something is asked and nothing at all was heard for so long, what comes next takes another way: a dead socket
#: is told from a slow one only when it is too late for a cancel.
DOUBTED_AFTER_MS = 1_000
#: Lives end in the last twentieth of their span.
_LIFE_SPREAD = 0.05


class ReconnectPause:
    """The pauses between the connections of one stream, or of one place at the WS-API."""

    def __init__(self) -> None:
        self._pause_s = FIRST_PAUSE_S

    async def wait(self, lasted_ms: int, *, after_refusal: bool = False) -> None:
        """Returns when the next connection may be tried; the last one was up for so long, 0 where it never was."""
        longest_s = LONGEST_PAUSE_AFTER_REFUSAL_S if after_refusal else LONGEST_PAUSE_S
        self._pause_s = FIRST_PAUSE_S if lasted_ms > LASTED_MS else min(self._pause_s * 2, longest_s)
        await asyncio.sleep(self._pause_s * random.uniform(0.5, 1.0))


def is_refused(error: object) -> bool:
    """Whether it says that a key, or who asks, is refused: nothing but a person mends that."""
    return isinstance(error, Fault) and error.rule.blame is Blame.CONFIGURATION


def end_of_life_ms(terms: StreamTerms, up_ms: int) -> int:
    """When a connection that came up then is to be replaced, by the steady clock."""
    return up_ms + round(terms.life_s * 1000 * random.uniform(1 - _LIFE_SPREAD, 1))
