"""How long the venue wants silence: what its answer says, as far as it can be believed.

It is believed up to the longest ban that the venue has; a time that is over, or that is none, is no word. Without one
the silence lasts until the next window begins, and longer each time in a row.
"""

from typing import Final

from connector.core.faults import Retry
from connector.core.figures import count_in
from connector.net.http import HttpAnswer
from connector.venue.error_codes import banned_until_ms
from connector.venue.limits import LONGEST_BAN_MS

#: Refusals after which nothing more of the pool is sent.
SILENCES: Final = frozenset({Retry.AFTER_PAUSE, Retry.AFTER_ORDER_PAUSE})
_MINUTE_MS = 60_000
_TEN_SECONDS_MS = 10_000
_MOST_MISSES = 9


def silence_ms(answer: HttpAnswer, text: str, retry: Retry, misses: int, now_ms: int) -> int:
    """How long from now (`now_ms` by the venue's clock); `misses` silences in a row were not enough."""
    told_ms = _told_ms(answer, text, now_ms)
    if told_ms is not None and told_ms > 0:
        return min(told_ms, LONGEST_BAN_MS)
    window_ms = _TEN_SECONDS_MS if retry is Retry.AFTER_ORDER_PAUSE else _MINUTE_MS
    return window_ms - now_ms % window_ms + min(misses, _MOST_MISSES) * window_ms


def _told_ms(answer: HttpAnswer, text: str, now_ms: int) -> int | None:
    """What the answer says, which may be nonsense; None where it says nothing."""
    until_ms = banned_until_ms(text)
    if until_ms is not None:
        return until_ms - now_ms
    after_s = count_in(answer.headers.get("Retry-After", ""))
    return None if after_s is None else after_s * 1000
