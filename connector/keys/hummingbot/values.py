"""One value as Hummingbot's key store seals it: hex of an Ethereum key file (version 3) without an address.

    key = PBKDF2-HMAC-SHA256 or scrypt of the password, 32 bytes
    mac = Keccak-256 of key[16:32] and the ciphertext
    text = AES-128-CTR by key[0:16]

It has no associated data: a value that was moved to another field opens there too. What comes out of it is checked by
shape, and by the exchange.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from typing import Any, Final

from connector.core.secrets import Secret

#: What Hummingbot itself takes.
ITERATIONS: Final = 1_000_000
_MOST_ITERATIONS: Final = 20_000_000
_MOST_SCRYPT_BYTES: Final = 1 << 30
_MOST_HEX: Final = 65_536
_KEY_BYTES: Final = 32


class NotAValue(Exception):
    """What is no sealed value of that form."""


class WrongWord(Exception):
    """The password does not open the value, or the value was changed."""


def opened(value: str, password: Secret) -> str:
    """The text in a value. Raises `NotAValue`, `WrongWord`."""
    try:
        if len(value) > _MOST_HEX:
            raise NotAValue
        crypto = _lower(_lower(json.loads(bytes.fromhex(value)))["crypto"])
        ciphertext = bytes.fromhex(crypto["ciphertext"])
        key = _derived(crypto["kdf"], _lower(crypto["kdfparams"]), password)
        # The library that writes them leaves out leading zeros.
        counter = bytes.fromhex(_lower(crypto["cipherparams"])["iv"].zfill(32))
        mac = bytes.fromhex(crypto["mac"])
        if crypto["cipher"] != "aes-128-ctr" or len(counter) != 16:
            raise NotAValue
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError, MemoryError):
        raise NotAValue from None
    if not hmac.compare_digest(keccak_256(key[16:32] + ciphertext), mac):
        raise WrongWord
    try:
        return _crypted(key[:16], counter, ciphertext).decode()
    except UnicodeDecodeError:
        raise NotAValue from None


def sealed(text: str, password: Secret, iterations: int = ITERATIONS) -> str:
    """A value that Hummingbot opens with that password."""
    salt, counter = os.urandom(16), os.urandom(16)
    key = hashlib.pbkdf2_hmac("sha256", password.reveal().encode(), salt, iterations, _KEY_BYTES)
    ciphertext = _crypted(key[:16], counter, text.encode())
    parameters = {"c": iterations, "dklen": _KEY_BYTES, "prf": "hmac-sha256", "salt": salt.hex()}
    crypto = {
        "cipher": "aes-128-ctr",
        "cipherparams": {"iv": counter.hex()},
        "ciphertext": ciphertext.hex(),
        "kdf": "pbkdf2",
        "kdfparams": parameters,
        "mac": keccak_256(key[16:32] + ciphertext).hex(),
    }
    return json.dumps({"crypto": crypto, "version": 3, "alias": ""}).encode().hex()


def keccak_256(data: bytes) -> bytes:
    """Keccak-256 as it was before SHA-3 was settled: `hashlib` has SHA-3 alone."""
    from Crypto.Hash import keccak

    return keccak.new(data=data, digest_bits=256).digest()


def _derived(kdf: str, parameters: Mapping[str, Any], password: Secret) -> bytes:
    word, salt = password.reveal().encode(), bytes.fromhex(parameters["salt"])
    if kdf == "pbkdf2" and parameters["prf"] == "hmac-sha256":
        iterations = int(parameters["c"])
        if not 1 <= iterations <= _MOST_ITERATIONS:
            raise NotAValue
        return hashlib.pbkdf2_hmac("sha256", word, salt, iterations, _KEY_BYTES)
    if kdf == "scrypt":
        n, r, p = (int(parameters[name]) for name in "nrp")
        if not (n > 0 and r > 0 and 0 < p <= 16 and 128 * n * r <= _MOST_SCRYPT_BYTES):
            raise NotAValue
        most = 128 * r * (n + p + 2)
        return hashlib.scrypt(word, salt=salt, n=n, r=r, p=p, dklen=_KEY_BYTES, maxmem=most)
    raise NotAValue


def _crypted(key: bytes, counter: bytes, text: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CTR

    cipher = Cipher(AES(key), CTR(counter)).encryptor()
    return cipher.update(text) + cipher.finalize()


def _lower(row: Mapping[str, Any]) -> dict[str, Any]:
    """Older files write keys in another case."""
    return {name.lower(): value for name, value in row.items()}
