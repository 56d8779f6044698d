"""What leaves the store shows nothing of itself."""

from connector.core.secrets import Secret
from connector.keys.credentials import KeyFacts
from connector.net.sign import HmacSigner, key_fingerprint
from tests.companions.keys.stores import API_KEY, API_SECRET, LIVE, key_for


def test_a_key_is_named_by_the_fingerprint_that_its_files_have() -> None:
    key = key_for(LIVE)
    assert key.fingerprint == key_fingerprint(HmacSigner(Secret(API_KEY), Secret(API_SECRET)))


def test_neither_key_nor_secret_is_in_what_it_says_of_itself() -> None:
    text = f"{key_for(LIVE)!r} {key_for(LIVE)}"
    assert API_KEY not in text
    assert API_SECRET not in text
    assert "fingerprint='a'" in repr(KeyFacts(LIVE, "HMAC", "a", "b", ""))
