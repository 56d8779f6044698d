"""The lines of a recording: a frame or a snapshot as it came, and what whoever records says beside.

    <received ns> <JSON>

What is no frame of the venue's is told as the data of a stream of its own: `<symbol>@snapshot`, `<symbol>@fundingInfo`,
`<symbol>@outage`.
"""

import ujson

from connector.core.amounts import plain
from connector.wire.funding_replies import FundingAdjustment

_HOUR_MS = 3_600_000
#: What contracts that fundingInfo does not list settle by.
_USUAL_HOURS = 8


def frame_line(received_ns: int, frame: bytes) -> bytes:
    """A frame."""
    return b"%d %b\n" % (received_ns, frame)


def snapshot_line(received_ns: int, symbol: str, body: bytes) -> bytes:
    """A depth snapshot; `symbol` empty in a capture of one symbol."""
    return _of_stream(received_ns, symbol, "snapshot", body) if symbol else frame_line(received_ns, body)


def outage_line(received_ns: int, symbol: str, reason: str) -> bytes:
    """The symbol is out of sight for a reason, or, without one, is seen again."""
    return _of_stream(received_ns, symbol, "outage", ujson.dumps({"reason": reason}).encode())


def funding_line(received_ns: int, symbol: str, row: FundingAdjustment | None) -> bytes:
    """How the symbol settles; None: as those that are not listed."""
    terms = {
        "hours": _USUAL_HOURS if row is None else max(1, row.interval_ms // _HOUR_MS),
        "cap": None if row is None or row.rate_cap is None else plain(row.rate_cap),
        "floor": None if row is None or row.rate_floor is None else plain(row.rate_floor),
    }
    return _of_stream(received_ns, symbol, "fundingInfo", ujson.dumps(terms).encode())


def _of_stream(received_ns: int, symbol: str, kind: str, data: bytes) -> bytes:
    return frame_line(received_ns, b'{"stream":"%b@%b","data":%b}' % (symbol.lower().encode(), kind.encode(), data))
