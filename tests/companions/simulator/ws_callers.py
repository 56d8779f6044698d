"""A caller of the WS-API without a socket: signs by itself, over the parameters sorted by name."""

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding

from connector.simulator.access.api_keys import ApiKey
from connector.simulator.access.signatures import KeyKind
from connector.simulator.ws_api.session import Session
from tests.companions.simulator.callers import Caller

BUY = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "price": "59000.0",
    "quantity": "0.01",
}


def ws_signed(sender: ApiKey, params: dict[str, object]) -> dict[str, object]:
    """The parameters with key and signature."""
    whole = {**params, "apiKey": sender.api_key}
    payload = "&".join(f"{name}={whole[name]}" for name in sorted(whole)).encode()
    if sender.kind is KeyKind.HMAC:
        return {**whole, "signature": hmac.new(sender.api_secret.encode(), payload, hashlib.sha256).hexdigest()}
    key = serialization.load_pem_private_key(sender.api_secret.encode(), None)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        mac = key.sign(payload)
    else:
        mac = key.sign(payload, padding.PKCS1v15(), hashes.SHA256())  # type: ignore[union-attr, call-arg, arg-type]
    return {**whole, "signature": base64.b64encode(mac).decode()}


class WsCaller:
    """One connection of one sender, its clock the exchange's."""

    def __init__(self, call: Caller, sender: ApiKey | None = None, *, returns_limits: bool = True) -> None:
        self.call, self.sender = call, sender or call.sender
        self.session = Session(call.runtime, "127.0.0.1", returns_limits=returns_limits)

    def raw(self, text: str) -> Any:
        return json.loads(self.session.answer(self.session.read(text)))

    def unsigned(self, method: str, **params: object) -> Any:
        return self.raw(json.dumps({"id": 7, "method": method, "params": params}))

    def __call__(self, method: str, **params: object) -> Any:
        """The whole answer to a signed request."""
        timed = {**params, "timestamp": self.call.runtime.now_ms()}
        return self.unsigned(method, **ws_signed(self.sender, timed))

    def code(self, method: str, **params: object) -> int:
        """The code of the refusal, 0 without one."""
        return int(self(method, **params).get("error", {}).get("code", 0))
