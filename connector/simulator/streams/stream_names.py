"""Names of market streams: what they carry, how often, and on which route they are delivered.

A name that is asked for on another route, or in upper case, is acknowledged and stays silent
("WebSocket URL split"). Unrouted connections deliver what `/public` delivers.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from connector.simulator.market.candles import INTERVALS, WIDTHS_MS
from connector.simulator.market.instruments import CONTRACT_TYPES

PUBLIC, MARKET, PRIVATE, UNROUTED = "public", "market", "private", ""
ROUTES = (PUBLIC, MARKET, PRIVATE)
DEFAULT_DEPTH_MS = 250
#: A speed of 0 tells every change as it happens; no page lists it, clients subscribe to it by default.
AS_IT_HAPPENS = 0
DEPTH_SPEEDS_MS = (AS_IT_HAPPENS, 100, DEFAULT_DEPTH_MS, 500)
PARTIAL_LEVELS = (5, 10, 20)

#: Symbols may be of any script, but never upper case.
_STEM = re.compile(r"[^A-Z!/\s]+")


@dataclass(frozen=True, slots=True)
class StreamName:
    """A market stream."""

    #: Empty where it is about all.
    symbol: str
    kind: str
    route: str
    #: 0 but for partial depth.
    levels: int = 0
    #: 0 for what comes as it happens.
    speed_ms: int = 0


def depth_kind(levels: int, speed_ms: int) -> str:
    """The part behind the symbol of a depth stream, 0 levels for changes: `depth5@100ms`.

    The speed of a name without one is never spelled out: `depth@250ms` is silent.
    """
    suffix = "" if speed_ms == DEFAULT_DEPTH_MS else f"@{speed_ms}ms"
    return f"depth{levels or ''}{suffix}"


#: What may stand behind a symbol: kind, route, levels, speed.
_OF_SYMBOL: dict[str, tuple[str, str, int, int]] = {
    **{
        depth_kind(levels, speed_ms): ("depth", PUBLIC, levels, speed_ms)
        for levels in (0, *PARTIAL_LEVELS)
        for speed_ms in DEPTH_SPEEDS_MS
    },
    "rpiDepth@500ms": ("rpiDepth", PUBLIC, 0, 500),
    "bookTicker": ("bookTicker", PUBLIC, 0, 0),
    "trade": ("trade", PUBLIC, 0, 0),
    "aggTrade": ("aggTrade", MARKET, 0, 0),
    "markPrice": ("markPrice", MARKET, 0, 3000),
    "markPrice@1s": ("markPrice", MARKET, 0, 1000),
    "miniTicker": ("miniTicker", MARKET, 0, 2000),
    "ticker": ("ticker", MARKET, 0, 2000),
    "forceOrder": ("forceOrder", MARKET, 0, 1000),
    "compositeIndex": ("compositeIndex", MARKET, 0, 1000),
    "assetIndex": ("assetIndex", MARKET, 0, 1000),
    **{f"kline_{interval}": ("kline", MARKET, 0, 250) for interval in INTERVALS},
    **{f"continuousKline_{interval}": ("continuousKline", MARKET, 0, 250) for interval in WIDTHS_MS},
}
#: Streams about all contracts: route and speed.
_OF_ALL: dict[str, tuple[str, int]] = {
    "!bookTicker": (PUBLIC, 5000),
    "!markPrice@arr": (MARKET, 3000),
    "!markPrice@arr@1s": (MARKET, 1000),
    "!miniTicker@arr": (MARKET, 1000),
    "!ticker@arr": (MARKET, 1000),
    "!forceOrder@arr": (MARKET, 1000),
    "!contractInfo": (MARKET, 0),
    "!assetIndex@arr": (MARKET, 1000),
    "tradingSession": (MARKET, 1000),
}
_CONTRACT_TYPES = tuple(name.lower() for name in CONTRACT_TYPES)


def stream_named(name: str) -> StreamName | None:
    """What a name stands for; None for names that the exchange does not have."""
    if name in _OF_ALL:
        route, speed_ms = _OF_ALL[name]
        return StreamName("", name, route, 0, speed_ms)
    stem, _, behind = name.partition("@")
    if behind not in _OF_SYMBOL or not _STEM.fullmatch(stem):
        return None
    kind, route, levels, speed_ms = _OF_SYMBOL[behind]
    if kind == "continuousKline" and not stem.endswith(tuple(f"_{known}" for known in _CONTRACT_TYPES)):
        return None
    return StreamName(stem.upper(), kind, route, levels, speed_ms)


def is_delivered(name: str, route: str) -> bool:
    """Whether a connection on `route` gets that market stream."""
    stream = stream_named(name)
    return stream is not None and stream.route == (route or PUBLIC)


def streams_of(symbols: Iterable[str]) -> list[str]:
    """Every stream of those contracts, and those about all; continuous candles by the perpetual's name."""
    found = list(_OF_ALL)
    for symbol in symbols:
        stem = symbol.lower()
        for behind, (kind, *_) in _OF_SYMBOL.items():
            stems = [f"{stem}_{known}" for known in _CONTRACT_TYPES] if kind == "continuousKline" else [stem]
            found += [f"{each}@{behind}" for each in stems]
    return found
