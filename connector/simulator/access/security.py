"""Who sends a request, whether the key permits it, and whether it is signed in time ("Endpoint security type",
"Signed endpoints", "Timing security").

The signature covers exactly the bytes sent: query string and body, concatenated without anything between, the
signature itself taken out. It has to be the last parameter.
"""

import re
from enum import StrEnum

from connector.simulator.access.api_keys import ApiKey, ApiKeys
from connector.simulator.access.loopback import HOME
from connector.simulator.access.parameters import Parameters
from connector.simulator.access.signatures import is_signed
from connector.simulator.errors import VenueError

DEFAULT_RECV_WINDOW_MS, WALLET_MOST_WINDOW_MS = 5000, 60_000
MAX_AHEAD_MS = 1000
_KEY = re.compile(r"[A-Za-z0-9]{64}")
_SIGNATURE = re.compile(r"(?:^|&)signature=[^&]*$")
#: The one path that only reads and is a TRADE endpoint all the same.
_TRADE_READS = frozenset({"/fapi/v1/positionMargin/history"})
#: The wallet's: what is asked by POST and only reads, and what moves money.
_POSTED_READS = frozenset({"/sapi/v1/asset/get-funding-asset", "/sapi/v3/asset/getUserAsset"})
_TRANSFERS = frozenset({"/sapi/v1/asset/transfer"})


class Right(StrEnum):
    """What a key must permit."""

    READING = "reading"
    FUTURES = "futures"
    TRANSFERS = "universal_transfer"


def right_for(method: str, path: str) -> Right:
    """TRADE endpoints need the futures permission, transfers one of their own, all others with a key the one to read;
    so do listen keys."""
    reads = path in _POSTED_READS if method == "POST" else method == "GET" and path not in _TRADE_READS
    if path in _TRANSFERS and not reads:
        return Right.TRANSFERS
    return Right.READING if reads or path.endswith("/listenKey") else Right.FUTURES


def sender_of(api_keys: ApiKeys, api_key: str | None, address: str = HOME) -> ApiKey:
    """The sender by key alone: -2014 for what is no key, -2015 for one that nobody has or that has another address."""
    if api_key is None or not _KEY.fullmatch(api_key):
        raise VenueError(-2014)
    sender = api_keys.find(api_key)
    if sender is None or (sender.rights.addresses and address not in sender.rights.addresses):
        raise VenueError(-2015, address)
    return sender


def check_right(sender: ApiKey, right: Right, now_ms: int, address: str = HOME) -> None:
    """-2015 for what the key does not permit, or no more; -1002 for a transfer, as the wallet's paths answer."""
    is_over = right is Right.FUTURES and 0 < sender.rights.trading_ends_ms <= now_ms
    if is_over or not getattr(sender.rights, right):
        raise VenueError(-1002) if right is Right.TRANSFERS else VenueError(-2015, address)


def check_signed(sender: ApiKey, query: str, body: str, params: Parameters) -> None:
    """-1022 unless the request is the sender's. Its time is checked before: one with both wrong is told about that."""
    given = params.text("signature")
    payload = _SIGNATURE.sub("", query) + _SIGNATURE.sub("", body)
    check_signature(sender, payload.encode(errors="surrogateescape"), given)


def check_signature(sender: ApiKey, payload: bytes, given: str) -> None:
    """-1022 unless `given` is the sender's signature of `payload`."""
    if not is_signed(sender.kind, sender.lock, payload, given):
        raise VenueError(-1022)


def most_window_ms(path: str) -> int | None:
    """The longest recvWindow of a path: the wallet's have one, the futures' pages state none."""
    return WALLET_MOST_WINDOW_MS if path.startswith("/sapi/") else None


def check_time(params: Parameters, now_ms: int, most_ms: int | None = None) -> None:
    """timestamp < server time + 1000 and server time - timestamp <= recvWindow, else -1021.

    -1131 for a recvWindow above `most_ms` ("recvWindow cannot exceed 60000", change log of 2019-08-15).
    """
    timestamp = params.integer("timestamp", least=None)
    window_ms = params.optional_integer("recvWindow")
    if window_ms is not None and most_ms is not None and window_ms > most_ms:
        raise VenueError(-1131)
    if window_ms is None:
        window_ms = DEFAULT_RECV_WINDOW_MS
    if timestamp >= now_ms + MAX_AHEAD_MS or now_ms - timestamp > window_ms:
        raise VenueError(-1021)
