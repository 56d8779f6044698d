"""A new password or new data keys: of all domains, and what the old ones open is gone."""

from pathlib import Path

import pytest

from connector.core.faults import KeyStoreFault
from connector.core.secrets import Secret
from connector.keys.costs import CostRule
from connector.keys.faults import WrongPasswordFault
from connector.keys.key_file import parsed
from connector.keys.key_store import KeyStore
from connector.keys.open_store import created
from connector.keys.re_wrapping import change_password, rotate
from connector.keys.recovery_codes import typed_recovery_code
from connector.keys.slots import SlotKind, Unlocking
from tests.companions.keys.operations import both
from tests.companions.keys.stores import (
    API_KEY,
    CHEAP,
    LIVE,
    NEW,
    OLD,
    OTHER_PASSWORD,
    PASSWORD,
    TESTNET,
    connected,
    key_for,
    opened,
    store_at,
)  # fmt: skip


def assert_old_is_gone(store: KeyStore) -> None:
    """Of the folder's files, earlier generations among them, none opens by the old password."""
    files = [path for path in store.folder.iterdir() if ".yml" in path.name]
    assert len(files) == 4
    for path in files:
        with pytest.raises(WrongPasswordFault):
            parsed(path.read_bytes(), path.name.split(".")[0], CHEAP, path).opened(OLD, path)


def test_a_new_password_opens_every_domain_and_the_old_one_no_generation_of_any(tmp_path: Path) -> None:
    store = connected(tmp_path, LIVE, TESTNET)
    opened(store).mark_checked()
    done = change_password(store, both(OLD), Secret(OTHER_PASSWORD))
    assert (done.domains, done.recovery_codes) == ((LIVE, TESTNET), {})
    assert [opened(store, domain, NEW).credentials().api_key.reveal() for domain in done.domains] == [API_KEY] * 2
    assert_old_is_gone(store)


def test_a_password_that_opens_one_domain_alone_changes_none(tmp_path: Path) -> None:
    store = connected(tmp_path, LIVE)
    created(store, key_for(TESTNET), Secret("another password"))
    before = [store.bytes_of(domain) for domain in (LIVE, TESTNET)]
    for change in (lambda: change_password(store, both(OLD), Secret(OTHER_PASSWORD)), lambda: rotate(store, both(OLD))):
        with pytest.raises(WrongPasswordFault, match="testnet"):
            change()
    assert [store.bytes_of(domain) for domain in (LIVE, TESTNET)] == before


def test_a_recovery_code_serves_once(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    _, code = created(store, key_for(LIVE), Secret(PASSWORD))
    by_code = Unlocking(SlotKind.RECOVERY, typed_recovery_code(code))
    done = change_password(store, {LIVE: by_code}, Secret(OTHER_PASSWORD))
    assert opened(store, LIVE, NEW).credentials()
    with pytest.raises(WrongPasswordFault, match="wrong recovery code"):
        opened(store, LIVE, by_code)
    following = Unlocking(SlotKind.RECOVERY, typed_recovery_code(done.recovery_codes[LIVE]))
    assert opened(store, LIVE, following).credentials()


def test_a_rotation_seals_all_anew_under_the_same_password(tmp_path: Path) -> None:
    store = connected(tmp_path, LIVE, TESTNET)
    held = opened(store)
    held.put_fields(note="kept")
    held.add_slot(Unlocking(SlotKind.KEYRING, Secret("word")))
    before = store.read(LIVE)
    done = rotate(store, both(OLD))
    after = store.read(LIVE)
    assert set(done.recovery_codes) == {LIVE, TESTNET}
    assert set(after.slots) == {SlotKind.PASSWORD, SlotKind.RECOVERY}
    assert after.fields.keys() == before.fields.keys()
    assert not set(after.fields.values()) & set(before.fields.values())
    assert (opened(store).field("note"), opened(store).credentials().api_key.reveal()) == ("kept", API_KEY)
    # Who stole the old data key reads nothing of what is written from now on, and writes nothing into it.
    for use in (held.reread, lambda: held.put_fields(note="forged")):
        with pytest.raises(KeyStoreFault):
            use()


def test_the_ordinary_rule_is_what_new_slots_cost() -> None:
    assert KeyStore(Path("nowhere")).rule == CostRule()
