"""A process that only looks at the clock: `python -m tests.bench.pauses.clock_watch CORE`.

It sleeps a millisecond at a time on the core of whoever is measured. Where it was woken late the machine stood still,
not what is measured. Once its standard input closes it prints all such times, and ends.
"""

import gc
import json
import select
import sys
import time

from tests.bench.cores import bind

_STEP_S = 0.001
#: The system rounds a sleep up by so much.
_USUAL_NS, _KEPT_FROM_NS = 1_200_000, 500_000


def main(core: int) -> None:
    bind(core)
    gc.disable()
    late: list[tuple[int, int]] = []
    print("ready", flush=True)
    while True:
        asked_ns = time.perf_counter_ns()
        has_ended = select.select([sys.stdin], [], [], _STEP_S)[0]
        woke_ns = time.perf_counter_ns()
        if woke_ns - asked_ns - _USUAL_NS > _KEPT_FROM_NS:
            late.append((asked_ns + _USUAL_NS, woke_ns))
        if has_ended:
            print(json.dumps(late))
            return


if __name__ == "__main__":
    main(int(sys.argv[1]))
