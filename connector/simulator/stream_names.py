"""Names of market streams: what they carry, how often, and on which route they are delivered.

A name that is asked for on another route, or in upper case, is acknowledged and stays silent
("WebSocket URL split"). Unrouted connections deliver what `/public` delivers.
"""

import re
from dataclasses import dataclass

PUBLIC, MARKET, PRIVATE, UNROUTED = "public", "market", "private", ""
ROUTES = (PUBLIC, MARKET, PRIVATE)

_DEPTH = re.compile(r"([a-z0-9_]+)@depth(5|10|20)?(?:@(100|500)ms)?")
_PLAIN = re.compile(r"([a-z0-9_]+)@(bookTicker|trade|aggTrade|markPrice)(?:@(1s))?")
_ROUTE_OF = {"depth": PUBLIC, "bookTicker": PUBLIC, "trade": PUBLIC, "aggTrade": MARKET, "markPrice": MARKET}
DEFAULT_DEPTH_MS = 250


@dataclass(frozen=True, slots=True)
class StreamName:
    """A market stream. `levels` is 0 but for partial depth; `speed_ms` is 0 for what comes as it happens."""

    symbol: str
    kind: str
    route: str
    levels: int = 0
    speed_ms: int = 0


def stream_named(name: str) -> StreamName | None:
    """What a name stands for; None for names that the exchange does not have."""
    if match := _DEPTH.fullmatch(name):
        speed_ms = int(match[3] or DEFAULT_DEPTH_MS)
        return StreamName(match[1].upper(), "depth", PUBLIC, int(match[2] or 0), speed_ms)
    match = _PLAIN.fullmatch(name)
    if match is None or (match[3] and match[2] != "markPrice"):
        return None
    speed_ms = (1000 if match[3] else 3000) if match[2] == "markPrice" else 0
    return StreamName(match[1].upper(), match[2], _ROUTE_OF[match[2]], 0, speed_ms)


def is_delivered(name: str, route: str) -> bool:
    """Whether a connection on `route` gets that market stream."""
    stream = stream_named(name)
    return stream is not None and stream.route == (route or PUBLIC)
