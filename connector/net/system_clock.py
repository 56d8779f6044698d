"""The one place that reads the clock."""

import time


class SystemClock:
    """This machine's clocks; satisfies `core.clock.Clock`."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000
