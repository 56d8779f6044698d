"""Key stores that open in no time, those that the program itself opens, and the words that open them."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from connector.core.secrets import Secret
from connector.keys.costs import Cost, CostRule
from connector.keys.credentials import Credentials, KeyKind
from connector.keys.key_store import KeyStore
from connector.keys.open_store import OpenStore, created
from connector.keys.private_files import PrivateFiles
from connector.keys.slots import Unlocking

LIVE = "binance_perpetual"
TESTNET = "binance_perpetual_testnet"
PASSWORD = "tin horse over the hill"
OTHER_PASSWORD = "brass owl under the bridge"
OLD, NEW = Unlocking.by_password(PASSWORD), Unlocking.by_password(OTHER_PASSWORD)
#: Below every floor: a store made so is refused by the program.
CHEAP = CostRule(Cost(64, 1, 1), Cost(8, 1, 1))
API_KEY = "Vq7kXw2NbT9sYc4RmZ8pLd1HfJ6gAe3UoKi5QnWvBtSxCyMrGzDhPj0EuFaOlIqX"
API_SECRET = "m2Zr8Lw5QkTj1NvBx7YcHs4PdGf9RaUe3WoXiKq6MnVtCbJySzDgEh0FuApOlIrT"


def store_at(folder: Path, files: PrivateFiles | None = None) -> KeyStore:
    return KeyStore(folder / "conf" / "connectors", CHEAP, files)


def key_for(domain: str, key: str = API_KEY, secret: str = API_SECRET) -> Credentials:
    return Credentials(domain, KeyKind.HMAC, Secret(key), Secret(secret))


def connected(folder: Path, *domains: str) -> KeyStore:
    """A store that holds a key of each domain."""
    store = store_at(folder)
    for domain in domains or (LIVE,):
        created(store, key_for(domain), Secret(PASSWORD))
    return store


def opened(store: KeyStore, domain: str = LIVE, unlocking: Unlocking = OLD) -> OpenStore:
    return OpenStore.at(store, domain, unlocking)


def placed(home: Path, *domains: str) -> list[str]:
    """A home whose stores cost what the program asks for, so that it opens them; the recovery codes. Each is sealed
    once in a test process: a guess at its password takes a while."""
    folder = home / "conf" / "connectors"
    codes = []
    for domain in domains:
        file, code = _sealed(domain)
        put(folder, domain, file)
        codes.append(code)
    return codes


def put(folder: Path, domain: str, file: bytes) -> None:
    """A store's file as it was read from another home."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = KeyStore(folder).path_of(domain)
    path.touch(0o600)
    path.write_bytes(file)


@cache
def _sealed(domain: str) -> tuple[bytes, str]:
    with TemporaryDirectory() as elsewhere:
        store = KeyStore(Path(elsewhere) / "connectors")
        opened_store, code = created(store, key_for(domain), Secret(PASSWORD))
        opened_store.close()
        return store.path_of(domain).read_bytes(), code
