"""A request of the WS-API: its envelope, its parameters as text, and the payload that is signed.

    {"id": 1, "method": "order.place", "params": {"symbol": "BTCUSDT", ...}}

Numbers are kept in the very digits they came in: they are signed as such ("WebSocket API: request security").
"""

import json
from typing import NamedTuple, NoReturn
from urllib.parse import quote

from connector.simulator.errors import VenueError

#: Whole numbers beyond are no id: clients that count stay below.
MOST_ID = 2**63 - 1
_WORDS = {True: "true", False: "false"}


class _Decimal(str):
    """A number with a point or an exponent, as it was written."""

    __slots__ = ()


def _no_number(text: str) -> NoReturn:
    """NaN and Infinity are no JSON."""
    raise ValueError(text)


_DECODER = json.JSONDecoder(parse_float=_Decimal, parse_constant=_no_number)
RequestId = str | int | None


class WsRequest(NamedTuple):
    """A well-formed request."""

    id: RequestId
    method: str
    #: Texts as in a query string.
    params: dict[str, str]


class Malformed(Exception):
    """What is no request, and the id that its answer carries as far as one was found."""

    def __init__(self, id: RequestId, refusal: VenueError) -> None:
        super().__init__(str(refusal))
        self.id, self.refusal = id, refusal


def request_of(text: str) -> WsRequest:
    """Reads a frame, or raises `Malformed`: -1135 for what is no JSON object, -1102 and -1130 for ill fields."""
    try:
        sent = _DECODER.decode(text)
    except (ValueError, RecursionError):
        raise Malformed(None, VenueError(-1135)) from None
    if not isinstance(sent, dict):
        raise Malformed(None, VenueError(-1135))
    request_id = sent.get("id")
    if not _is_id(request_id):
        raise Malformed(None, VenueError(-1102, "id"))
    method, params = sent.get("method"), sent.get("params")
    if not isinstance(method, str) or not method:
        raise Malformed(request_id, VenueError(-1102, "method"))
    if params is None:
        params = {}
    if not isinstance(params, dict):
        raise Malformed(request_id, VenueError(-1102, "params"))
    try:
        return WsRequest(request_id, method, _texts(params))
    except VenueError as refusal:
        raise Malformed(request_id, refusal) from None


def signed_payload(params: dict[str, str], *, encoded: bool = False) -> bytes:
    """What the signature covers: all else, sorted by name, values as they are or percent-encoded.

    Clients disagree whether values are encoded first, and no page says: the exchange accepts both. They are the same
    for letters, digits and `._~-`.
    """
    names = sorted(params)
    if "signature" in params:
        names.remove("signature")
    if encoded:
        pairs = [f"{name}={quote(params[name], safe='', errors='replace')}" for name in names]
    else:
        pairs = [f"{name}={params[name]}" for name in names]
    return "&".join(pairs).encode(errors="replace")


def _is_id(value: object) -> bool:
    if type(value) is int:
        return abs(value) <= MOST_ID
    return value is None or type(value) is str


def _texts(params: dict[str, object]) -> dict[str, str]:
    """Most are texts already."""
    return {name: value if type(value) is str else _text(name, value) for name, value in params.items()}


def _text(name: str, value: object) -> str:
    """A parameter as a query string would carry it; nothing stands for null."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, int):
        return str(value)
    if value is None:
        return ""
    raise VenueError(-1130, name)
