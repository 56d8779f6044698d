"""What is sealed opens with its key and at its place alone; the cipher is that of RFC 8452."""

import copy
import pickle
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from connector.keys.sealing import Header, NotOpened, SealingKey

HEADER = Header(1, "binance_perpetual", "binance_perpetual", "00ff", "2026-11-28T10:00:00Z")
#: RFC 8452, appendix C.2 (AEAD_AES_256_GCM_SIV): key, nonce, associated data, plaintext, result.
KEY = "0100000000000000000000000000000000000000000000000000000000000000"
NONCE = "030000000000000000000000"
VECTORS = (
    ("", "0100000000000000", "c2ef328e5c71c83b843122130f7364b761e0b97427e3df28"),
    ("", "010000000000000000000000", "9aab2aeb3faa0a34aea8e2b18ca50da9ae6559e48fd10f6e5c9ca17e"),
    (
        "",
        "01000000000000000000000000000000",
        "85a01b63025ba19b7fd3ddfc033b3e76c9eac6fa700942702e90862383c6c366",
    ),
    ("01", "0200000000000000", "1de22967237a813291213f267e3b452f02d01ae33e4ec854"),
    ("01", "020000000000000000000000", "163d6f9cc1b346cd453a2e4cc1a4a19ae800941ccdc57cc8413c277f"),
    (
        "01",
        "02000000000000000000000000000000",
        "c91545823cc24f17dbb0e9e807d5ec17b292d28ff61189e8e49f3875ef91aff7",
    ),
)


@pytest.mark.parametrize(("data", "text", "result"), VECTORS)
def test_the_cipher_is_the_one_of_rfc_8452(data: str, text: str, result: str) -> None:
    cipher = AESGCMSIV(bytes.fromhex(KEY))
    assert cipher.encrypt(bytes.fromhex(NONCE), bytes.fromhex(text), bytes.fromhex(data)).hex() == result
    sealed = NONCE + result
    assert SealingKey(bytes.fromhex(KEY)).unseal(sealed, bytes.fromhex(data)).hex() == text


def test_what_was_sealed_opens_and_is_never_sealed_twice_alike() -> None:
    key = SealingKey.random()
    first, second = (key.seal(b"secret", b"here") for _ in range(2))
    assert first != second
    assert key.unseal(first, b"here") == key.unseal(second, b"here") == b"secret"


def test_another_key_another_place_or_another_byte_opens_nothing() -> None:
    key = SealingKey.random()
    sealed = key.seal(b"secret", b"here")
    for other, text, place in ((SealingKey.random(), sealed, b"here"), (key, sealed, b"there")):
        with pytest.raises(NotOpened):
            other.unseal(text, place)
    for text in ("", "zz", sealed[:20], *(_flipped(sealed, at) for at in range(0, len(sealed), 2))):
        with pytest.raises(NotOpened):
            key.unseal(text, b"here")


def _flipped(text: str, at: int) -> str:
    return text[:at] + f"{int(text[at : at + 2], 16) ^ 1:02x}" + text[at + 2 :]


def test_each_word_of_the_header_and_each_name_binds() -> None:
    others = (
        replace(HEADER, format=2),
        replace(HEADER, connector="binance"),
        replace(HEADER, domain="binance_perpetual_testnet"),
        replace(HEADER, store_id="00fe"),
        replace(HEADER, created="2026-11-28T10:00:01Z"),
    )
    places = [HEADER.bound_to("field", "a"), HEADER.bound_to("fielda"), HEADER.bound_to("field", "a", "")]
    places += [other.bound_to("field", "a") for other in others]
    assert len(set(places)) == len(places)


def test_a_wrapped_key_is_the_key_and_a_wiped_one_is_none() -> None:
    outer, inner = SealingKey.random(), SealingKey.random()
    sealed = inner.seal(b"secret", b"here")
    again = outer.unwrap(outer.wrap(inner, b"slot"), b"slot")
    assert again.unseal(sealed, b"here") == b"secret"
    again.wipe()
    with pytest.raises(NotOpened):
        again.unseal(sealed, b"here")
    with pytest.raises(NotOpened):
        outer.unwrap(outer.seal(b"short", b"slot"), b"slot")


def test_a_key_shows_nothing_of_itself() -> None:
    key = SealingKey(bytes(range(32)))
    assert repr(key) == str(key) == "SealingKey(***)"
    for leak in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(key)
