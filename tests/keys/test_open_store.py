"""What is sealed in a store comes out as it went in, whoever writes it meanwhile."""

from pathlib import Path

import pytest

from connector.core.faults import KeyStoreFault, NoKeyFault
from connector.core.secrets import Secret
from connector.keys.credentials import Credentials, KeyKind
from connector.keys.faults import WrongPasswordFault
from connector.keys.open_store import created
from connector.keys.recovery_codes import typed_recovery_code
from connector.keys.slots import SlotKind, Unlocking
from tests.companions.keys.stores import LIVE, OLD, PASSWORD, connected, key_for, opened, store_at


def shown(key: Credentials) -> tuple[object, ...]:
    return key.domain, key.kind, key.api_key.reveal(), key.api_secret.reveal(), key.accepts_withdraw


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.parametrize("accepts", [False, True])
def test_a_key_of_every_kind_comes_out_as_it_went_in(tmp_path: Path, kind: KeyKind, accepts: bool) -> None:
    pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----\n"
    key = Credentials(LIVE, kind, Secret("k" * 64), Secret(pem), accepts)
    store = store_at(tmp_path)
    _, code = created(store, key, Secret(PASSWORD), "2026-11-28T10:00:00Z")
    assert shown(opened(store).credentials()) == shown(key)
    by_code = Unlocking(SlotKind.RECOVERY, typed_recovery_code(code.lower().replace("-", " ")))
    assert shown(opened(store, LIVE, by_code).credentials()) == shown(key)
    assert store.facts()[0].checked == "2026-11-28T10:00:00Z"


def test_a_replaced_key_is_the_new_one_and_its_check_is_not_inherited(tmp_path: Path) -> None:
    store = connected(tmp_path)
    open_store = opened(store)
    open_store.mark_checked()
    assert store.facts()[0].checked
    open_store.put_key(key_for(LIVE, "x" * 64, "y" * 64))
    assert opened(store).credentials().api_key.reveal() == "x" * 64
    assert (store.facts()[0].checked, store.facts()[0].fingerprint) == ("", key_for(LIVE, "x" * 64).fingerprint)


def test_two_that_hold_it_open_do_not_undo_each_other(tmp_path: Path) -> None:
    store = connected(tmp_path)
    first, second = opened(store), opened(store)
    first.put_fields(a="1")
    second.put_fields(b="2")
    first.reread()
    assert (first.field("a"), first.field("b"), first.field("c")) == ("1", "2", None)
    first.put_fields(a=None)
    assert opened(store).field("a") is None


def test_a_further_way_opens_it_until_it_is_taken_away(tmp_path: Path) -> None:
    store = connected(tmp_path)
    word = Unlocking(SlotKind.KEYRING, Secret("a word of the system"))
    with pytest.raises(WrongPasswordFault, match="no such slot"):
        opened(store, LIVE, word)
    opened(store).add_slot(word)
    assert opened(store, LIVE, word).credentials()
    opened(store).put_slot(SlotKind.KEYRING, None)
    with pytest.raises(WrongPasswordFault):
        opened(store, LIVE, word)
    assert opened(store, LIVE, OLD)


def test_a_file_that_another_made_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    store = connected(tmp_path)
    with pytest.raises(NoKeyFault, match="another connector made it meanwhile"):
        created(store, key_for(LIVE), Secret(PASSWORD))


def test_that_a_key_may_move_money_out_is_accepted_with_the_key_and_nothing_else_of_it_changes(tmp_path: Path) -> None:
    store = connected(tmp_path)
    before, added = opened(store).credentials(), store.facts()[0].added
    opened(store).accept_withdraw()
    after = opened(store).credentials()
    assert (before.accepts_withdraw, after.accepts_withdraw) == (False, True)
    assert (after.fingerprint, after.kind, store.facts()[0].added) == (before.fingerprint, before.kind, added)


def test_a_closed_store_gives_nothing_more(tmp_path: Path) -> None:
    open_store = opened(connected(tmp_path))
    open_store.close()
    with pytest.raises(KeyStoreFault):
        open_store.credentials()
