"""Keys come from Hummingbot's folder as `connect` stores them, and go back into one."""

from pathlib import Path

import pytest

from connector.bot.keys.hummingbot_acts import export_hummingbot
from connector.core.faults import KeyStoreFault
from connector.keys.hummingbot.store import hummingbot_store
from connector.keys.key_store import KeyStore
from connector.keys.open_store import OpenStore
from connector.keys.slots import Unlocking
from tests.companions.keys.at_terminal import Person, with_password
from tests.companions.keys.stores import API_KEY, API_SECRET, LIVE, PASSWORD, TESTNET, connected, key_for, placed
from tests.companions.keys.typists import Typist, cheap_home, typed
from tests.keys.hummingbot.test_store import WORD, written


def test_a_key_of_theirs_is_checked_and_stored(tmp_path: Path) -> None:
    folder = written(tmp_path / "theirs")
    (folder / "kucoin.yml").write_text("connector: kucoin\n")
    home = tmp_path / "home"
    person = Person(home, "store", "import-hummingbot", str(tmp_path / "theirs"))
    person.answers("Enter Hummingbot's password >>> ", WORD.reveal())
    person.sees(f"binance_perpetual: HMAC key with the fingerprint {key_for(LIVE).fingerprint}")
    person.answers("Store it nevertheless? Type yes to go on, anything else to leave: ", "yes")
    with_password(person).sees("left alone, as none of ours: kucoin")
    assert person.ends() == 0
    store = KeyStore(home / "conf" / "connectors")
    key = OpenStore.at(store, LIVE, Unlocking.by_password(PASSWORD)).credentials()
    assert (key.api_key.reveal(), key.api_secret.reveal()) == (API_KEY, API_SECRET)
    assert API_SECRET not in person.shown


def test_a_wrong_password_of_theirs_stores_nothing(tmp_path: Path) -> None:
    written(tmp_path / "theirs")
    person = Person(tmp_path / "home", "store", "import-hummingbot", str(tmp_path / "theirs"))
    person.answers("Enter Hummingbot's password >>> ", "another")
    person.sees("Hummingbot's password does not open binance_perpetual_api_key")
    assert person.ends() == 11
    assert not (tmp_path / "home" / "conf").exists()


def test_a_key_of_ours_is_written_in_their_form(tmp_path: Path) -> None:
    placed(tmp_path, LIVE)
    (tmp_path / "theirs" / "conf" / "connectors").mkdir(parents=True)
    person = Person(tmp_path, "store", "export-hummingbot", str(tmp_path / "theirs"))
    person.answers("Enter Hummingbot's password >>> ", WORD.reveal())
    person.answers("Enter it again >>> ", WORD.reveal())
    person.answers("Enter your password >>> ", PASSWORD)
    person.sees("weaker than this store's")
    assert person.ends() == 0
    key = hummingbot_store(tmp_path / "theirs").credentials(LIVE, WORD)
    assert (key.api_key.reveal(), key.api_secret.reveal()) == (API_KEY, API_SECRET)


THEIRS = (("Enter Hummingbot's password >>> ", WORD.reveal()), ("Enter it again >>> ", WORD.reveal()))


@pytest.mark.parametrize("named", [None, "env"])
def test_an_unlocked_terminal_hands_no_key_out_without_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str | None
) -> None:
    connected(tmp_path)
    folder = tmp_path / "theirs"
    (folder / "conf" / "connectors").mkdir(parents=True)
    monkeypatch.setenv("CONNECTOR_PASSWORD", PASSWORD)
    for answers in (typed("a guess", 3), (("Enter your password", None),)):
        typist = Typist(*THEIRS, *answers)
        with pytest.raises(KeyStoreFault):
            export_hummingbot(cheap_home(tmp_path, typist, named), folder, typist.say)
        assert typist.is_done
    assert hummingbot_store(folder).domains() == ()


def test_every_key_is_handed_out_at_one_prompt_for_the_password(tmp_path: Path) -> None:
    connected(tmp_path, LIVE, TESTNET)
    folder = tmp_path / "theirs"
    (folder / "conf" / "connectors").mkdir(parents=True)
    typist = Typist(*THEIRS, *typed(PASSWORD))
    export_hummingbot(cheap_home(tmp_path, typist), folder, typist.say)
    assert hummingbot_store(folder).credentials(TESTNET, WORD).api_key.reveal() == API_KEY
