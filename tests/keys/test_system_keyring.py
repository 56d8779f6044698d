"""A word in the system's keyring, one a store."""

import sys

import pytest
from keyring.backends.fail import Keyring as NoKeyring

from connector.core.faults import KeyStoreFault
from connector.keys.slots import SlotKind
from connector.keys.system_keyring import forget_word, keep_word, kept_word, new_word
from tests.companions.keys.keyrings import kept_in_memory


def test_a_word_is_kept_a_store_and_forgotten() -> None:
    with kept_in_memory() as words:
        one, other = new_word(), new_word()
        keep_word("one", one)
        keep_word("other", other)
        assert one.kind is SlotKind.KEYRING
        assert one.word.reveal() != other.word.reveal()
        assert kept_word("one").word.reveal() == one.word.reveal()
        forget_word("one")
        forget_word("one")
        assert len(words) == 1
        with pytest.raises(KeyStoreFault, match="has no word for this store"):
            kept_word("one")


def test_a_system_without_keyring_is_one_line() -> None:
    import keyring

    with kept_in_memory():
        keyring.set_keyring(NoKeyring())
        with pytest.raises(KeyStoreFault, match="the system's keyring does not answer"):
            keep_word("one", new_word())


def test_without_the_library_the_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(KeyStoreFault, match=r"pip install perpetual-connector\[keyring\]"):
        kept_word("one")
