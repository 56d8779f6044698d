"""Signatures. What signs exposes `sign` and the key's name, never the secret."""

import base64
import hashlib
from collections.abc import Callable
from typing import NoReturn, Protocol

from connector.core.faults import ConfigFault
from connector.core.secrets import Secret
from connector.net.hmac_key import HmacKey


class Signer(Protocol):
    """Signs a payload, exactly the text that will be sent, and names the key that it signs for.

    A signature is text as it stands in a WS-API request; in a query string it is percent-encoded once more.
    """

    def sign(self, payload: str) -> str: ...

    @property
    def api_key(self) -> Secret: ...

    @property
    def can_log_on(self) -> bool:
        """Whether the WS-API takes a session for this kind of key ("Log in with API key", as of 2026-11)."""
        ...


def key_fingerprint(signer: Signer) -> str:
    """Tells one key from another without telling the key: for names of files that belong to its account."""
    return hashlib.sha256(signer.api_key.reveal().encode()).hexdigest()[:12]


class HmacSigner:
    """HMAC-SHA256 in lower-case hex ("Signed endpoint security", as of 2026-11)."""

    __slots__ = ("_api_key", "keyed")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("what signs is neither pickled nor copied")

    def __init__(self, api_key: Secret, api_secret: Secret) -> None:
        self._api_key = api_key
        #: What signs; it doesn't tell the secret either.
        self.keyed = HmacKey(api_secret.reveal().encode())

    @property
    def api_key(self) -> Secret:
        return self._api_key

    @property
    def can_log_on(self) -> bool:
        return False

    def sign(self, payload: str) -> str:
        return self.keyed.hex(payload.encode())


class KeyPairSigner:
    """RSA (PKCS#1 v1.5 with SHA-256) or Ed25519 in base64 ("Signed endpoint security", as of 2026-11).

    `private_key` is its PEM text. Raises `ConfigFault` for what is no private key of either kind.
    """

    __slots__ = ("_api_key", "_can_log_on", "_signature")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("what signs is neither pickled nor copied")

    def __init__(self, api_key: Secret, private_key: Secret) -> None:
        self._api_key = api_key
        self._signature, self._can_log_on = _key_pair(private_key)

    @property
    def api_key(self) -> Secret:
        return self._api_key

    @property
    def can_log_on(self) -> bool:
        return self._can_log_on

    def sign(self, payload: str) -> str:
        return base64.b64encode(self._signature(payload.encode())).decode()


def _key_pair(pem: Secret) -> tuple[Callable[[bytes], bytes], bool]:
    """What signs, and whether a session may be logged on with it."""
    # Six MB that a run with an HMAC key can do without.
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.reveal().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # What it says may quote the key: nothing of it is told.
        raise _no_key("what was given") from None
    if isinstance(key, Ed25519PrivateKey):
        return key.sign, True
    if isinstance(key, RSAPrivateKey):
        return (lambda payload: key.sign(payload, PKCS1v15(), SHA256())), False
    raise _no_key(type(key).__name__)


def _no_key(found: str) -> ConfigFault:
    return ConfigFault("private key", found, "is no RSA or Ed25519 key in PEM without a password", "make it anew")
