"""API keys: of which kind, what they permit, and whether a signature is theirs ("API key types").

HMAC-SHA256 in hex, RSA (PKCS#1 v1.5 with SHA-256) and Ed25519 in base64. Of the asymmetric kinds the exchange
knows the public half alone, unless it made the pair itself.
"""

import base64
import binascii
import hmac
import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

#: A shorter RSA key is refused by the venue, a longer one makes the exchange slow.
RSA_BITS = (2048, 4096)


class KeyKind(StrEnum):
    """How a key signs."""

    HMAC = "HMAC"
    RSA = "RSA"
    ED25519 = "ED25519"


@dataclass(frozen=True, slots=True)
class Rights:
    """What a key permits."""

    reading: bool = True
    futures: bool = True
    withdrawals: bool = False
    #: The only ones it may be used from; empty means any.
    addresses: frozenset[str] = frozenset()
    #: Money to other users of the venue.
    internal_transfer: bool = False
    #: Money between the wallets of its account.
    universal_transfer: bool = False
    # Of markets that this exchange lacks: told, and good for nothing here.
    spot: bool = False
    margin: bool = False
    portfolio_margin: bool = False
    options: bool = False
    fix_trade: bool = False
    fix_read: bool = False
    #: From then on it trades no more; 0: it has no such end.
    trading_ends_ms: int = 0


#: What a key permits unless said otherwise.
MAY_TRADE = Rights()


@dataclass(frozen=True, slots=True)
class Pair:
    """The halves of an asymmetric key as PEM."""

    kind: KeyKind
    public: str
    #: Empty where the exchange never saw it.
    private: str = ""


def hmac_hex(secret: str, payload: bytes) -> str:
    digest = _keyed(secret).copy()
    digest.update(payload)
    return digest.hexdigest()


def is_signed(kind: KeyKind, secret: str, payload: bytes, given: str) -> bool:
    """Whether `given` signs `payload`; `secret` is the shared secret, or the public half as PEM."""
    if kind is KeyKind.HMAC:
        expected = hmac_hex(secret, payload)
        return hmac.compare_digest(expected.encode(), given.lower().encode(errors="replace"))
    try:
        signature = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        return False
    key = _loaded(secret)
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, payload)
        else:
            key.verify(signature, payload, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def public_pair(pem: str) -> Pair | None:
    """The pair that a caller's public half stands for; None for what is no RSA or Ed25519 public key."""
    try:
        key = _loaded(pem)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return Pair(KeyKind.ED25519 if isinstance(key, ed25519.Ed25519PublicKey) else KeyKind.RSA, pem)


def new_pair(kind: KeyKind) -> Pair:
    """A fresh RSA or Ed25519 pair, the private half as unencrypted PKCS#8."""
    private: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey = (
        ed25519.Ed25519PrivateKey.generate()
        if kind is KeyKind.ED25519
        else rsa.generate_private_key(public_exponent=65_537, key_size=RSA_BITS[0])
    )
    secret = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    shown = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return Pair(kind, shown.decode(), secret.decode())


def addresses_of(text: str) -> frozenset[str] | None:
    """The addresses of a list with commas; None where one of them is none."""
    try:
        return frozenset(str(ipaddress.ip_address(part.strip())) for part in text.split(",") if part.strip())
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _keyed(secret: str) -> hmac.HMAC:
    """What each signature of a secret begins with."""
    return hmac.new(secret.encode(), digestmod="sha256")


@lru_cache(maxsize=256)
def _loaded(pem: str) -> ed25519.Ed25519PublicKey | rsa.RSAPublicKey:
    """ValueError for any other kind of key."""
    key = serialization.load_pem_public_key(pem.encode(errors="replace"))
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if isinstance(key, rsa.RSAPublicKey) and RSA_BITS[0] <= key.key_size <= RSA_BITS[1]:
        return key
    raise ValueError("neither RSA nor Ed25519")
