"""A bot that nobody watches gets its password from where others can't read it; never from the command line."""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.core.faults import ConfigFault, KeyStoreFault
from connector.keys.key_store import KeyStore
from connector.keys.open_store import OpenStore
from connector.keys.password_sources import PasswordSources
from connector.keys.system_keyring import keep_word, new_word
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
    sources = PasswordSources(named, said.append, environment)
    unlocking = sources.password() or sources.keyring(store, LIVE)
    assert unlocking is not None
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
    unlocking = PasswordSources(None, said.append, environment).password()
    assert unlocking is not None
    assert unlocking.word.reveal() == PASSWORD
    assert environment == {}
    assert len(said) == 1
    assert "every process of this user can read it" in said[0]
    assert PASSWORD not in said[0]


def test_the_systems_keyring_opens_a_store_that_it_was_added_to(store: KeyStore, said: list[str]) -> None:
    with kept_in_memory() as words:
        with pytest.raises(KeyStoreFault, match="connector store keyring-add"):
            password(store, "keyring", said)
        held, added = opened(store), new_word()
        held.add_slot(added)
        keep_word(held.file.header.store_id, added)
        (word,) = words.values()
        assert password(store, None, said) == word
        words.clear()
        with pytest.raises(KeyStoreFault, match="keyring has no word"):
            password(store, None, said)


def test_where_nothing_was_named_and_nothing_lies_about_nothing_is_found(store: KeyStore, said: list[str]) -> None:
    for named in (None, "terminal"):
        sources = PasswordSources(named, said.append, {})
        assert sources.password() is None
        assert sources.keyring(store, LIVE) is None


@pytest.mark.parametrize("named", ["stdin", "fd:3", "file:word", "credentials", "keyring", "env", "terminal", None])
def test_what_lies_about_for_everyone_is_not_handed_over_on_purpose(named: str | None, said: list[str]) -> None:
    is_on_purpose = PasswordSources(named, said.append, {"CONNECTOR_PASSWORD": PASSWORD}).is_on_purpose
    assert is_on_purpose is (named in ("stdin", "fd:3", "file:word"))


@pytest.mark.parametrize("text", [f"\ufeff{PASSWORD}\r\nnotes", f"{PASSWORD}\n\n", f"{PASSWORD}\nanother line"])
def test_what_an_editor_leaves_around_the_first_line_is_no_part_of_it(
    store: KeyStore, said: list[str], tmp_path: Path, text: str
) -> None:
    path = secret_file(tmp_path / "word", text)
    assert password(store, f"file:{path}", said) == PASSWORD
    secret_file(tmp_path / "connector-password", text)
    assert password(store, "credentials", said, CREDENTIALS_DIRECTORY=str(tmp_path)) == PASSWORD


@pytest.mark.parametrize("named", [PASSWORD, "fd:x", "fd:", "file:", "stdin:1", "keyring:a", "terminal:1", "argv", ""])
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
