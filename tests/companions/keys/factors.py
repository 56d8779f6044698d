"""A home whose domain has a second factor, and the app that shows its codes."""

import time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from connector.core.secrets import Secret
from connector.keys.key_store import KeyStore
from connector.keys.one_time_codes import code_at, new_secret
from connector.keys.open_store import created
from connector.keys.second_factor import SecondFactor
from tests.companions.keys.canaries import secret_file
from tests.companions.keys.stores import LIVE, PASSWORD, key_for, put

SLOT_S = 30


class App:
    """Shows a code that was not shown before. The first one, which switched the factor on, was of the step before."""

    def __init__(self, secret: Secret) -> None:
        self.secret = secret
        self._last = int(time.time()) // SLOT_S - 1

    def code(self) -> str:
        """Waits for the next step where the present one's code was shown: each is good once."""
        step = self._last + 1
        while step > int(time.time()) // SLOT_S + 1:
            time.sleep(0.5)
        self._last = step
        return code_at(self.secret, step)


def guarded_home(home: Path, domain: str = LIVE, key: str = "", secret: str = "") -> tuple[App, tuple[str, ...]]:
    """A key with a second factor, a file with the password; the app, and the recovery codes."""
    file, factor, codes = _guarded(domain, key, secret)
    put(home / "conf" / "connectors", domain, file)
    secret_file(home / "word", PASSWORD)
    return App(Secret(factor)), codes


@cache
def _guarded(domain: str, key: str, secret: str) -> tuple[bytes, str, tuple[str, ...]]:
    """Made once in a test process: what it costs is the program's own."""
    credentials = key_for(domain, key, secret) if key else key_for(domain)
    with TemporaryDirectory() as elsewhere:
        stores = KeyStore(Path(elsewhere) / "connectors")
        store, _ = created(stores, credentials, Secret(PASSWORD))
        app = App(new_secret())
        codes = SecondFactor(store).enable(app.secret, code_at(app.secret, app._last), 50)
        assert codes is not None
        store.close()
        return stores.path_of(domain).read_bytes(), app.secret.reveal(), codes
