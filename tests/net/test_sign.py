"""Signatures, against the documented vectors, and key pairs against those of RFC 8032."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from connector.core.faults import ConfigFault
from connector.core.secrets import Secret
from connector.net.sign import HmacSigner, KeyPairSigner

SECRET = "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9"
SIGNER = HmacSigner(Secret("the-key"), Secret(SECRET))


def test_the_documented_query_gives_the_documented_signature() -> None:
    query = (
        "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC"
        "&recvWindow=5000&timestamp=1591702613943"
    )
    assert SIGNER.sign(query) == "3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9"


def test_a_split_request_is_signed_without_a_joint() -> None:
    split = (
        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC"
        "quantity=1&price=9000&recvWindow=5000&timestamp=1591702613943"
    )
    assert SIGNER.sign(split) == "30baaf0fab549bbeda7f5ef201898b34122da25fd23c646cac2c529aebe670a4"


def test_the_signer_shows_neither_key_nor_secret() -> None:
    assert SECRET not in repr(vars(HmacSigner)) + repr(SIGNER)
    assert "the-key" not in f"{SIGNER.api_key}"


def pem(key: Ed25519PrivateKey | rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> Secret:
    return Secret(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def test_an_ed25519_key_gives_the_signatures_of_rfc_8032_in_base64() -> None:
    seed = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    signature = (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    signer = KeyPairSigner(Secret("the-key"), pem(Ed25519PrivateKey.from_private_bytes(seed)))
    assert base64.b64decode(signer.sign("r")) == bytes.fromhex(signature)
    assert signer.can_log_on


def test_an_rsa_signature_is_pkcs1_with_sha256() -> None:
    key = rsa.generate_private_key(65537, 2048)
    signer = KeyPairSigner(Secret("the-key"), pem(key))
    signature = base64.b64decode(signer.sign("symbol=BTCUSDT"))
    key.public_key().verify(signature, b"symbol=BTCUSDT", PKCS1v15(), SHA256())
    assert not signer.can_log_on


@pytest.mark.parametrize("text", ["", "no key at all", pem(ec.generate_private_key(ec.SECP256R1())).reveal()])
def test_what_is_no_such_key_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(ConfigFault, match="is no RSA or Ed25519 key") as refusal:
        KeyPairSigner(Secret("the-key"), Secret(text))
    assert not text or text.splitlines()[0] not in str(refusal.value)
