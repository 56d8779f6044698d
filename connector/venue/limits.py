"""Rate limits and stream limits, before exchangeInfo tells the ones in force.

Source: "USDⓈ-M Futures general info, limits", as of 2026-11.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`limit` units in any calendar-aligned window of `window_ms`."""

    #: The venue's word.
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

#: Headers by which the venue reports its own counters: of which kind, and of which window.
COUNTER_HEADERS: dict[str, tuple[str, int]] = {
    "X-MBX-USED-WEIGHT-1M": (REQUEST_WEIGHT, 60_000),
    "X-MBX-ORDER-COUNT-10S": (ORDERS, 10_000),
    "X-MBX-ORDER-COUNT-1M": (ORDERS, 60_000),
}

#: One stream connection: streams carried, messages a client may send a second, hours it lives.
MAX_STREAMS = 1024
MAX_CLIENT_MESSAGES_PER_S = 10
CONNECTION_LIFE_H = 24

#: How long after its timestamp a request may arrive, unless it asks for less ("Timing security").
RECV_WINDOW_MS = 5000
#: The most rows that one answer of a list holds: of orders, trades, income and settled rates.
MAX_ROWS = 1000


@dataclass(frozen=True, slots=True)
class StreamTerms:
    """How a stream's sockets are held."""

    #: A socket of this age is replaced, well before the venue cuts it.
    life_s: float = (CONNECTION_LIFE_H - 1) * 3600.0
    #: For this long the successor is received beside its predecessor.
    overlap_s: float = 1.0
    #: So many sockets carry the same, and the first arrival wins.
    copies: int = 1


HELD_A_DAY = StreamTerms()
