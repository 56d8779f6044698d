"""Values of Hummingbot's store are opened and made as it does."""

import hashlib
import json

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from connector.core.secrets import Secret
from connector.keys.hummingbot.values import NotAValue, WrongWord, keccak_256, opened, sealed

#: A published value: password, then the parts.
PASSWORD = Secret("correct horse")
PARTS = {
    "cipher": "aes-128-ctr",
    "cipherparams": {"iv": "716c34819cd0253743e73d83fef1644a"},
    "ciphertext": "e72f010575bfea489001",
    "kdf": "pbkdf2",
    "kdfparams": {"c": 1_000_000, "dklen": 32, "prf": "hmac-sha256", "salt": "7d20b93cca33241ffa94e813e067c454"},
    "mac": "b1e28a0b47db9f32b617f96dc08aa6dad0400427fc25409ad2ec323cb60300df",
}
FAST = 1_000


def value_of(**changed: object) -> str:
    return json.dumps({"crypto": {**PARTS, **changed}, "version": 3, "alias": ""}).encode().hex()


def test_the_hash_is_keccak_and_not_sha_3() -> None:
    digest = keccak_256(b"").hex()
    assert digest.startswith("c5d24601") and digest.endswith("5d85a470")


def test_the_published_value_is_opened() -> None:
    assert opened(value_of(), PASSWORD) == "HummingBot"


def test_another_password_or_another_byte_opens_nothing() -> None:
    for value, word in (
        (value_of(), Secret("correct horsf")),
        (value_of(ciphertext="e72f010575bfea489002"), PASSWORD),
        (value_of(mac="00" * 32), PASSWORD),
        (value_of(kdfparams={**PARTS["kdfparams"], "c": 999_999}), PASSWORD),  # type: ignore[dict-item]
    ):
        with pytest.raises(WrongWord):
            opened(value, word)


@pytest.mark.parametrize("text", ["k" * 64, "schlüssel", "", "-----BEGIN PRIVATE KEY-----\nMC4\n"])
def test_what_is_sealed_here_has_their_form_and_opens(text: str) -> None:
    value = sealed(text, PASSWORD, FAST)
    row = json.loads(bytes.fromhex(value))
    assert row.keys() == {"crypto", "version", "alias"}
    assert row["crypto"].keys() == PARTS.keys()
    assert row["crypto"]["kdfparams"].keys() == PARTS["kdfparams"].keys()  # type: ignore[attr-defined]
    assert opened(value, PASSWORD) == text


def test_ours_costs_what_theirs_does() -> None:
    assert json.loads(bytes.fromhex(sealed("x", PASSWORD)))["crypto"]["kdfparams"]["c"] == 1_000_000


def test_a_counter_whose_leading_zeros_were_left_out_is_the_counter() -> None:
    """One value in 256 begins with a zero byte, and is written shorter."""
    for _ in range(4_000):
        row = json.loads(bytes.fromhex(sealed("text", PASSWORD, 1)))
        counter = row["crypto"]["cipherparams"]["iv"]
        if counter.startswith("0"):
            row["crypto"]["cipherparams"]["iv"] = counter.lstrip("0")
            assert opened(json.dumps(row).encode().hex(), PASSWORD) == "text"
            return
    raise AssertionError("no counter began with a zero")


def test_old_files_in_another_case_and_by_scrypt_are_opened() -> None:
    row = json.loads(bytes.fromhex(sealed("text", PASSWORD, FAST)))
    assert opened(json.dumps({"Crypto": row["crypto"], "version": 3}).encode().hex(), PASSWORD) == "text"
    # By the definition itself: AES in counter mode and the sum, with a key of scrypt.
    salt, counter = bytes(range(16)), bytes(range(16, 32))
    key = hashlib.scrypt(b"correct horse", salt=salt, n=262_144, r=8, p=1, dklen=32, maxmem=1 << 29)
    stream = Cipher(AES(key[:16]), CTR(counter)).encryptor().update(b"by scrypt")
    parameters = {"dklen": 32, "n": 262_144, "p": 1, "r": 8, "salt": salt.hex()}
    value = value_of(
        kdf="scrypt",
        kdfparams=parameters,
        cipherparams={"iv": counter.hex()},
        ciphertext=stream.hex(),
        mac=keccak_256(key[16:32] + stream).hex(),
    )
    assert opened(value, PASSWORD) == "by scrypt"


@pytest.mark.parametrize(
    "changed",
    [
        {
            "cipherparams": {"iv": "14271fcfea43c67a56d618f808daf51c"},
            "ciphertext": "b89c78b5de7d1d24e165b2e105d297933a39896de18b47db4d9349d7db2fa5b9",
            "kdfparams": {"c": 2000, "dklen": 32, "prf": "hmac-sha256", "salt": "45846f2bf64ad955fa1c7627a2aa7281"},
            "mac": "d98f20d0ffb76209dff112c7d8c3f63d12e7d9cd0303e33e73af18d9fbbad591",
        },
        {
            "cipherparams": {"iv": "fcd294c743cd7e34fab9c241c131fcb7"},
            "ciphertext": "87fffe751601f7c012133facaecec347e7d63bf067e92b32bf74c04b859a367b",
            "kdf": "scrypt",
            "kdfparams": {"dklen": 32, "n": 16384, "r": 8, "p": 1, "salt": "eda889e06c03201a2b1733f68f899302"},
            "mac": "ae232cc9b4397964458b931e88b62f7902f9862a0ca0c85be5137ce925c942d3",
        },
    ],
    ids=["pbkdf2", "scrypt"],
)
def test_values_of_the_library_that_its_form_comes_from_are_opened(changed: dict[str, object]) -> None:
    """Made by eth-keyfile 0.10.0, which opens ours, too (as of 2026-11)."""
    assert opened(value_of(**changed), PASSWORD) == "Qk3vTz8LwN1mXc5RbY7pJd2HfG6gAe4U"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "zz",
        "7b",
        "5b5d",
        b"null".hex(),
        value_of(cipher="aes-256-ctr"),
        value_of(kdf="argon2"),
        value_of(kdfparams={"c": 10**9, "dklen": 32, "prf": "hmac-sha256", "salt": "00"}),
        value_of(kdf="scrypt", kdfparams={"n": 2**30, "r": 8, "p": 1, "salt": "00"}),
        value_of(cipherparams={"iv": "00" * 17}),
        value_of(mac=None),
        "5b" * 40_000,
    ],
)
def test_what_is_no_value_is_told_at_once(value: str) -> None:
    with pytest.raises(NotAValue):
        opened(value, PASSWORD)
