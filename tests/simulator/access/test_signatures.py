import base64

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from connector.simulator.access.signatures import KeyKind, addresses_of, hmac_hex, is_signed, new_pair, public_pair

PAYLOAD = b"symbol=BTCUSDT&timestamp=1"


def shown(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> str:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def signature(private: str, payload: bytes) -> str:
    key = serialization.load_pem_private_key(private.encode(), None)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return base64.b64encode(key.sign(payload)).decode()
    assert isinstance(key, rsa.RSAPrivateKey)
    return base64.b64encode(key.sign(payload, padding.PKCS1v15(), hashes.SHA256())).decode()


@pytest.mark.parametrize("kind", [KeyKind.RSA, KeyKind.ED25519])
def test_an_asymmetric_key_signs_and_its_public_half_checks(kind: KeyKind) -> None:
    pair = new_pair(kind)
    given = signature(pair.private, PAYLOAD)
    assert is_signed(kind, pair.public, PAYLOAD, given)
    assert not is_signed(kind, pair.public, PAYLOAD + b"0", given)
    assert not is_signed(kind, new_pair(kind).public, PAYLOAD, given)
    for ill in ("", "no base64", given[:-4], given.replace("=", ""), "ü", given + "\n"):
        assert not is_signed(kind, pair.public, PAYLOAD, ill)
    found = public_pair(pair.public)
    assert found is not None and (found.kind, found.public, found.private) == (kind, pair.public, "")


def test_the_letters_of_an_hmac_signature_may_be_large() -> None:
    given = hmac_hex("secret", PAYLOAD)
    assert is_signed(KeyKind.HMAC, "secret", PAYLOAD, given.upper())
    assert not is_signed(KeyKind.HMAC, "other", PAYLOAD, given)
    assert not is_signed(KeyKind.HMAC, "secret", PAYLOAD, "\ud800")


def test_what_is_no_rsa_or_ed25519_public_key_is_none() -> None:
    short = rsa.generate_private_key(public_exponent=65_537, key_size=1024)
    curve = ec.generate_private_key(ec.SECP256R1())
    private = new_pair(KeyKind.ED25519).private
    for pem in ("", "key", shown(short.public_key()), shown(curve.public_key()), private, "\ud800"):
        assert public_pair(pem) is None


def test_addresses_come_with_commas() -> None:
    assert addresses_of("127.0.0.1, ::1,") == {"127.0.0.1", "::1"}
    assert addresses_of("") == frozenset()
    assert addresses_of("127.0.0.1,here") is None
