"""A silence that the venue asked for, and how it ends: by one probe, and then gently.

    OPEN ──begin──▶ SILENT ──its end──▶ one request, the probe ──answered──▶ GENTLE for a while ──▶ OPEN
                      ▲                       │
                      └────── begun anew ─────┴── not answered: another probe

Kept by the steady clock: whoever sets a clock neither prolongs a ban nor ends it.
"""

from collections.abc import Callable

from connector.net.limits.limit_window import UNTIL_ANSWERED_MS

GENTLE_FOR_MS = 10_000


class LimitPause:
    """One silence at a time. Times are of the steady clock, in ms."""

    __slots__ = ("_gentle_until_ms", "_probe", "is_on", "misses", "on_change", "reason", "until_ms")

    def __init__(self) -> None:
        self.until_ms = 0
        #: The venue's words for it.
        self.reason = ""
        #: From the venue's word until a probe was answered.
        self.is_on = False
        #: Silences in a row, each begun by the answer to the probe of the one before.
        self.misses = 0
        #: Called when it begins, is prolonged, and is over.
        self.on_change: Callable[[], None] = lambda: None
        self._probe: int | None = None
        self._gentle_until_ms = 0

    def begin(self, until_ms: int, number: int | None = None, reason: str = "") -> None:
        """The venue wants silence until then; `number` is the request that it said so to."""
        if number is not None and number == self._probe:
            self.misses += 1
        is_news = not self.is_on or until_ms > self.until_ms
        self.until_ms = max(self.until_ms, until_ms)
        self.reason = reason
        self.is_on, self._probe = True, None
        if is_news:
            self.on_change()

    def wait_ms(self, steady_ms: int) -> int:
        """How long a request has to wait for it."""
        if not self.is_on:
            return 0
        if steady_ms < self.until_ms:
            return self.until_ms - steady_ms
        return 0 if self._probe is None else UNTIL_ANSWERED_MS

    def is_gentle(self, steady_ms: int) -> bool:
        """Whether few may be in flight at once."""
        return steady_ms < self._gentle_until_ms

    def spend(self, number: int) -> None:
        """The request leaves: the first after the silence is its probe."""
        if self.is_on and self._probe is None:
            self._probe = number

    def settle(self, number: int, steady_ms: int, *, answered: bool) -> None:
        """The request is over."""
        if number != self._probe:
            return
        self._probe = None
        if answered:
            self.is_on, self.misses = False, 0
            self._gentle_until_ms = steady_ms + GENTLE_FOR_MS
            self.on_change()
