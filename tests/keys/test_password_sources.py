"""A bot that nobody watches gets its password from where others can't read it; never from the command line."""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.core.faults import ConfigFault, KeyStoreFault
from connector.core.secrets import Secret
from connector.keys.key_store import KeyStore
from connector.keys.open_store import OpenStore
from connector.keys.password_sources import FORMS, PasswordSources
from connector.keys.slots import SlotKind
from connector.keys.system_keyring import keep_word
from tests.companions.keys.canaries import secret_file
from tests.companions.keys.keyrings import kept_in_memory
from tests.companions.keys.stores import LIVE, PASSWORD, connected, opened


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return connected(tmp_path)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def pipe() -> Iterator[int]:
    """Holds a password with its line end, and something behind it."""
    mine, theirs = os.pipe()
    os.write(theirs, f"{PASSWORD}\nnext line".encode())
    yield mine
    os.close(mine)
    os.close(theirs)


def password(store: KeyStore, named: str | None, said: list[str], **environment: str) -> str:
    """The word of the way in, which has to open the store."""
    unlocking = PasswordSources(named, None, said.append, environment).unlocking(store, LIVE)
    OpenStore.at(store, LIVE, unlocking).close()
    return unlocking.word.reveal()


def test_a_descriptor_gives_its_first_line_and_keeps_the_rest(store: KeyStore, said: list[str], pipe: int) -> None:
    assert password(store, f"fd:{pipe}", said) == PASSWORD
    assert os.read(pipe, 100) == b"next line"
    assert said == []


def test_standard_input_gives_its_first_line(
    store: KeyStore, said: list[str], pipe: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = os.dup(0)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    os.dup2(pipe, 0)
    try:
        assert password(store, "stdin", said) == PASSWORD
    finally:
        os.dup2(before, 0)
        os.close(before)


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_file_of_ones_own_gives_its_text(store: KeyStore, said: list[str], tmp_path: Path, ending: str) -> None:
    path = secret_file(tmp_path / "word", PASSWORD + ending)
    assert password(store, f"file:{path}", said) == PASSWORD
    path.chmod(0o640)
    with pytest.raises(KeyStoreFault, match="chmod 600"):
        password(store, f"file:{path}", said)


def test_a_file_that_is_a_link_or_is_not_there_is_refused(store: KeyStore, said: list[str], tmp_path: Path) -> None:
    secret_file(tmp_path / "word", PASSWORD)
    (tmp_path / "link").symlink_to(tmp_path / "word")
    with pytest.raises(KeyStoreFault, match="symbolic link"):
        password(store, f"file:{tmp_path / 'link'}", said)
    with pytest.raises(KeyStoreFault, match="no such file"):
        password(store, f"file:{tmp_path / 'none'}", said)


def test_systemds_credential_is_found_by_itself_and_by_name(store: KeyStore, said: list[str], tmp_path: Path) -> None:
    secret_file(tmp_path / "connector-password", PASSWORD).chmod(0o440)
    for named in (None, "credentials"):
        assert password(store, named, said, CREDENTIALS_DIRECTORY=str(tmp_path)) == PASSWORD
    with pytest.raises(KeyStoreFault, match="LoadCredential="):
        password(store, "credentials", said, CREDENTIALS_DIRECTORY=str(tmp_path / "conf"))


def test_a_variable_works_with_a_warning_and_is_handed_on_to_nobody(store: KeyStore, said: list[str]) -> None:
    environment = {"CONNECTOR_PASSWORD": PASSWORD}
    sources = PasswordSources(None, None, said.append, environment)
    assert sources.unlocking(store, LIVE).word.reveal() == PASSWORD
    assert environment == {}
    assert len(said) == 1
    assert "every process of this user can read it" in said[0]
    assert PASSWORD not in said[0]


def test_the_systems_keyring_opens_a_store_that_it_was_added_to(store: KeyStore, said: list[str]) -> None:
    with kept_in_memory() as words:
        with pytest.raises(KeyStoreFault, match="connector store keyring-add"):
            password(store, "keyring", said)
        held = opened(store)
        held.add_slot(keep_word(held.file.header.store_id))
        (word,) = words.values()
        assert password(store, None, said) == word
        words.clear()
        # The keyring lost it: whoever sits there is asked, with a line that says why.
        asked = PasswordSources(None, lambda: Secret(PASSWORD), said.append, {}).unlocking(store, LIVE)
        assert asked.kind is SlotKind.PASSWORD
        assert "keyring has no word" in said[0]
        with pytest.raises(KeyStoreFault, match="keyring has no word"):
            password(store, None, said)


def test_without_terminal_and_source_the_line_names_all_sources(store: KeyStore, said: list[str]) -> None:
    with pytest.raises(KeyStoreFault) as caught:
        password(store, None, said)
    assert FORMS in str(caught.value)


@pytest.mark.parametrize("named", [PASSWORD, "fd:x", "fd:", "file:", "stdin:1", "keyring:a", "argv", ""])
def test_what_is_no_source_is_refused(store: KeyStore, said: list[str], named: str) -> None:
    with pytest.raises(ConfigFault, match="is no source of a password"):
        password(store, named, said)


@pytest.mark.parametrize(("text", "words"), [(b"", "there is no password"), (b"\n", "no password"), (b"\xff", "UTF-8")])
def test_an_empty_or_unreadable_password_is_told(
    store: KeyStore, said: list[str], tmp_path: Path, text: bytes, words: str
) -> None:
    path = secret_file(tmp_path / "word", "")
    path.write_bytes(text)
    with pytest.raises(KeyStoreFault, match=words):
        password(store, f"file:{path}", said)


def test_a_descriptor_that_is_closed_is_one_line(store: KeyStore, said: list[str]) -> None:
    with pytest.raises(KeyStoreFault, match="descriptor 987 can't be read"):
        password(store, "fd:987", said)
