"""Keys of every kind for accounts of a local exchange, which checks what they sign."""

from decimal import Decimal

from connector.core.secrets import Secret
from connector.net.sign import HmacSigner, KeyPairSigner, Signer
from connector.simulator.access.api_keys import ApiKey
from connector.simulator.access.signatures import KeyKind, new_pair
from connector.simulator.server import LocalExchange


def new_key(venue: LocalExchange, kind: KeyKind) -> tuple[ApiKey, Signer]:
    """A further account, and what signs for it."""
    sender = venue.admit(Decimal(10_000), None if kind is KeyKind.HMAC else new_pair(kind))
    api_key, secret = Secret(sender.api_key), Secret(sender.api_secret)
    return sender, HmacSigner(api_key, secret) if kind is KeyKind.HMAC else KeyPairSigner(api_key, secret)


def own_key(venue: LocalExchange) -> Signer:
    """What signs for the ready-made account."""
    return HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
