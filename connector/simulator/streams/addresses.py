"""What the address of a WebSocket asks for ("WebSocket URL split", "User data streams").

/public/ws/btcusdt@depth@100ms                     raw frames
/market/stream?streams=btcusdt@aggTrade/...        wrapped frames
/private/ws/<key>   /private/ws?listenKey=<key>&events=ORDER_TRADE_UPDATE/ACCOUNT_UPDATE
/ws/...  /stream?streams=...                       unrouted: opens, and delivers what /public delivers
"""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from connector.simulator.streams.stream_names import ROUTES, UNROUTED


@dataclass(frozen=True, slots=True)
class Opening:
    """What a connection's address asks for: route, wrapped or raw frames, streams, and event filters by key."""

    route: str
    combined: bool
    names: tuple[str, ...] = ()
    events: dict[str, frozenset[str]] = field(default_factory=dict)


def opening_of(path: str, query: str) -> Opening | None:
    """The opening that a path and a query stand for; None where no stream connection is served."""
    parts = [unquote(part) for part in path.split("/") if part]
    route = parts.pop(0) if parts and parts[0] in ROUTES else UNROUTED
    if not parts or parts[0] not in ("ws", "stream"):
        return None
    names = parts[1:]
    events: dict[str, frozenset[str]] = {}
    for name, value in parse_qsl(query):
        if name == "streams":
            names += value.split("/")
        elif name == "listenKey":
            names.append(value)
        elif name == "events" and names:
            events[names[-1]] = frozenset(value.split("/"))
    return Opening(route, parts[0] == "stream", tuple(name for name in names if name), events)
