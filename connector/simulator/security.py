"""Who sends a request, and whether it is signed in time ("Signed endpoints", "Timing security").

The signature covers exactly the bytes sent: query string and body, concatenated without anything between, the
signature itself taken out. It has to be the last parameter.
"""

import hashlib
import hmac
import re

from connector.simulator.members import Member, Members
from connector.simulator.parameters import Parameters
from connector.simulator.refusals import Refusal

DEFAULT_RECV_WINDOW_MS = 5000
MAX_AHEAD_MS = 1000
_KEY = re.compile(r"[A-Za-z0-9]{64}")
_SIGNATURE = re.compile(r"(?:^|&)signature=[^&]*$")


def signature_of(secret: str, payload: str) -> str:
    """HMAC-SHA256 in hex; bytes of the payload that are no UTF-8 are signed as they came."""
    sent = payload.encode(errors="surrogateescape")
    return hmac.new(secret.encode(), sent, hashlib.sha256).hexdigest()


def member_of(members: Members, api_key: str | None) -> Member:
    """The sender by key alone: -2014 for what is no key, -2015 for one that nobody has."""
    if api_key is None or not _KEY.fullmatch(api_key):
        raise Refusal(-2014)
    member = members.find(api_key)
    if member is None:
        raise Refusal(-2015)
    return member


def check_signed(member: Member, query: str, body: str, params: Parameters, now_ms: int) -> None:
    """Time first, then the signature: a request with both wrong is told about the time."""
    check_time(params, now_ms)
    given = params.text("signature")
    payload = _SIGNATURE.sub("", query) + _SIGNATURE.sub("", body)
    expected = signature_of(member.api_secret, payload)
    if not hmac.compare_digest(expected.encode(), given.lower().encode(errors="replace")):
        raise Refusal(-1022)


def check_time(params: Parameters, now_ms: int) -> None:
    """timestamp < server time + 1000 and server time - timestamp <= recvWindow, else -1021."""
    timestamp = params.integer("timestamp")
    window_ms = params.optional_integer("recvWindow")
    if window_ms is None:
        window_ms = DEFAULT_RECV_WINDOW_MS
    if timestamp >= now_ms + MAX_AHEAD_MS or now_ms - timestamp > window_ms:
        raise Refusal(-1021)
