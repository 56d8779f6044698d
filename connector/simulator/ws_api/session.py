"""One client's talk with the WS-API, without its socket: a frame in, the frame that answers it out.

Requests are signed one by one, or the connection is logged on with an Ed25519 key and signs no more
("WebSocket API: session authentication").
"""

from typing import NamedTuple

from connector.simulator.access.api_keys import ApiKey
from connector.simulator.access.key_faults import check_key_faults
from connector.simulator.access.parameters import Parameters
from connector.simulator.access.security import check_right, check_signature, check_time, right_for, sender_of
from connector.simulator.access.signatures import KeyKind, is_signed
from connector.simulator.errors import VenueError
from connector.simulator.json_bytes import frame_of
from connector.simulator.rest.dispatch import Outcome, carried_out
from connector.simulator.rest.request import Request
from connector.simulator.rest.routes import Route, Security
from connector.simulator.runtime import Runtime
from connector.simulator.ws_api.methods import LOGON, LOGOUT, SESSION_METHODS, SESSION_WEIGHT, Method, method_of
from connector.simulator.ws_api.requests import Malformed, RequestId, WsRequest, request_of, signed_payload

HANDSHAKE_WEIGHT = 5
_LOGON_NAMES = {KeyKind.HMAC: "HMAC_SHA256", KeyKind.RSA: "RSA"}
Payload = dict[str, object]


class ReadRequest(NamedTuple):
    """A frame that was read: a request, or what is wrong with it."""

    id: RequestId
    asked: WsRequest | None
    method: Method | None
    refusal: VenueError | None = None


class _Revoked(VenueError):
    """The key that a session was logged on with is gone."""


class Session:
    """What one connection has agreed on: who is logged on, and whether answers carry the rate limits."""

    def __init__(self, runtime: Runtime, address: str, *, returns_limits: bool = True) -> None:
        self._runtime, self._address, self._returns_limits = runtime, address, returns_limits
        self._connected_ms = runtime.now_ms()
        self._session_key: ApiKey | None = None
        self._authorised_ms: int | None = None

    def read(self, text: str) -> ReadRequest:
        """Understands a frame; whatever it is, it can be answered."""
        try:
            asked = request_of(text)
        except Malformed as fault:
            return ReadRequest(fault.id, None, None, fault.refusal)
        method = method_of(asked.method)
        if method is None and asked.method not in SESSION_METHODS:
            return ReadRequest(asked.id, None, None, VenueError(-1020))
        return ReadRequest(asked.id, asked, method)

    def api_key_of(self, request: ReadRequest) -> str:
        """Whose key a request names, else who is logged on; empty where nobody is."""
        named = request.asked.params.get("apiKey") if request.asked else None
        return named or (self._session_key.api_key if self._session_key else "")

    def answer(self, request: ReadRequest, came_ms: int | None = None) -> bytes:
        """Does what a request asks for and answers it; what it brought about is published before.

        `came_ms` is when it came, where that is not now.
        """
        now_ms = self._runtime.now_ms()
        asked, method = request.asked, request.method
        if asked is None:
            return self._framed(request, Outcome(None, request.refusal, None), now_ms)
        if method is None:
            return self._framed(request, self._session(asked, now_ms), now_ms)

        def authenticate(params: Parameters, now_ms: int) -> ApiKey | None:
            return self._authenticated(method, asked, params, now_ms if came_ms is None else came_ms)

        route = method.route
        outcome = carried_out(self._runtime, route, asked.params, self._address, now_ms, authenticate)
        if method.lacks and isinstance(outcome.payload, dict):
            kept = {name: value for name, value in outcome.payload.items() if name not in method.lacks}
            outcome = Outcome(kept, None, outcome.sender)
        return self._framed(request, outcome, now_ms, counts_orders=route.counts_orders)

    def _authenticated(self, method: Method, asked: WsRequest, params: Parameters, now_ms: int) -> ApiKey | None:
        security = method.route.security
        if security is Security.NONE:
            return None
        if security is Security.KEY or "apiKey" in asked.params or self._session_key is None:
            sender = self._signer(asked, params, now_ms, signs=security is Security.SIGNED)
        else:
            sender = self._logged_on()
            check_time(params, now_ms)
        check_right(sender, right_for(method.verb, method.path), now_ms, self._address)
        return sender

    def _signer(self, asked: WsRequest, params: Parameters, now_ms: int, *, signs: bool) -> ApiKey:
        """Whose key a request names; without one, who is logged on."""
        if "apiKey" not in asked.params and self._session_key is not None:
            return self._logged_on()
        sender = sender_of(self._runtime.api_keys, params.text("apiKey"), self._address)
        check_key_faults(self._runtime.faults, sender.api_key, self._address)
        if signs:
            check_time(params, now_ms)
            given = params.text("signature")
            if not is_signed(sender.kind, sender.lock, signed_payload(asked.params), given):
                check_signature(sender, signed_payload(asked.params, encoded=True), given)
        return sender

    def _logged_on(self) -> ApiKey:
        """Who is logged on, by what the key permits now; a key revoked since ends the session with -2015."""
        sender = self._session_key and self._runtime.api_keys.find(self._session_key.api_key)
        if sender is None:
            self._session_key = self._authorised_ms = None
            raise _Revoked(-2015, self._address)
        try:
            check_key_faults(self._runtime.faults, sender.api_key, self._address)
        except VenueError as refusal:
            self._session_key = self._authorised_ms = None
            raise _Revoked(refusal.code, self._address) from None
        return sender

    def _session(self, asked: WsRequest, now_ms: int) -> Outcome:
        def handled(request: Request) -> object:
            if asked.method == LOGON:
                self._session_key, self._authorised_ms = self._logon(asked, request.params, now_ms), now_ms
            elif asked.method == LOGOUT:
                self._session_key = self._authorised_ms = None
            return self._status(now_ms)

        route = Route(handled, lambda params: SESSION_WEIGHT, Security.NONE)
        return carried_out(self._runtime, route, asked.params, self._address, now_ms, lambda params, now_ms: None)

    def _logon(self, asked: WsRequest, params: Parameters, now_ms: int) -> ApiKey:
        sender = sender_of(self._runtime.api_keys, params.text("apiKey"), self._address)
        if sender.kind is not KeyKind.ED25519:
            raise VenueError(-4056, _LOGON_NAMES[sender.kind])
        return self._signer(asked, params, now_ms, signs=True)

    def _status(self, now_ms: int) -> Payload:
        return {
            "apiKey": self._session_key.api_key if self._session_key else None,
            "authorizedSince": self._authorised_ms,
            "connectedSince": self._connected_ms,
            "returnRateLimits": self._returns_limits,
            "serverTime": now_ms,
        }

    def _framed(self, request: ReadRequest, outcome: Outcome, now_ms: int, *, counts_orders: bool = False) -> bytes:
        """The envelope. The request that finds its session's key revoked is answered without its id."""
        refusal = outcome.refusal
        if refusal is None:
            frame: Payload = {"id": request.id, "status": 200, "result": outcome.payload}
        else:
            error: Payload = {"code": refusal.code, "msg": refusal.text, **silence_of(refusal.retry_after_s, now_ms)}
            is_revoked = isinstance(refusal, _Revoked)
            frame = {"id": None if is_revoked else request.id, "status": refusal.status, "error": error}
        if self._wants_limits(request):
            account_id = outcome.sender.account_id if counts_orders and outcome.sender else None
            frame["rateLimits"] = self._runtime.rate_limits.told(now_ms, self._address, account_id)
        return frame_of(frame)

    def _wants_limits(self, request: ReadRequest) -> bool:
        asked = request.asked
        wanted = asked.params.get("returnRateLimits") if asked is not None else None
        return self._returns_limits if wanted is None else wanted == "true"


def silence_of(retry_after_s: int | None, now_ms: int) -> Payload:
    """Until when an error wants silence, where it does: what REST tells in a header ("data" of the spot's errors, and
    (inf.) of the futures')."""
    if retry_after_s is None:
        return {}
    return {"data": {"serverTime": now_ms, "retryAfter": now_ms + retry_after_s * 1000}}
