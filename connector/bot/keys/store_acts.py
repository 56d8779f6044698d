"""`connector store …`: what is done to the key stores of a home as a whole."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path

from connector.bot.command_output import Facts
from connector.bot.keys.key_home import KeyHome, keyed_domain
from connector.bot.keys.prompts import Abandoned
from connector.core.faults import ConfigFault, KeyStoreFault, NoKeyFault
from connector.keys import system_keyring
from connector.keys.private_files import PrivateFiles, make_private_folder
from connector.keys.re_wrapping import ReWrapped, change_password, rotate
from connector.keys.recovery_codes import typed_recovery_code
from connector.keys.slots import SlotKind, Unlocking

Say = Callable[[str], None]


class StoreAct(StrEnum):
    """What can be done to it."""

    CHANGE_PASSWORD = "change-password"
    VERIFY = "verify"
    ROTATE = "rotate"
    EXPORT = "export"
    BACKUP = "backup"
    RESTORE = "restore"
    KEYRING_ADD = "keyring-add"
    KEYRING_REMOVE = "keyring-remove"
    IMPORT_HUMMINGBOT = "import-hummingbot"
    EXPORT_HUMMINGBOT = "export-hummingbot"


def new_password(keys: KeyHome, say: Say, *, by_recovery: bool) -> Facts:
    """Asks for the present password or for recovery codes, and for a new password. Raises `KeyStoreFault`."""
    terminal = keys.asked()
    domains = _domains(keys)
    try:
        if by_recovery:
            codes = {domain: terminal.hidden(f"Recovery code of {domain} >>> ") for domain in domains}
            old: Mapping[str, Unlocking] = {domain: _by_code(code) for domain, code in codes.items()}
            for domain, unlocking in old.items():
                keys.opened_by(domain, unlocking).close()
        else:
            old = _given(keys, domains)
        done = change_password(keys.store, old, terminal.new_password())
    except Abandoned:
        raise KeyStoreFault("no password was changed") from None
    for domain in done.domains:
        keys.record("changed password", domain, "by recovery code" if by_recovery else "")
    say(f"the new password opens {', '.join(done.domains)}; the old one opens nothing more")
    _tell_codes(done, terminal.say)
    return {"domains": list(done.domains)}


def verify(keys: KeyHome, say: Say) -> Facts:
    """Opens every store and every field of it. Raises `KeyStoreFault`."""
    _domains(keys)
    whole = []
    for store in keys.opened_each():
        count = len([name for name in store.file.fields if store.field(name) is not None])
        generation = store.file.generation
        store.close()
        say(f"{store.domain}: whole, {count} sealed fields, generation {generation}")
        whole.append({"domain": store.domain, "fields": count, "generation": generation})
    return {"stores": whole}


def new_data_keys(keys: KeyHome, say: Say) -> Facts:
    """New data keys under the same password. Raises `KeyStoreFault`."""
    try:
        old = _given(keys, _domains(keys))
    except Abandoned:
        raise KeyStoreFault("nothing was sealed anew") from None
    done = rotate(keys.store, old)
    for domain in done.domains:
        keys.record("rotated", domain)
    say(f"sealed anew: {', '.join(done.domains)}; add the keyring's word again where you use one")
    _tell_codes(done, keys.terminal.say if keys.terminal is not None else say)
    return {"domains": list(done.domains)}


def export(keys: KeyHome, *, is_redacted: bool) -> Facts:
    """What can be told without a secret. Raises `ConfigFault` for anything more."""
    if not is_redacted:
        raise ConfigFault("export", "(no --redacted)", "secrets are never printed", "say --redacted, or use backup")
    return {"stores": [asdict(fact) for fact in keys.store.facts()]}


def backup(keys: KeyHome, folder: Path, say: Say) -> Facts:
    """Copies every store, sealed as it is, into a folder that is made. Raises `ConfigFault`, `KeyStoreFault`."""
    if folder.exists():
        raise ConfigFault("backup", folder, "is there already", "name a folder that is not")
    texts = {domain: keys.store.bytes_of(domain) for domain in _domains(keys) if keys.store.read(domain)}
    make_private_folder(folder)
    files = PrivateFiles()
    for domain, text in texts.items():
        path = folder / f"{domain}.yml"
        files.write(path, text)
        files.sync(path)
    files.sync_folder(folder)
    for domain in texts:
        keys.record("backed up", domain)
    say(f"{folder}: {len(texts)} key stores, sealed; the password that opens them is today's")
    return {"folder": str(folder), "domains": list(texts)}


def restore(keys: KeyHome, name: str, say: Say) -> Facts:
    """Puts the generation before the present one in its place. Raises `KeyStoreFault`."""
    domain = keyed_domain(name).name
    keys.store.restore(domain)
    keys.record("restored", domain)
    say(f"{domain}: the generation before is in place")
    return {"domain": domain}


def add_keyring(keys: KeyHome, say: Say) -> Facts:
    """Each store opens by a word that the system's keyring keeps, too. Raises `KeyStoreFault`."""
    domains, unlocker = _domains(keys), keys.unlocker()
    try:
        stores = [unlocker.opened(domain, by_given=True) for domain in domains]
    except Abandoned:
        raise KeyStoreFault("the keyring was given no word") from None
    for store in stores:
        before, word = store.file.slots.get(SlotKind.KEYRING), system_keyring.new_word()
        store.add_slot(word)
        try:
            system_keyring.keep_word(store.file.header.store_id, word)
        except KeyStoreFault:
            store.put_slot(SlotKind.KEYRING, before)
            raise
        keys.record("added keyring", store.domain, "", store)
        store.close()
        say(f"the system's keyring opens {store.domain}")
    return {"domains": list(domains)}


def remove_keyring(keys: KeyHome, say: Say) -> Facts:
    """The keyring opens no store any more. Raises `KeyStoreFault`."""
    domains = _domains(keys)
    # All are open before the first is changed: none is left half done for want of another's password.
    for store in list(keys.opened_each()):
        store.put_slot(SlotKind.KEYRING, None)
        keys.record("removed keyring", store.domain, "", store)
        store.close()
        system_keyring.forget_word(store.file.header.store_id)
        say(f"the system's keyring opens {store.domain} no more")
    return {"domains": list(domains)}


def _domains(keys: KeyHome) -> tuple[str, ...]:
    domains = keys.store.domains()
    if not domains:
        raise NoKeyFault(
            f"{keys.store.folder}: no key is stored; give one: connector connect binance_perpetual_testnet"
        )
    return domains


def _given(keys: KeyHome, domains: tuple[str, ...]) -> Mapping[str, Unlocking]:
    """The password of each domain. Raises `KeyStoreFault`, `Abandoned`."""
    unlocker = keys.unlocker()
    return {domain: unlocker.given(domain) for domain in domains}


def _by_code(typed: str) -> Unlocking:
    return Unlocking(SlotKind.RECOVERY, typed_recovery_code(typed))


def _tell_codes(done: ReWrapped, say: Say) -> None:
    for domain, code in done.recovery_codes.items():
        say(f"Recovery code of {domain}, shown this once; the one before opens nothing more: {code}")
