"""Signatures of HMAC: the compiled twin's, with the machine's instructions and without, are those of Python's own."""

import copy
import hashlib
import hmac
import pickle
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connector.net.compiled import hmac_key as compiled
from connector.net.plain import hmac_key as plain

WAYS: tuple[Callable[[bytes], plain.HmacKey], ...] = (
    plain.HmacKey,
    lambda key: compiled.HmacKey(key, by_machine=True),
    lambda key: compiled.HmacKey(key, by_machine=False),
)


@given(st.binary(max_size=200), st.binary(max_size=600))
@example(b"", b"")
@example(b"k" * 64, b"t" * 55)
@example(b"k" * 65, b"t" * 56)
@example(b"k", b"t" * 64)
def test_every_way_signs_as_the_standard_has_it(key: bytes, text: bytes) -> None:
    assert {way(key).hex(text) for way in WAYS} == {hmac.new(key, text, hashlib.sha256).hexdigest()}


def test_the_vectors_of_the_standard() -> None:
    """RFC 4231, 4.2 and 4.7: a short key, and one that is longer than a block."""
    for way in WAYS:
        assert way(b"\x0b" * 20).hex(b"Hi There") == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        long = way(b"\xaa" * 131).hex(b"Test Using Larger Than Block-Size Key - Hash Key First")
        assert long == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"


@pytest.mark.parametrize("way", WAYS)
def test_one_key_signs_again_and_again(way: Callable[[bytes], plain.HmacKey]) -> None:
    key = way(b"key")
    assert key.hex(b"one") == key.hex(b"one") != key.hex(b"two")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("copying", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_is_neither_pickled_nor_copied(
    way: Callable[[bytes], plain.HmacKey], copying: Callable[[object], object]
) -> None:
    with pytest.raises(TypeError, match="neither pickled nor copied"):
        copying(way(b"key"))


def test_the_compiled_one_shows_nothing_of_the_key() -> None:
    assert [name for name in dir(compiled.HmacKey(b"key")) if not name.startswith("__")] == ["hex"]
