"""Keys are recognised by their shape, however they were copied; what is wrong is said without a letter of them."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from connector.core.faults import ConfigFault
from connector.core.secrets import Secret
from connector.keys.credentials import KeyKind
from connector.keys.key_shapes import Recognised, api_key_of, secret_of
from connector.net.sign import KeyPairSigner
from tests.companions.keys.stores import API_KEY, API_SECRET

ED25519 = ed25519.Ed25519PrivateKey.generate()
RSA = rsa.generate_private_key(65_537, 2_048)
KEYS = {KeyKind.ED25519: ED25519, KeyKind.RSA: RSA}


def pem_of(key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey, word: bytes | None = None) -> str:
    how = BestAvailableEncryption(word) if word else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how).decode()


def nobody() -> Secret:
    raise AssertionError("no passphrase is asked for")


def read(pasted: str) -> Recognised:
    return secret_of(pasted, nobody)


@pytest.mark.parametrize(
    "pasted",
    [
        API_KEY,
        f"  {API_KEY}\r\n",
        f'"{API_KEY}"',
        f"'{API_KEY}',",
        f"\u201c{API_KEY}\u201d",
        f"\ufeff{API_KEY}\u200b",
        f"{API_KEY[:32]}\n{API_KEY[32:]}",
        f"{API_KEY[:20]} {API_KEY[20:]}\u00a0",
    ],
)
def test_what_a_page_puts_around_a_key_is_taken_off(pasted: str) -> None:
    assert api_key_of(pasted).reveal() == API_KEY
    assert read(pasted).secret.reveal() == API_KEY
    assert read(pasted).kind is KeyKind.HMAC


@pytest.mark.parametrize("pasted", ["", "  ", "short", "x" * 300, "schlüssel" * 5, "a b!c" * 10, f"{API_KEY}\0"])
def test_what_is_no_key_is_refused_unshown(pasted: str) -> None:
    for read_it in (api_key_of, read):
        with pytest.raises(ConfigFault) as caught:
            read_it(pasted)
        assert "(not shown)" in str(caught.value)
        assert pasted.strip() == "" or pasted not in str(caught.value)


def test_what_was_pasted_twice_is_told_by_its_length(tmp_path: Path) -> None:
    for read_it in (api_key_of, read):
        for pasted in (API_KEY * 2, f"{API_KEY}\n{API_KEY}", f"{API_KEY}x"):
            with pytest.raises(ConfigFault, match=f", this one {len(pasted.replace(chr(10), ''))}"):
                read_it(pasted)
    assert api_key_of(API_KEY[:60]).reveal() == API_KEY[:60], "whether a shorter one is a key the exchange says"


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize(
    "form", ["lines", "windows", "hashes", "spaces", "escaped", "quoted", "bare", "file", "traditional"]
)
def test_a_private_key_signs_whichever_way_it_came(kind: KeyKind, form: str, tmp_path: Path) -> None:
    key = KEYS[kind]
    pem = pem_of(key)
    file = tmp_path / "key.pem"
    file.write_text(pem)
    file.chmod(0o600)
    traditional = pem
    if isinstance(key, rsa.RSAPrivateKey):
        traditional = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    pasted = {
        "lines": pem,
        "windows": pem.replace("\n", "\r\n"),
        "hashes": pem.strip().replace("\n", "#"),
        "spaces": pem.strip().replace("\n", " "),
        "escaped": pem.replace("\n", "\\n"),
        "quoted": f"'{pem}'",
        "bare": "".join(pem.splitlines()[1:-1]),
        "file": str(file),
        "traditional": traditional,
    }[form]
    found = read(pasted)
    assert (found.kind, found.note) == (kind, "")
    signature = base64.b64decode(KeyPairSigner(Secret(API_KEY), found.secret).sign("a=1"))
    if isinstance(key, ed25519.Ed25519PrivateKey):
        key.public_key().verify(signature, b"a=1")
    assert found.secret.reveal() == pem


@pytest.mark.parametrize("kind", KEYS)
def test_an_encrypted_key_asks_for_its_passphrase_and_is_kept_without_one(kind: KeyKind) -> None:
    words = iter(["wrong", "grey cat"])
    found = secret_of(pem_of(KEYS[kind], b"grey cat"), lambda: Secret(next(words)))
    assert found.secret.reveal() == pem_of(KEYS[kind])
    with pytest.raises(ConfigFault, match="passphrase"):
        secret_of(pem_of(KEYS[kind], b"grey cat"), lambda: Secret("never right"))


def test_old_and_openssh_forms_are_read() -> None:
    old = RSA.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"grey cat"))
    for pasted in (old.decode(), old.decode().strip().replace("\n", "#")):
        assert secret_of(pasted, lambda: Secret("grey cat")).kind is KeyKind.RSA
    ssh = ED25519.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
    assert read(ssh).secret.reveal() == pem_of(ED25519)


def test_what_is_nearly_a_private_key_is_told_for_what_it_is() -> None:
    public = ED25519.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    curve = ec.generate_private_key(ec.SECP256R1())
    other = curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    small = pem_of(rsa.generate_private_key(65_537, 1_024))
    wrong = {
        public: "is the public key",
        pem_of(ED25519)[:80]: "cut off: its END line is missing",
        other: "of a kind that the exchange does not take",
        small: "is an RSA key of 1024 bits",
        pem_of(ED25519).replace("MC4C", "MC4D"): "can't be read",
        "/nowhere/key.pem": "is a path, and no file is there",
    }
    for pasted, words in wrong.items():
        with pytest.raises(ConfigFault, match=words):
            read(pasted)
    with pytest.raises(ConfigFault, match="is a private key"):
        api_key_of(pem_of(ED25519))


def test_a_key_file_that_others_can_read_has_a_warning_and_one_without_a_key_is_none(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_text(pem_of(ED25519))
    file.chmod(0o644)
    assert "others can read this private key" in read(str(file)).note
    file.write_text(API_SECRET)
    with pytest.raises(ConfigFault):
        read(str(file))
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigFault, match="without a private key"):
        read(str(file))
