"""Each store opens in its own way; who sits there is asked once, and by a domain's name where one is not enough."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.bot.keys.key_home import KeyHome
from connector.bot.keys.prompts import Abandoned
from connector.core.faults import KeyStoreFault
from connector.core.secrets import Secret
from connector.keys.faults import WrongPasswordFault
from connector.keys.re_wrapping import change_password
from connector.keys.slots import SlotKind
from connector.keys.system_keyring import keep_word, new_word
from tests.companions.keys.canaries import secret_file
from tests.companions.keys.keyrings import kept_in_memory
from tests.companions.keys.stores import LIVE, OLD, OTHER_PASSWORD, PASSWORD, TESTNET, connected, opened
from tests.companions.keys.typists import Typist, cheap_home, typed


@pytest.fixture
def keyring() -> Iterator[dict[tuple[str, str], str]]:
    with kept_in_memory() as words:
        yield words


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """With a key of either domain under one password."""
    connected(tmp_path, LIVE, TESTNET)
    return tmp_path


def add_word(home: Path, domain: str) -> None:
    store = opened(cheap_home(home).store, domain)
    word = new_word()
    store.add_slot(word)
    keep_word(store.file.header.store_id, word)


def two_passwords(home: Path) -> None:
    """As after a backup of one domain was put back."""
    keys = cheap_home(home)
    old = keys.store.path_of(TESTNET).read_bytes()
    change_password(keys.store, {LIVE: OLD, TESTNET: OLD}, Secret(OTHER_PASSWORD))
    keys.store.path_of(TESTNET).write_bytes(old)


def ways(keys: KeyHome, *, by_given: bool = False) -> dict[str, SlotKind]:
    unlocker = keys.unlocker()
    for domain in (LIVE, TESTNET):
        unlocker.opened(domain, by_given=by_given).close()
    return {domain: way.kind for domain, way in unlocker.ways.items()}


def test_one_password_that_opens_all_is_asked_for_once(home: Path) -> None:
    typist = Typist(*typed(PASSWORD))
    assert ways(cheap_home(home, typist)) == {LIVE: SlotKind.PASSWORD, TESTNET: SlotKind.PASSWORD}
    assert typist.is_done


def test_each_store_has_its_own_word_in_the_keyring(home: Path, keyring: dict[tuple[str, str], str]) -> None:
    for domain in (LIVE, TESTNET):
        add_word(home, domain)
    assert ways(cheap_home(home)) == {LIVE: SlotKind.KEYRING, TESTNET: SlotKind.KEYRING}
    assert ways(cheap_home(home, password_from="keyring")) == {LIVE: SlotKind.KEYRING, TESTNET: SlotKind.KEYRING}


def test_one_that_the_keyring_does_not_open_is_asked_for(home: Path, keyring: dict[tuple[str, str], str]) -> None:
    add_word(home, LIVE)
    typist = Typist((f"Enter the password of {TESTNET} >>> ", PASSWORD))
    assert ways(cheap_home(home, typist)) == {LIVE: SlotKind.KEYRING, TESTNET: SlotKind.PASSWORD}
    with pytest.raises(KeyStoreFault, match="no terminal to ask at"):
        ways(cheap_home(home))


@pytest.mark.parametrize("damage", ["lost", "another"])
def test_a_word_that_the_keyring_lost_or_has_wrong_gives_way_to_the_terminal(
    home: Path, keyring: dict[tuple[str, str], str], damage: str
) -> None:
    add_word(home, LIVE)
    keyring.update(dict.fromkeys(keyring, "another word")) if damage == "another" else keyring.clear()
    typist = Typist(*typed(PASSWORD))
    cheap_home(home, typist).opened(LIVE).close()
    said = "wrong word in the system's keyring" if damage == "another" else "keyring has no word"
    assert any(said in line for line in typist.shown)
    for keys in (cheap_home(home), cheap_home(home, Typist(), password_from="keyring")):
        with pytest.raises(KeyStoreFault, match=said):
            keys.opened(LIVE)


def test_a_password_that_opens_one_store_alone_is_followed_by_that_of_the_other_by_its_name(home: Path) -> None:
    two_passwords(home)
    typist = Typist(*typed(OTHER_PASSWORD), (f"Enter the password of {TESTNET} >>> ", PASSWORD))
    assert [store.domain for store in cheap_home(home, typist).opened_each()] == [LIVE, TESTNET]
    assert typist.is_done
    secret_file(home / "word", OTHER_PASSWORD)
    with pytest.raises(WrongPasswordFault, match=TESTNET):
        list(cheap_home(home, password_from=f"file:{home / 'word'}").opened_each())


def test_a_password_is_asked_for_three_times_and_then_no_more(home: Path) -> None:
    typist = Typist(*typed("a slip", 2), *typed(PASSWORD))
    cheap_home(home, typist).opened(LIVE).close()
    assert sum("wrong password" in line for line in typist.shown) == 2
    with pytest.raises(WrongPasswordFault):
        cheap_home(home, Typist(*typed("a slip", 3))).opened(LIVE)


def test_one_that_was_handed_over_wrong_is_asked_for_by_nobody(home: Path) -> None:
    secret_file(home / "word", "a slip")
    with pytest.raises(WrongPasswordFault):
        cheap_home(home, Typist(), password_from=f"file:{home / 'word'}").opened(LIVE)


@pytest.mark.parametrize("named", [None, "keyring", "env", "credentials"])
def test_what_lies_about_for_everyone_is_not_given(
    home: Path,
    keyring: dict[tuple[str, str], str],
    monkeypatch: pytest.MonkeyPatch,
    named: str | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    add_word(home, LIVE)
    secret_file(home / "connector-password", PASSWORD)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(home))
    monkeypatch.setenv("CONNECTOR_PASSWORD", PASSWORD)
    with pytest.raises(KeyStoreFault, match=r"the password itself, typed at a terminal or by --password-from stdin"):
        cheap_home(home, password_from=named).opened(LIVE, by_given=True)
    typist = Typist(*typed(PASSWORD))
    cheap_home(home, typist, password_from=named).opened(LIVE, by_given=True).close()
    assert typist.is_done


def test_one_that_was_found_is_not_given_and_one_that_was_typed_is_not_asked_for_again(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONNECTOR_PASSWORD", PASSWORD)
    typist = Typist(*typed(PASSWORD))
    unlocker = cheap_home(home, typist).unlocker()
    unlocker.opened(LIVE).close()
    assert not typist.is_done
    assert unlocker.given(LIVE).word.reveal() == PASSWORD
    assert unlocker.given(LIVE).word.reveal() == unlocker.given(TESTNET).word.reveal() == PASSWORD
    assert typist.is_done


def test_a_pipe_is_read_once_for_all(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, theirs = os.pipe()
    os.write(theirs, f"{PASSWORD}\nsomebody else's\n".encode())
    assert ways(cheap_home(home, password_from=f"fd:{mine}"), by_given=True) == dict.fromkeys(
        (LIVE, TESTNET), SlotKind.PASSWORD
    )
    assert os.read(mine, 100) == b"somebody else's\n"
    os.close(mine)
    os.close(theirs)


def test_who_leaves_the_prompt_opens_nothing(home: Path) -> None:
    with pytest.raises(Abandoned):
        cheap_home(home, Typist(("Enter your password", None))).unlocker().opened(LIVE)
    with pytest.raises(KeyStoreFault, match="stays closed"):
        cheap_home(home, Typist(("Enter your password", None))).opened(LIVE)
    with pytest.raises(KeyStoreFault, match="stays closed"):
        next(cheap_home(home, Typist(("Enter your password", None))).opened_each())


def test_a_damaged_store_is_told_before_anybody_is_asked_with_what_is_kept_beside_it(home: Path) -> None:
    opened(cheap_home(home).store).mark_checked()
    cheap_home(home).store.path_of(LIVE).write_bytes(b"rubbish")
    with pytest.raises(KeyStoreFault, match=f"damaged.*connector store restore {LIVE}"):
        cheap_home(home, Typist()).opened(LIVE)
