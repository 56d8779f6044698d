"""A slot opens for its own word; what it asks for can't be changed."""

from dataclasses import replace
from pathlib import Path

import pytest

from connector.core.secrets import Secret
from connector.keys.costs import Cost, CostRule
from connector.keys.faults import DamagedStoreFault, WrongPasswordFault
from connector.keys.sealing import Header, SealingKey
from connector.keys.slots import Slot, SlotKind, Unlocking, slot_of
from tests.companions.keys.stores import CHEAP, OLD

HEADER = Header(1, "binance_perpetual", "binance_perpetual", "00ff", "2026-11-28T10:00:00Z")
HERE = Path("binance_perpetual.yml")
DATA_KEY = SealingKey(b"k" * 32)


@pytest.fixture
def slot() -> Slot:
    return Slot.made(HEADER, DATA_KEY, OLD, CHEAP.usual)


def test_it_opens_for_its_word_and_says_what_was_wrong_for_another(slot: Slot) -> None:
    sealed = DATA_KEY.seal(b"text", b"here")
    assert slot.opened(HEADER, OLD.word, HERE).unseal(sealed, b"here") == b"text"
    with pytest.raises(WrongPasswordFault, match="wrong password"):
        slot.opened(HEADER, Secret("tin horse over the hills"), HERE)
    code = Slot.made(HEADER, DATA_KEY, Unlocking(SlotKind.RECOVERY, Secret("AAAAA")), CHEAP.usual)
    with pytest.raises(WrongPasswordFault, match="wrong recovery code"):
        code.opened(HEADER, OLD.word, HERE)


@pytest.mark.parametrize("changed", [{"cost": Cost(72, 1, 1)}, {"salt": "00" * 16}, {"kind": SlotKind.RECOVERY}])
def test_a_slot_whose_parameters_were_changed_opens_no_more(slot: Slot, changed: dict[str, object]) -> None:
    with pytest.raises(WrongPasswordFault):
        replace(slot, **changed).opened(HEADER, OLD.word, HERE)  # type: ignore[arg-type]


def test_what_stands_in_the_file_is_the_slot(slot: Slot) -> None:
    entries = dict(slot.entries())
    assert slot_of(entries, SlotKind.PASSWORD, CHEAP, HERE) == slot
    assert slot_of(entries, SlotKind.KEYRING, CHEAP, HERE) is None


def test_a_slot_below_the_floor_is_refused_by_the_ordinary_rule(slot: Slot) -> None:
    with pytest.raises(DamagedStoreFault, match="asks for 64 KiB, 1 passes, 1 lanes, outside the bounds"):
        slot_of(dict(slot.entries()), SlotKind.PASSWORD, CostRule(), HERE)


@pytest.mark.parametrize("name", ["argon2id_memory_kib", "argon2id_iterations", "argon2id_lanes", "salt", "wrapped"])
def test_a_slot_of_which_a_line_is_missing_or_none_is_damage(slot: Slot, name: str) -> None:
    whole = dict(slot.entries())
    key = f"slot.password.{name}"
    without = {other: value for other, value in whole.items() if other != key}
    texts = [without] if name == "wrapped" else [without, {**whole, key: "x"}, {**whole, key: ""}]
    if name == "wrapped":
        found = slot_of(without, SlotKind.PASSWORD, CHEAP, HERE)
        assert found is not None
        with pytest.raises(WrongPasswordFault):
            found.opened(HEADER, OLD.word, HERE)
        return
    for entries in texts:
        with pytest.raises(DamagedStoreFault):
            slot_of(entries, SlotKind.PASSWORD, CHEAP, HERE)
