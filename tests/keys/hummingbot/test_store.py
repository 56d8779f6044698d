"""Hummingbot's folder is read where it lies, and written as it writes it."""

from pathlib import Path

import pytest

from connector.core.faults import ConfigFault, KeyStoreFault
from connector.core.secrets import Secret
from connector.keys.hummingbot.store import HummingbotStore, hummingbot_store
from connector.keys.hummingbot.values import sealed
from tests.companions.keys.stores import API_KEY, API_SECRET, LIVE, TESTNET, key_for

WORD = Secret("their password")


def written(root: Path, domain: str = LIVE, key: str = API_KEY, secret: str = API_SECRET) -> Path:
    """A file as their client writes it."""
    folder = root / "conf" / "connectors"
    folder.mkdir(parents=True, exist_ok=True)
    rows = (("api_key", key), ("api_secret", secret))
    lines = [f"{domain}_{name}: {sealed(text, WORD, 1_000)}" for name, text in rows]
    banner = f"#####\n###   {domain} config   ###\n#####\n\n"
    (folder / f"{domain}.yml").write_text(banner + f"connector: {domain}\n\n" + "\n".join(lines) + "\n")
    return folder


def test_keys_of_both_domains_are_read_and_others_are_named(tmp_path: Path) -> None:
    folder = written(tmp_path)
    written(tmp_path, TESTNET)
    for name in ("binance.yml", "kucoin.yml", "_draft.yml", ".hidden.yml"):
        (folder / name).write_text("connector: x\n")
    store = hummingbot_store(tmp_path)
    assert (store.domains(), store.others()) == ((LIVE, TESTNET), ("binance", "kucoin"))
    key = store.credentials(TESTNET, WORD)
    assert (key.domain, key.api_key.reveal(), key.api_secret.reveal()) == (TESTNET, API_KEY, API_SECRET)


@pytest.mark.parametrize("below", ["", "conf", "conf/connectors"])
def test_it_is_found_from_its_root_its_conf_and_its_own_folder(tmp_path: Path, below: str) -> None:
    written(tmp_path)
    assert hummingbot_store(tmp_path / below).domains() == (LIVE,)


def test_the_folder_of_an_account_of_its_server_is_found(tmp_path: Path) -> None:
    folder = written(tmp_path / "x")
    (tmp_path / "bots" / "credentials" / "master_account").mkdir(parents=True)
    folder.rename(tmp_path / "bots" / "credentials" / "master_account" / "connectors")
    assert hummingbot_store(tmp_path / "bots").domains() == (LIVE,)


def test_a_wrong_password_and_a_file_that_is_none_are_told_apart(tmp_path: Path) -> None:
    folder = written(tmp_path)
    store = hummingbot_store(tmp_path)
    with pytest.raises(KeyStoreFault, match="Hummingbot's password does not open binance_perpetual_api_key"):
        store.credentials(LIVE, Secret("another"))
    path = folder / f"{LIVE}.yml"
    for text, words in (
        ("connector: binance_perpetual\n", "binance_perpetual_api_key is not in it"),
        (f"{LIVE}_api_key: ''\n", "is not in it"),
        (f"{LIVE}_api_key: abc\n{LIVE}_api_secret: abc\n", "is no value that Hummingbot has sealed"),
        ("- a\n", "is no file of a connector"),
        ("a: [", "is no file of a connector"),
        ("[" * 3_000, "is no file of a connector"),
        (f"a: &a [x, x]\nb: &b [*a, *a]\n{LIVE}_api_key: *b\n", "is not in it"),
    ):
        path.write_text(text)
        with pytest.raises(KeyStoreFault, match=words):
            store.credentials(LIVE, WORD)


def test_values_that_were_swapped_are_seen_where_their_shapes_differ(tmp_path: Path) -> None:
    written(tmp_path, key="-----BEGIN PRIVATE KEY-----#MC4C#-----END PRIVATE KEY-----")
    with pytest.raises(ConfigFault, match="API key"):
        hummingbot_store(tmp_path).credentials(LIVE, WORD)


def test_what_is_written_is_read_again_and_opens_by_their_own_word(tmp_path: Path) -> None:
    (tmp_path / "conf" / "connectors").mkdir(parents=True)
    assert hummingbot_store(tmp_path).iterations == 1_000_000, "as theirs"
    store = HummingbotStore(tmp_path / "conf" / "connectors", iterations=1_000)
    path = store.write(key_for(LIVE), WORD)
    lines = path.read_text().splitlines()
    assert lines[1] == "###   binance_perpetual config   ###"
    assert [line.split(":")[0] for line in lines if ":" in line] == [
        "connector", "binance_perpetual_api_key", "binance_perpetual_api_secret",
    ]  # fmt: skip
    assert API_SECRET not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    store.check_password(WORD)
    with pytest.raises(KeyStoreFault, match="Hummingbot's password does not open the password's own check"):
        store.check_password(Secret("another"))
    assert store.credentials(LIVE, WORD).api_secret.reveal() == API_SECRET
    with pytest.raises(ConfigFault, match="is there already"):
        store.write(key_for(LIVE), WORD)


def test_what_holds_no_store_is_one_line(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(ConfigFault, match="FOLDER"):
            hummingbot_store(folder)
    with pytest.raises(KeyStoreFault, match="can't be written"):
        HummingbotStore(tmp_path / "gone" / "connectors", 1_000).write(key_for(LIVE), WORD)
