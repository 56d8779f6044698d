"""Signatures. What signs exposes `sign` and the key's name, never the secret."""

import hashlib
import hmac
from typing import Protocol

from connector.core.secrets import Secret


class Signer(Protocol):
    """Signs a payload, exactly the text that will be sent, and names the key that it signs for."""

    def sign(self, payload: str) -> str: ...

    @property
    def api_key(self) -> Secret: ...


class HmacSigner:
    """HMAC-SHA256 in lower-case hex ("Signed endpoint security", as of 2026-11)."""

    __slots__ = ("_api_key", "_api_secret")

    def __init__(self, api_key: Secret, api_secret: Secret) -> None:
        self._api_key = api_key
        self._api_secret = api_secret

    @property
    def api_key(self) -> Secret:
        return self._api_key

    def sign(self, payload: str) -> str:
        secret = self._api_secret.reveal().encode()
        return hmac.new(secret, payload.encode(), hashlib.sha256).hexdigest()
