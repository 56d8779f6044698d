"""`connector connect NAME`: a key is given once, at a prompt, and stored when the exchange has taken it."""

from dataclasses import dataclass

from connector.bot.commands.factor_gate import passed_with_code
from connector.bot.commands.key_check import Findings, Preflight, found
from connector.bot.commands.key_home import KeyHome
from connector.bot.commands.prompts import Abandoned, Terminal
from connector.core.faults import ConfigFault, ConnectorFault, NoKeyFault
from connector.core.secrets import Secret
from connector.keys.credentials import Credentials
from connector.keys.key_shapes import api_key_of, secret_of
from connector.keys.open_store import OpenStore, created
from connector.keys.slots import SlotKind, Unlocking
from connector.net.lookups import run_to_end
from connector.venue.domains import Domain


@dataclass(frozen=True, slots=True)
class ConnectTerms:
    """What the user said beforehand."""

    accepts_withdraw: bool = False


def connect(keys: KeyHome, domain: Domain, preflight: Preflight, terms: ConnectTerms) -> None:
    """Asks for a key, has it checked, asks for the password, and stores it. Raises `ConnectorFault`; then nothing
    was stored."""
    try:
        _connect(keys, domain, preflight, terms, keys.asked())
    except Abandoned:
        raise NoKeyFault("nothing was stored") from None


def _connect(keys: KeyHome, domain: Domain, preflight: Preflight, terms: ConnectTerms, terminal: Terminal) -> None:
    held = held_store(keys, domain, terminal)
    credentials = _asked(domain, terms, terminal)
    for fact in keys.store.facts():
        if fact.fingerprint == credentials.fingerprint and fact.domain != domain.name:
            question = (
                f"this key is stored for {fact.domain}; a key belongs to one domain. Use it for {domain.name} too?"
            )
            if not terminal.agrees(question):
                raise Abandoned
    passed = is_passed(preflight, domain, credentials, terminal)
    store_key(keys, held, credentials, keys.store.stamp() if passed else "", terminal)


def held_store(keys: KeyHome, domain: Domain, terminal: Terminal) -> OpenStore | None:
    """The domain's store where it has a key already, which a new one takes the place of."""
    if not keys.store.has(domain.name):
        return None
    fact = next(fact for fact in keys.store.facts() if fact.domain == domain.name)
    if not terminal.agrees(f"{domain.name} has a key with the fingerprint {fact.fingerprint}; it will be replaced."):
        raise Abandoned
    store = keys.opened(domain.name)
    passed_with_code(keys, store, "replace the key")
    return store


def _asked(domain: Domain, terms: ConnectTerms, terminal: Terminal) -> Credentials:
    """The key and its secret; what is none is said, and asked again."""
    while True:
        try:
            key = api_key_of(terminal.hidden(f"Enter your {domain.label} API key >>> "))
            break
        except ConfigFault as fault:
            terminal.say(str(fault))
    while True:
        try:
            pasted = terminal.hidden(f"Enter your {domain.label} API secret >>> ")
            found = secret_of(pasted, lambda: terminal.password("Enter the passphrase of this private key >>> "))
            break
        except ConfigFault as fault:
            terminal.say(str(fault))
    if found.note:
        terminal.say(found.note)
    return Credentials(domain.name, found.kind, key, found.secret, terms.accepts_withdraw)


def is_passed(preflight: Preflight, domain: Domain, credentials: Credentials, terminal: Terminal) -> bool:
    """Whether the preflight has passed; where it has not, the user says whether to go on. Raises `Abandoned`."""
    try:
        findings = run_to_end(found(preflight, domain, credentials))
    except ConnectorFault as fault:
        findings = Findings(refusals=(str(fault),))
    for line in (*findings.lines, *findings.refusals):
        terminal.say(line)
    if findings.refusals and not terminal.agrees("The key was not found good. Store it nevertheless?"):
        raise Abandoned
    return not findings.refusals


def store_key(
    keys: KeyHome, held: OpenStore | None, credentials: Credentials, checked: str, terminal: Terminal
) -> None:
    """Seals it, in place of the key that was held. Raises `KeyStoreFault`, `Abandoned`."""
    if held is not None:
        held.put_key(credentials, checked)
        keys.record("replaced key", credentials.domain, _detail(credentials, checked), held)
        held.close()
    else:
        _create(keys, credentials, checked, terminal)
    terminal.say(f"stored: {credentials.domain}, {credentials.kind} key with the fingerprint {credentials.fingerprint}")


def _create(keys: KeyHome, credentials: Credentials, checked: str, terminal: Terminal) -> None:
    """A file of its own, under the password that the others have."""
    others = keys.store.domains()
    password = _same_password(keys, others[0], terminal) if others else terminal.new_password()
    store, code = created(keys.store, credentials, password, checked)
    keys.record("connected", credentials.domain, _detail(credentials, checked), store)
    store.close()
    terminal.say(f"Recovery code of {credentials.domain}, shown this once: write it down, and keep it elsewhere.")
    terminal.say(f"    {code}")


def _detail(credentials: Credentials, checked: str) -> str:
    """Of the audit log."""
    return credentials.fingerprint + ("" if checked else ", not found good, stored at the user's word")


def _same_password(keys: KeyHome, other: str, terminal: Terminal) -> Secret:
    """One password opens all stores: it has to open this one. Raises `WrongPasswordFault`."""
    password = terminal.password()
    keys.opened_by(other, Unlocking(SlotKind.PASSWORD, password)).close()
    return password
