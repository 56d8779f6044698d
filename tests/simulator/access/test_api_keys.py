from connector.simulator.access.api_keys import LISTEN_KEY_LIFE_MS, ApiKeys, ListenKeys
from connector.simulator.access.signatures import KeyKind, Rights, new_pair

NOW_MS = 1_000_000


def test_a_key_is_made_up_anew_and_found() -> None:
    api_keys = ApiKeys()
    one, other = api_keys.admit(1), api_keys.admit(1)
    assert one.api_key != other.api_key and len(one.api_key) == len(one.api_secret) == 64
    assert api_keys.find(one.api_key) is one
    assert api_keys.find("nobody") is None


def test_an_account_has_one_listen_key_at_a_time() -> None:
    keys = ListenKeys()
    key = keys.create(1, NOW_MS)
    assert keys.create(1, NOW_MS + 5) == key
    assert keys.create(2, NOW_MS) != key


def test_a_listen_key_lives_an_hour_from_its_last_extension() -> None:
    keys = ListenKeys()
    key = keys.create(1, NOW_MS)
    assert keys.extend(1, NOW_MS + LISTEN_KEY_LIFE_MS - 1) == key
    assert keys.of(1, NOW_MS + LISTEN_KEY_LIFE_MS) == key
    late_ms = NOW_MS + 2 * LISTEN_KEY_LIFE_MS
    assert keys.of(1, late_ms) is None and keys.extend(1, late_ms) is None
    assert keys.expired(late_ms) == [key] and keys.expired(late_ms) == []
    assert keys.create(1, late_ms) != key


def test_a_deleted_key_is_gone() -> None:
    keys = ListenKeys()
    key = keys.create(1, NOW_MS)
    assert keys.delete(1) == key
    assert keys.delete(1) is None and keys.of(1, NOW_MS) is None


def test_all_keys_can_be_ended_at_once() -> None:
    keys = ListenKeys()
    made = {keys.create(account_id, NOW_MS) for account_id in (1, 2)}
    assert set(keys.end_all()) == made
    assert keys.all() == []


def test_a_key_of_another_kind_is_checked_with_its_public_half() -> None:
    pair = new_pair(KeyKind.ED25519)
    key = ApiKeys().admit(1, pair, created_ms=5)
    assert (key.kind, key.lock, key.api_secret, key.created_ms) == (pair.kind, pair.public, pair.private, 5)
    plain = ApiKeys().admit(1)
    assert (plain.kind, plain.lock) == (KeyKind.HMAC, plain.api_secret)


def test_a_revoked_key_is_gone() -> None:
    api_keys = ApiKeys()
    key = api_keys.admit(1)
    assert api_keys.revoke(key.api_key) is key
    assert api_keys.find(key.api_key) is None and api_keys.revoke(key.api_key) is None


def test_what_a_key_permits_can_change_and_the_key_stays_the_same() -> None:
    api_keys = ApiKeys()
    key = api_keys.admit(1, created_ms=7)
    changed = api_keys.permit(key.api_key, Rights(futures=False))
    assert changed is not None and changed is api_keys.find(key.api_key)
    assert (changed.rights.futures, changed.api_secret, changed.created_ms) == (False, key.api_secret, 7)
    assert api_keys.permit("nobody", Rights()) is None
