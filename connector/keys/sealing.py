"""What is sealed and opened again: AES-256-GCM-SIV, each piece bound to where it stands.

A nonce that repeats costs this cipher no more than the knowledge that two texts were equal (RFC 8452), so a bad
source of random numbers can't open a store. The associated data of a piece are the header of its file and its own
name: a piece that was moved to another field, file or domain opens nothing.
"""

import os
from dataclasses import dataclass
from typing import Final, NoReturn

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class NotOpened(Exception):
    """A piece that this key, at this place, does not open."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself for good: part of the associated data of all that it holds."""

    format: int
    connector: str
    domain: str
    #: Random, in hex: tells one store from another of the same domain.
    store_id: str
    created: str

    def bound_to(self, *names: str) -> bytes:
        """The associated data of the piece of that name; no two lists of names give the same bytes."""
        words = (str(self.format), self.connector, self.domain, self.store_id, self.created, *names)
        return b"".join(len(word.encode()).to_bytes(4, "big") + word.encode() for word in words)


class SealingKey:
    """A key of 256 bits, wiped by `wipe` as far as Python lets one."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes | bytearray) -> None:
        self._key = bytearray(key)

    @classmethod
    def random(cls) -> "SealingKey":
        return cls(os.urandom(KEY_BYTES))

    def seal(self, text: bytes, bound_to: bytes) -> str:
        """Nonce and sealed text in hex."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

        nonce = os.urandom(_NONCE_BYTES)
        return (nonce + AESGCMSIV(self._key).encrypt(nonce, text, bound_to)).hex()

    def unseal(self, sealed: str, bound_to: bytes) -> bytes:
        """Raises `NotOpened`."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

        try:
            raw = bytes.fromhex(sealed)
            return AESGCMSIV(self._key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound_to)
        except (InvalidTag, ValueError):
            raise NotOpened from None

    def wrap(self, other: "SealingKey", bound_to: bytes) -> str:
        """The other key, sealed by this one."""
        return self.seal(bytes(other._key), bound_to)

    def unwrap(self, wrapped: str, bound_to: bytes) -> "SealingKey":
        """Raises `NotOpened`."""
        key = self.unseal(wrapped, bound_to)
        if len(key) != KEY_BYTES:
            raise NotOpened
        return SealingKey(key)

    def wipe(self) -> None:
        self._key[:] = bytes(len(self._key))

    def __repr__(self) -> str:
        return "SealingKey(***)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not pickled")
