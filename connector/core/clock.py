"""Time as an argument. Only a `Clock` reads the clock; everything that decides is handed the time."""

from typing import Protocol


class Clock(Protocol):
    """Two clocks: the wall, for what the venue stamps, and one that never jumps, for ages and pauses."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch by this machine's wall clock."""
        ...

    def monotonic_ms(self) -> int:
        """Milliseconds from an arbitrary start; never goes back."""
        ...


class ManualClock:
    """A clock that stands until it is moved: for tests and replay."""

    def __init__(self, ms: int = 0) -> None:
        self.ms = ms

    def now_ms(self) -> int:
        return self.ms

    def monotonic_ms(self) -> int:
        return self.ms

    def advance(self, ms: int) -> None:
        self.ms += ms
