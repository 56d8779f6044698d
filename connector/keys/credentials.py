"""The key of one domain, as it leaves the store."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from connector.core.secrets import Secret


class KeyKind(StrEnum):
    """How a key signs."""

    ED25519 = "Ed25519"
    RSA = "RSA"
    HMAC = "HMAC"


@dataclass(frozen=True, slots=True)
class Credentials:
    """An API key with its secret. `api_secret` of RSA and Ed25519 is the private key in PEM, without a passphrase."""

    domain: str
    kind: KeyKind
    api_key: Secret
    api_secret: Secret
    #: The user has said that a key that may withdraw or transfer is to be used nevertheless.
    accepts_withdraw: bool = False

    @property
    def fingerprint(self) -> str:
        """Tells one key from another without telling the key; the name of its files (`net.sign.key_fingerprint`)."""
        return hashlib.sha256(self.api_key.reveal().encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What is told of a key without a password."""

    domain: str
    kind: str
    fingerprint: str
    #: UTC, to the second.
    added: str
    #: When the preflight last passed; empty: never.
    checked: str
    #: Whether a second factor is asked for.
    has_factor: bool = False
