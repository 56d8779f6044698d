"""The stores of a home: listed without a password, changed under a lock, restored from the generation before."""

import contextlib
from pathlib import Path

import pytest

from connector.core.faults import KeyStoreFault, NoKeyFault
from connector.keys.costs import Cost, CostRule
from connector.keys.faults import DamagedStoreFault, OtherDomainFault, ResealedFault
from connector.keys.key_store import KeyStore
from connector.keys.open_store import OpenStore
from connector.keys.re_wrapping import rotate
from connector.keys.slots import SlotKind
from tests.companions.keys.crashes import Died, DyingFiles
from tests.companions.keys.stores import (
    API_KEY,
    LIVE,
    OLD,
    PASSWORD,
    TESTNET,
    connected,
    key_for,
    opened,
    store_at,
)  # fmt: skip


def test_a_home_without_keys_has_none_and_is_left_as_it_is(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    assert store.domains() == store.facts() == ()
    with pytest.raises(NoKeyFault, match="connector connect binance_perpetual_testnet"):
        opened(store, TESTNET)
    assert list(tmp_path.iterdir()) == []


def test_keys_are_told_without_a_password_and_without_a_secret(tmp_path: Path) -> None:
    store = connected(tmp_path, TESTNET, LIVE)
    facts = store.facts()
    assert [fact.domain for fact in facts] == [LIVE, TESTNET]
    assert facts[0].kind == "HMAC"
    assert facts[0].fingerprint == key_for(LIVE).fingerprint
    assert API_KEY not in repr(facts)


def test_the_generation_before_is_kept_and_named_when_the_present_one_is_damaged(tmp_path: Path) -> None:
    store = connected(tmp_path)
    opened(store).put_fields(note="first")
    opened(store).put_fields(note="second")
    path = store.path_of(LIVE)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(DamagedStoreFault, match="connector store restore binance_perpetual"):
        opened(store)
    store.restore(LIVE)
    assert opened(store).field("note") == "first"


def test_a_store_that_is_whole_is_not_taken_back_to_an_earlier_state(tmp_path: Path) -> None:
    """Else a try at the second factor, or an approval that was ended, could be undone."""
    store = connected(tmp_path)
    opened(store).put_fields(note="used")
    with pytest.raises(KeyStoreFault, match="is whole, so nothing is restored"):
        store.restore(LIVE)
    assert opened(store).field("note") == "used"


def test_a_restoring_that_is_killed_at_any_step_is_done_or_can_be_done_again(tmp_path: Path) -> None:
    store = connected(tmp_path)
    opened(store).put_fields(note="kept")
    opened(store).mark_checked()
    for step in range(1, 12):
        store.path_of(LIVE).write_bytes(b"rubbish")
        with contextlib.suppress(Died):
            store_at(tmp_path, DyingFiles(step)).restore(LIVE)
        with contextlib.suppress(KeyStoreFault):
            store.restore(LIVE)
        assert opened(store).field("note") == "kept"


def test_without_a_whole_earlier_generation_a_backup_is_what_is_left(tmp_path: Path) -> None:
    store = connected(tmp_path)
    for name in (f"{LIVE}.yml", f"{LIVE}.yml.previous"):
        (store.folder / name).write_bytes(b"rubbish")
    with pytest.raises(DamagedStoreFault, match="restore a backup"):
        opened(store)
    with pytest.raises(DamagedStoreFault):
        store.restore(LIVE)
    with pytest.raises(KeyStoreFault, match="no earlier generation is kept"):
        store.restore(TESTNET)


def test_a_file_under_another_domains_name_is_refused(tmp_path: Path) -> None:
    store = connected(tmp_path)
    store.path_of(LIVE).rename(store.path_of(TESTNET))
    with pytest.raises(OtherDomainFault, match=f"put it back under its own name \\({LIVE}.yml\\)"):
        opened(store, TESTNET)


def test_a_slot_that_is_cheaper_than_usual_is_made_anew_at_the_next_opening(tmp_path: Path) -> None:
    cheap = connected(tmp_path)
    dearer = KeyStore(cheap.folder, CostRule(Cost(128, 2, 1), Cost(8, 1, 1)))
    assert OpenStore.at(dearer, LIVE, OLD).credentials().api_key.reveal() == API_KEY
    assert dearer.read(LIVE).slots[SlotKind.PASSWORD].cost == Cost(128, 2, 1)
    assert dearer.read(LIVE).slots[SlotKind.RECOVERY].cost == Cost(64, 1, 1)
    generation = dearer.read(LIVE).generation
    OpenStore.at(dearer, LIVE, OLD)
    assert dearer.read(LIVE).generation == generation


def test_a_store_that_can_not_be_written_opens_nevertheless(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    cheap = connected(tmp_path)
    dearer = KeyStore(cheap.folder, CostRule(Cost(128, 2, 1), Cost(8, 1, 1)))

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(dearer._files, "write", refuse)
    assert OpenStore.at(dearer, LIVE, OLD).credentials()
    assert "Read-only file system" in caplog.text


def test_the_ordinary_rule_refuses_a_store_below_its_floor(tmp_path: Path) -> None:
    cheap = connected(tmp_path)
    with pytest.raises(DamagedStoreFault, match="outside the bounds"):
        OpenStore.at(KeyStore(cheap.folder), LIVE, OLD)


def test_what_is_removed_leaves_nothing_that_opens(tmp_path: Path) -> None:
    store = connected(tmp_path, LIVE, TESTNET)
    opened(store).mark_checked()
    store.remove(LIVE)
    assert store.domains() == (TESTNET,)
    assert not [path for path in store.folder.iterdir() if path.name.startswith(f"{LIVE}.")]
    assert PASSWORD.encode() not in b"".join(path.read_bytes() for path in store.folder.iterdir())


def test_a_copy_beside_a_store_is_none_of_a_domain(tmp_path: Path) -> None:
    store = connected(tmp_path)
    copy = store.folder / f"{LIVE} (1).yml"
    copy.write_bytes(store.path_of(LIVE).read_bytes())
    copy.chmod(0o600)
    assert store.domains() == (LIVE,)


def test_a_store_that_was_sealed_anew_while_it_was_open_is_told_from_one_that_somebody_changed(tmp_path: Path) -> None:
    store = connected(tmp_path)
    held = opened(store)
    rotate(store, {LIVE: OLD})
    for use in (held.reread, held.mark_checked):
        with pytest.raises(ResealedFault, match="connector store rotate"):
            use()


def test_a_folder_that_can_not_be_read_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = connected(tmp_path)

    def refuse(*args: object) -> None:
        raise PermissionError(13, "Permission denied")

    for step in ("lstat", "iterdir"):
        with monkeypatch.context() as patch, pytest.raises(KeyStoreFault, match="can't be read: Permission denied"):
            patch.setattr(Path, step, refuse)
            store.domains()
