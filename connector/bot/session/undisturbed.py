"""What would stop all trading now and then, and is kept short while it goes on.

The collector looks through everything that there is, 25 to 70 ms with all that was loaded: what is there once the
connector is ready stays there, and is left out from then on. What comes later is bounded, and is looked through in a
millisecond or two. Other threads, which carry the history and sync the journal, give the interpreter back after half
a millisecond, instead of Python's five.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_OTHERS_HOLD_S = 0.0001


@contextmanager
def undisturbed() -> Iterator[None]:
    """Of the whole process, until the block ends; it begins with one last look through everything."""
    before_s = sys.getswitchinterval()
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(min(before_s, _OTHERS_HOLD_S))
    try:
        yield
    finally:
        # Where another block set it before, it is that one's to give back.
        if before_s > _OTHERS_HOLD_S:
            sys.setswitchinterval(before_s)
        gc.unfreeze()
