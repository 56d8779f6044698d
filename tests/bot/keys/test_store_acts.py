"""What is done to the key stores of a home, as it is typed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connector.bot.keys import store_acts
from connector.bot.keys.key_home import KeyHome
from connector.core.faults import KeyStoreFault
from connector.keys import system_keyring
from connector.keys.key_store import KeyStore
from connector.keys.open_store import OpenStore
from connector.keys.slots import Unlocking
from tests.companions.flows.in_process import done
from tests.companions.keys.at_terminal import Person
from tests.companions.keys.canaries import secret_file
from tests.companions.keys.keyrings import kept_in_memory
from tests.companions.keys.stores import (
    API_KEY,
    API_SECRET,
    LIVE,
    NEW,
    OTHER_PASSWORD,
    PASSWORD,
    TESTNET,
    connected,
    opened,
    placed,
    store_at,
)
from tests.companions.keys.typists import Typist, cheap_home, typed
from tests.companions.places import ROOT

Act = Callable[[KeyHome, Callable[[str], None]], None]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """With a key of either domain, and a file that holds the password."""
    secret_file(tmp_path / "word", PASSWORD)
    (tmp_path / "codes").write_text("\n".join(placed(tmp_path, LIVE, TESTNET)))
    return tmp_path


async def told(home: Path, *words: str) -> tuple[int, str]:
    return await done(*words, home=home)


def source(home: Path) -> tuple[str, str]:
    return "--password-from", f"file:{home / 'word'}"


def opens(home: Path, domain: str, password: str) -> bool:
    from connector.keys.faults import WrongPasswordFault

    try:
        OpenStore.at(KeyStore(home / "conf" / "connectors"), domain, Unlocking.by_password(password))
    except WrongPasswordFault:
        return False
    return True


async def test_verify_opens_all_and_says_which_is_damaged_before_asking(home: Path) -> None:
    code, text = await told(home, "store", "verify", *source(home))
    assert (code, len(text.splitlines())) == (0, 2), text
    assert "binance_perpetual_testnet: whole, 4 sealed fields, generation 2" in text
    path = home / "conf" / "connectors" / f"{LIVE}.yml"
    path.write_bytes(path.read_bytes().replace(b"HMAC", b"HMAD"))
    code, text = await told(home, "store", "verify")
    assert (code, len(text.splitlines())) == (11, 1)
    assert "damaged: its checksum does not fit" in text


def test_a_new_password_is_asked_for_at_the_terminal(home: Path) -> None:
    person = Person(home, "store", "change-password")
    person.answers("Enter your password >>> ", PASSWORD)
    person.answers("Choose a password for your keys >>> ", OTHER_PASSWORD)
    person.answers("Enter it again >>> ", OTHER_PASSWORD)
    person.sees("the new password opens binance_perpetual, binance_perpetual_testnet; the old one opens nothing more")
    assert person.ends() == 0
    assert [opens(home, domain, word) for domain in (LIVE, TESTNET) for word in (PASSWORD, OTHER_PASSWORD)] == [
        False, True, False, True,
    ]  # fmt: skip


def test_who_forgot_the_password_uses_the_recovery_codes_once(home: Path) -> None:
    for codes_are_good in (True, False):
        person = Person(home, "store", "change-password", "--recovery")
        for domain, code in zip((LIVE, TESTNET), (home / "codes").read_text().split("\n"), strict=True):
            person.answers(f"Recovery code of {domain} >>> ", code.lower())
        if codes_are_good:
            person.answers("Choose a password for your keys >>> ", OTHER_PASSWORD)
            person.answers("Enter it again >>> ", OTHER_PASSWORD)
            person.sees("Recovery code of binance_perpetual, shown this once")
            assert person.ends() == 0
        else:
            person.sees("wrong recovery code")
            assert person.ends() == 11
    assert opens(home, LIVE, OTHER_PASSWORD)


def test_leaving_a_password_change_changes_none(home: Path) -> None:
    person = Person(home, "store", "change-password")
    person.answers("Enter your password >>> ", PASSWORD)
    person.sees("Choose a password for your keys >>> ")
    person.types("\x03")
    person.sees("no password was changed")
    assert person.ends() == 11
    assert opens(home, LIVE, PASSWORD)


async def test_export_tells_facts_and_nothing_that_opens_anything(home: Path) -> None:
    code, text = await told(home, "store", "export", "--redacted")
    rows = json.loads(text)["stores"]
    assert (code, [row["domain"] for row in rows]) == (0, [LIVE, TESTNET])
    assert set(rows[0]) == {"domain", "kind", "fingerprint", "added", "checked", "has_factor"}
    assert API_KEY not in text and API_SECRET not in text
    assert (await told(home, "store", "export"))[0] == 3


async def test_a_backup_is_a_folder_that_opens_in_another_home(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    folder = other / "conf" / "connectors"
    code, text = await told(home, "store", "backup", str(folder))
    assert code == 0, text
    assert opens(other, LIVE, PASSWORD) and opens(other, TESTNET, PASSWORD)
    assert (await told(home, "store", "backup", str(folder)))[0] == 3
    assert (await told(home, "store", "backup"))[0] == 2


async def test_rotate_seals_anew_and_restore_takes_the_generation_before(home: Path) -> None:
    code, text = await told(home, "store", "rotate", *source(home))
    assert code == 0, text
    assert text.count("Recovery code of ") == 2
    OpenStore.at(KeyStore(home / "conf" / "connectors"), LIVE, Unlocking.by_password(PASSWORD)).mark_checked()
    path = home / "conf" / "connectors" / f"{LIVE}.yml"
    path.write_bytes(b"rubbish")
    code, text = await told(home, "store", "verify", *source(home))
    assert (code, "connector store restore binance_perpetual" in text) == (11, True)
    assert (await told(home, "store", "restore", LIVE))[0] == 0
    assert opens(home, LIVE, PASSWORD)


async def test_a_wrong_password_is_one_line_without_a_traceback(home: Path) -> None:
    (home / "word").write_text(OTHER_PASSWORD)
    code, text = await told(home, "store", "verify", *source(home))
    assert (code, len(text.splitlines())) == (11, 1)
    assert "wrong password" in text


async def test_a_home_without_keys_says_so(tmp_path: Path) -> None:
    for act in ("verify", "rotate", "keyring-add", "keyring-remove"):
        code, text = await told(tmp_path, "store", act)
        assert (code, "no key is stored" in text) == (4, True)


@pytest.mark.parametrize("source", ["stdin", "fd:{}"])
def test_a_supervisor_hands_the_password_over_a_pipe(home: Path, source: str) -> None:
    """A descriptor that is inherited, or standard input: neither is seen in the list of processes."""
    mine, theirs = os.pipe()
    os.write(theirs, f"{PASSWORD}\n".encode())
    command = [sys.executable, "-m", "connector", "store", "verify", "--password-from", source.format(mine)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "CONNECTOR_HOME": str(home)}, stdin=mine, pass_fds=(mine,),
        capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    os.close(mine)
    os.close(theirs)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("whole") == 2


def test_a_variable_opens_it_with_a_warning(home: Path) -> None:
    environment = {**os.environ, "CONNECTOR_HOME": str(home), "CONNECTOR_PASSWORD": PASSWORD}
    command = [sys.executable, "-m", "connector", "store", "verify"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0
    assert "every process of this user can read it there" in done.stderr
    assert PASSWORD not in done.stdout + done.stderr


@pytest.fixture
def keyring() -> Iterator[dict[tuple[str, str], str]]:
    with kept_in_memory() as words:
        yield words


@pytest.fixture
def cheap(tmp_path: Path) -> Path:
    """With a key of either domain, which open in no time."""
    connected(tmp_path, LIVE, TESTNET)
    return tmp_path


def acts(home: Path, act: Act, *answers: tuple[str, str | None], password_from: str | None = None) -> list[str]:
    """What the act says; each of the answers was asked for."""
    typist = Typist(*answers)
    said: list[str] = []
    act(cheap_home(home, typist, password_from), said.append)
    assert typist.is_done
    return said


def changes(keys: KeyHome, say: Callable[[str], None]) -> None:
    store_acts.new_password(keys, say, by_recovery=False)


NEW_ONE = (("Choose a password", OTHER_PASSWORD), ("Enter it again", OTHER_PASSWORD))


def test_the_keyring_opens_each_store_by_its_own_word_and_is_taken_off_all(
    cheap: Path, keyring: dict[tuple[str, str], str]
) -> None:
    assert len(acts(cheap, store_acts.add_keyring, *typed(PASSWORD))) == 2
    assert len(set(keyring.values())) == 2
    assert [line.split(":")[0] for line in acts(cheap, store_acts.verify)] == [LIVE, TESTNET]
    assert len(acts(cheap, store_acts.remove_keyring)) == 2
    assert keyring == {}
    acts(cheap, store_acts.verify, *typed(PASSWORD))


@pytest.mark.parametrize("act", [store_acts.add_keyring, store_acts.new_data_keys, changes])
def test_an_unlocked_terminal_gives_neither_a_new_password_nor_a_new_way_in_without_the_old_password(
    cheap: Path, keyring: dict[tuple[str, str], str], monkeypatch: pytest.MonkeyPatch, act: Act
) -> None:
    acts(cheap, store_acts.add_keyring, *typed(PASSWORD))
    monkeypatch.setenv("CONNECTOR_PASSWORD", PASSWORD)
    for named in (None, "keyring", "env"):
        leaving: tuple[tuple[str, str | None], ...] = (("Enter your password", None),)
        for answers in (leaving, typed("a guess", 3)):
            with pytest.raises(KeyStoreFault):
                acts(cheap, act, *answers, password_from=named)
    assert all(opened(store_at(cheap), domain) for domain in (LIVE, TESTNET))


def test_a_script_of_the_owner_hands_the_old_password_over_on_purpose(cheap: Path) -> None:
    word = cheap / "word"
    secret_file(word, PASSWORD)
    acts(cheap, changes, *NEW_ONE, password_from=f"file:{word}")
    assert all(opened(store_at(cheap), domain, NEW) for domain in (LIVE, TESTNET))


def test_a_keyring_that_takes_no_word_leaves_the_store_as_it_was(
    cheap: Path, keyring: dict[tuple[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(store_id: str, word: Unlocking) -> None:
        raise KeyStoreFault("the system's keyring does not answer")

    acts(cheap, store_acts.add_keyring, *typed(PASSWORD))
    before = dict(keyring)
    monkeypatch.setattr(system_keyring, "keep_word", refuses)
    with pytest.raises(KeyStoreFault, match="does not answer"):
        acts(cheap, store_acts.add_keyring, *typed(PASSWORD))
    assert keyring == before
    assert len(acts(cheap, store_acts.verify)) == 2, "the words of before still open"


def test_a_disk_that_is_full_leaves_the_keyrings_word_as_it_was(
    cheap: Path, keyring: dict[tuple[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(store: OpenStore, word: Unlocking) -> None:
        raise KeyStoreFault("no space left")

    acts(cheap, store_acts.add_keyring, *typed(PASSWORD))
    before = dict(keyring)
    monkeypatch.setattr(OpenStore, "add_slot", full)
    with pytest.raises(KeyStoreFault, match="no space"):
        acts(cheap, store_acts.add_keyring, *typed(PASSWORD))
    assert keyring == before


def test_two_passwords_become_one_again(cheap: Path) -> None:
    store = store_at(cheap)
    old = store.path_of(TESTNET).read_bytes()
    acts(cheap, changes, *typed(PASSWORD), *NEW_ONE)
    store.path_of(TESTNET).write_bytes(old)
    acts(cheap, changes, *typed(OTHER_PASSWORD), (f"Enter the password of {TESTNET}", PASSWORD), *NEW_ONE)
    assert all(opened(store, domain, NEW) for domain in (LIVE, TESTNET))


@pytest.mark.parametrize(
    ("act", "answers", "said"),
    [
        (store_acts.verify, (("Enter your password", None),), "stays closed"),
        (store_acts.add_keyring, (("Enter your password", None),), "given no word"),
        (store_acts.remove_keyring, (("Enter your password", None),), "stays closed"),
        (store_acts.new_data_keys, (("Enter your password", None),), "nothing was sealed anew"),
        (changes, (("Enter your password", None),), "no password was changed"),
        (changes, (*typed(PASSWORD), ("Choose a password", None)), "no password was changed"),
        (changes, (*typed(PASSWORD), NEW_ONE[0], ("Enter it again", None)), "no password was changed"),
    ],
)
def test_leaving_an_act_at_any_prompt_changes_nothing(
    cheap: Path, act: Act, answers: tuple[tuple[str, str | None], ...], said: str
) -> None:
    before = [store_at(cheap).read(domain).slots for domain in (LIVE, TESTNET)]
    with pytest.raises(KeyStoreFault, match=said):
        acts(cheap, act, *answers)
    assert [store_at(cheap).read(domain).slots for domain in (LIVE, TESTNET)] == before
