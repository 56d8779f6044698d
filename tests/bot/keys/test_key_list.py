"""Which keys there are, and one less."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from connector.bot.keys.key_home import KeyHome
from connector.bot.keys.key_list import disconnect, list_keys
from connector.core.faults import KeyStoreFault, NoKeyFault
from tests.companions.keys.at_terminal import Person
from tests.companions.keys.stores import API_KEY, LIVE, TESTNET, connected, key_for, opened, store_at


def listed(home: Path, width: int = 160) -> str:
    keys = KeyHome(home, None)
    keys.store = store_at(home)
    page = io.StringIO()
    list_keys(keys, Console(file=page, width=width))
    return page.getvalue()


def test_each_key_has_a_row_without_a_secret(tmp_path: Path) -> None:
    assert "no key is stored" in listed(tmp_path)
    store = connected(tmp_path, LIVE, TESTNET)
    opened(store).mark_checked()
    page = listed(tmp_path)
    assert page.count(key_for(LIVE).fingerprint) == 2
    assert page.count("never") == 1
    assert API_KEY not in page


@pytest.mark.parametrize("width", [80, 60])
def test_which_key_it_is_stands_whole_on_a_narrow_terminal(tmp_path: Path, width: int) -> None:
    connected(tmp_path, LIVE, TESTNET)
    lines = listed(tmp_path, width).splitlines()
    for domain in (LIVE, TESTNET):
        assert any(f" {domain} " in line and key_for(domain).fingerprint in line for line in lines)
    assert all(len(line) <= width for line in lines)
    assert "…" not in "".join(lines)


def test_one_that_is_damaged_hides_none_of_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = connected(tmp_path, LIVE, TESTNET)
    store.path_of(LIVE).write_bytes(b"rubbish")
    keys = KeyHome(tmp_path, None)
    keys.store = store
    page = io.StringIO()
    with pytest.raises(KeyStoreFault, match="damaged"):
        list_keys(keys, Console(file=page, width=160))
    assert "can't be read" in page.getvalue()
    assert key_for(TESTNET).fingerprint in page.getvalue()


def test_a_key_is_removed_with_a_yes_and_with_nothing_else(tmp_path: Path) -> None:
    store = connected(tmp_path)
    person = Person(tmp_path, "disconnect", LIVE)
    person.answers("Type yes to go on, anything else to leave: ", "y")
    person.sees("nothing was removed")
    assert person.ends() == 4
    keys = KeyHome(tmp_path, None)
    keys.store = store
    disconnect(keys, LIVE, is_agreed=True)
    assert store.domains() == ()
    with pytest.raises(NoKeyFault, match="connector connect"):
        disconnect(keys, LIVE, is_agreed=True)
