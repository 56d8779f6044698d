"""Rate limits and stream limits, before exchangeInfo tells the ones in force.

Source: "USDⓈ-M Futures general info, limits", as of 2026-11.
"""

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`limit` units in any calendar-aligned window of `window_ms`."""

    #: The venue's word.
    kind: str
    window_ms: int
    limit: int


#: The units in which the venue spells a window.
INTERVALS_MS = {"SECOND": 1000, "MINUTE": 60_000, "HOUR": 3_600_000, "DAY": 86_400_000}
#: A window of more of them is nonsense.
MOST_INTERVALS = 1_000
REQUEST_WEIGHT = "REQUEST_WEIGHT"
ORDERS = "ORDERS"
#: Our own word: exchangeInfo does not list it. What fundingRate and fundingInfo share.
FUNDING_REQUESTS = "FUNDING_REQUESTS"

DEFAULT_RATE_LIMITS = (
    RateLimit(REQUEST_WEIGHT, 60_000, 2400),
    RateLimit(ORDERS, 10_000, 300),
    RateLimit(ORDERS, 60_000, 1200),
)

#: Five minutes and an address; no answer tells how much of it is used.
FUNDING_LIMIT = RateLimit(FUNDING_REQUESTS, 300_000, 500)

_COUNTERS = {REQUEST_WEIGHT: "USED-WEIGHT", ORDERS: "ORDER-COUNT"}
_UNITS = ((86_400_000, "D"), (3_600_000, "H"), (60_000, "M"), (1_000, "S"))


@lru_cache(maxsize=64)
def counter_header(kind: str, window_ms: int) -> str:
    """The header by which answers tell how much of a limit is used; empty for one that none tells."""
    name = _COUNTERS.get(kind)
    unit = next((row for row in _UNITS if window_ms > 0 and window_ms % row[0] == 0), None)
    return f"X-MBX-{name}-{window_ms // unit[0]}{unit[1]}" if name and unit else ""


#: Bans grow from two minutes to three days ("IP limits"): no answer's word is believed beyond.
LONGEST_BAN_MS = 3 * 86_400_000
#: The venue publishes no limit of connection attempts for futures, and bans who reconnects without end; spot's is
#: 300 in five minutes.
HANDSHAKES_A_MINUTE = 60

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

#: Conditional orders that may wait at once, of all symbols together ("MAX_NUM_ALGO_ORDERS", as of 2025-12).
MOST_CONDITIONAL = 200
