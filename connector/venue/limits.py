"""Rate limits and stream limits, before exchangeInfo tells the ones in force.

Source: "USDⓈ-M Futures general info, limits", as of 2026-11.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`limit` units in any calendar-aligned window of `window_ms`. `kind` is the venue's word."""

    kind: str
    window_ms: int
    limit: int


REQUEST_WEIGHT = "REQUEST_WEIGHT"
ORDERS = "ORDERS"

DEFAULT_RATE_LIMITS = (
    RateLimit(REQUEST_WEIGHT, 60_000, 2400),
    RateLimit(ORDERS, 10_000, 300),
    RateLimit(ORDERS, 60_000, 1200),
)

#: One stream connection: streams carried, messages a client may send a second, hours it lives.
MAX_STREAMS = 1024
MAX_CLIENT_MESSAGES_PER_S = 10
CONNECTION_LIFE_H = 24

#: A listen key dies this long after its last extension.
LISTEN_KEY_LIFE_MIN = 60

DEFAULT_RECV_WINDOW_MS = 5000
#: A timestamp may be this far ahead of the venue's clock, no more.
MAX_AHEAD_MS = 1000


@dataclass(frozen=True, slots=True)
class StreamTerms:
    """How a stream's sockets are held: replaced when `life_s` old, well before the venue cuts them; the successor is
    heard beside its predecessor for `overlap_s`; `copies` sockets carry the same, and the first arrival wins."""

    life_s: float = (CONNECTION_LIFE_H - 1) * 3600.0
    overlap_s: float = 1.0
    copies: int = 1


HELD_A_DAY = StreamTerms()
