"""`connector store import-hummingbot | export-hummingbot FOLDER`: keys of its store come here, and go back."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from connector.bot.command_output import Facts
from connector.bot.keys.connect import Sealing, is_passed, key_facts
from connector.bot.keys.factor_gate import passed_with_code
from connector.bot.keys.key_check import Preflight
from connector.bot.keys.key_home import KeyHome, keyed_domain
from connector.bot.keys.prompts import Abandoned
from connector.core.faults import KeyStoreFault, NoKeyFault
from connector.keys.hummingbot.store import HummingbotStore, hummingbot_store

_PROMPT = "Enter Hummingbot's password >>> "


def import_hummingbot(keys: KeyHome, folder: Path, preflight: Preflight) -> Facts:
    """Each key there of a domain of ours is checked, and stored as `connect` does. Raises `ConnectorFault`."""
    terminal = keys.asked()
    store = hummingbot_store(folder)
    if not store.domains():
        raise NoKeyFault(f"{store.folder}: has no key of a domain of ours; {_others(store)}")
    try:
        password = terminal.password(_PROMPT)
        store.check_password(password)
        sealing, stored = Sealing(keys, terminal), []
        for domain in store.domains():
            credentials = store.credentials(domain, password)
            terminal.say(f"{domain}: {credentials.kind} key with the fingerprint {credentials.fingerprint}")
            row = keyed_domain(domain)
            held = sealing.held(row)
            passed = is_passed(preflight, row, credentials, terminal)
            sealing.store(held, credentials, keys.store.stamp() if passed else "")
            stored.append(key_facts(credentials, passed))
    except Abandoned:
        raise NoKeyFault("nothing more was stored") from None
    terminal.say(_others(store))
    return {"keys": stored, "left": list(store.others())}


def export_hummingbot(keys: KeyHome, folder: Path, say: Callable[[str], None]) -> Facts:
    """Writes the key of each domain as Hummingbot reads it, under its password. Raises `ConnectorFault`."""
    terminal = keys.asked()
    store = hummingbot_store(folder)
    domains = keys.store.domains()
    if not domains:
        raise NoKeyFault(f"{keys.store.folder}: no key is stored")
    try:
        password = terminal.password(_PROMPT)
        store.check_password(password)
        if terminal.password("Enter it again >>> ").reveal() != password.reveal():
            raise KeyStoreFault("the two are not the same; nothing was written")
        unlocker, files = keys.unlocker(), []
        for domain in domains:
            with closing(unlocker.opened(domain, by_given=True)) as held:
                passed_with_code(keys, held, "export the key")
                path = store.write(held.credentials(), password)
                keys.record("exported", domain, "to Hummingbot's store", held)
            say(f"written: {path}; Hummingbot's form is weaker than this store's: mind who can read it")
            files.append(str(path))
    except Abandoned:
        raise KeyStoreFault("nothing more was written") from None
    return {"files": files}


def _others(store: HummingbotStore) -> str:
    names = ", ".join(store.others())
    return f"left alone, as none of ours: {names}" if names else "nothing else is there"
