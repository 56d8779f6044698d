"""Signatures, against the documented vectors, and key pairs against those of RFC 8032 and RFC 7515."""

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


#: RFC 8032, 7.1: TEST 1 and TEST 2, whose messages are text: seed, message, signature.
ED25519 = (
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
        "655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "r",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
        "b00d291612bb0c00",
    ),
)


@pytest.mark.parametrize(("seed", "message", "signature"), ED25519, ids=["no text", "a letter"])
def test_an_ed25519_key_gives_the_signatures_of_rfc_8032_in_base64(seed: str, message: str, signature: str) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
    signer = KeyPairSigner(Secret("the-key"), pem(key))
    assert base64.b64decode(signer.sign(message)) == bytes.fromhex(signature)
    assert signer.can_log_on


#: RFC 7515, A.2 (RSASSA-PKCS1-v1_5 with SHA-256): modulus, private exponent, what is signed, signature, in base64url.
RSA = (
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pC"
    "gNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg6"
    "65xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRW"
    "yuXpoQ",
    "Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pW"
    "J1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2Qv"
    "Xt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRu"
    "OopznQ",
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ",
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t"
    "1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12j"
    "zDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQ"
    "Ge77Rw",
)


def octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_an_rsa_key_gives_the_signature_of_rfc_7515_in_base64() -> None:
    n, d = (int.from_bytes(octets(text), "big") for text in RSA[:2])
    e = 65537
    p, q = rsa.rsa_recover_prime_factors(n, e, d)
    parts = (rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q))
    key = rsa.RSAPrivateNumbers(p, q, d, *parts, rsa.RSAPublicNumbers(e, n)).private_key()
    signer = KeyPairSigner(Secret("the-key"), pem(key))
    assert base64.b64decode(signer.sign(RSA[2])) == octets(RSA[3])
    assert not signer.can_log_on


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
