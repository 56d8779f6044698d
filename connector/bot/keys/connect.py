"""`connector connect NAME`: a key is given once, at a prompt, and stored when the exchange has taken it."""

from dataclasses import dataclass

from connector.bot.command_output import Facts
from connector.bot.keys.factor_gate import passed_with_code
from connector.bot.keys.key_check import Findings, Preflight, found
from connector.bot.keys.key_home import KeyHome
from connector.bot.keys.prompts import Abandoned, Terminal
from connector.core.faults import ConfigFault, ConnectorFault, KeyStoreFault, NoKeyFault
from connector.core.secrets import Secret
from connector.keys.credentials import Credentials
from connector.keys.open_store import OpenStore, created
from connector.keys.password_rules import hint_about, too_short
from connector.net.lookups import run_to_end
from connector.venue.domains import Domain


@dataclass(frozen=True, slots=True)
class ConnectTerms:
    """What the user said beforehand."""

    accepts_withdraw: bool = False


def connect(keys: KeyHome, domain: Domain, preflight: Preflight, terms: ConnectTerms) -> Facts:
    """Asks for a key, has it checked, asks for the password, and stores it; returns which key it is. Raises
    `ConnectorFault`; then nothing was stored."""
    try:
        return _connect(keys, domain, preflight, terms, keys.asked())
    except Abandoned:
        raise NoKeyFault("nothing was stored") from None


def _connect(keys: KeyHome, domain: Domain, preflight: Preflight, terms: ConnectTerms, terminal: Terminal) -> Facts:
    sealing = Sealing(keys, terminal)
    held = sealing.held(domain)
    credentials = _asked(domain, terms, terminal)
    for fact in keys.store.facts():
        if fact.fingerprint == credentials.fingerprint and fact.domain != domain.name:
            question = (
                f"this key is stored for {fact.domain}; a key belongs to one domain. Use it for {domain.name} too?"
            )
            if not terminal.agrees(question):
                raise Abandoned
    passed = is_passed(preflight, domain, credentials, terminal)
    sealing.store(held, credentials, keys.store.stamp() if passed else "")
    return key_facts(credentials, passed)


def key_facts(credentials: Credentials, is_good: bool) -> Facts:
    """Which key it is, and whether it was found good."""
    return {
        "domain": credentials.domain,
        "kind": credentials.kind,
        "fingerprint": credentials.fingerprint,
        "is_found_good": is_good,
    }


def _asked(domain: Domain, terms: ConnectTerms, terminal: Terminal) -> Credentials:
    """The key and its secret; what is none is said, and asked again."""
    from connector.keys.key_shapes import api_key_of, secret_of

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
    except KeyboardInterrupt:
        raise Abandoned from None
    except ConnectorFault as fault:
        findings = Findings(refusals=(str(fault),))
    for line in (*findings.lines, *findings.refusals):
        terminal.say(line)
    if findings.refusals and not terminal.agrees("The key was not found good. Store it nevertheless?"):
        raise Abandoned
    return not findings.refusals


class Sealing:
    """Keys go into their stores: one password for all of them, asked for once."""

    def __init__(self, keys: KeyHome, terminal: Terminal) -> None:
        self._keys = keys
        self._terminal = terminal
        self._unlocker = keys.unlocker()
        #: Of a home that had none.
        self._chosen: Secret | None = None

    def held(self, domain: Domain) -> OpenStore | None:
        """The domain's store where it has a key already, which a new one takes the place of.

        A password that was handed over is looked at here, before a key is asked for. Raises `KeyStoreFault`,
        `ConfigFault`, `ApprovalFault`, `Abandoned`.
        """
        keys = self._keys
        if not keys.store.has(domain.name):
            if keys.sources.is_on_purpose:
                self._password()
            return None
        fact = next(fact for fact in keys.store.facts() if fact.domain == domain.name)
        question = f"{domain.name} has a key with the fingerprint {fact.fingerprint}; it will be replaced."
        if not self._terminal.agrees(question):
            raise Abandoned
        store = self._unlocker.opened(domain.name, by_given=True)
        passed_with_code(keys, store, "replace the key")
        return store

    def store(self, held: OpenStore | None, credentials: Credentials, checked: str) -> None:
        """Seals it, in place of the key that was held. Raises `KeyStoreFault`, `Abandoned`."""
        if held is not None:
            held.put_key(credentials, checked)
            self._keys.record("replaced key", credentials.domain, _detail(credentials, checked), held)
            held.close()
        else:
            self._create(credentials, checked)
        fingerprint = credentials.fingerprint
        self._terminal.say(f"stored: {credentials.domain}, {credentials.kind} key with the fingerprint {fingerprint}")

    def _create(self, credentials: Credentials, checked: str) -> None:
        """A file of its own, under the password that the others have."""
        store, code = created(self._keys.store, credentials, self._password(), checked)
        self._keys.record("connected", credentials.domain, _detail(credentials, checked), store)
        store.close()
        say = self._terminal.say
        say(f"Recovery code of {credentials.domain}, shown this once: write it down, and keep it elsewhere.")
        say(f"    {code}")

    def _password(self) -> Secret:
        """That of the other stores, which has to open one; where there are none, a new one."""
        others = self._keys.store.domains()
        if self._chosen is None and others:
            return self._unlocker.given(others[0]).word
        self._chosen = self._chosen or self._new_password()
        return self._chosen

    def _new_password(self) -> Secret:
        sources = self._keys.sources
        handed = sources.password() if sources.is_on_purpose else None
        if handed is None:
            return self._terminal.new_password()
        if problem := too_short(handed.word):
            raise KeyStoreFault(problem)
        if hint := hint_about(handed.word):
            self._terminal.say(hint)
        return handed.word


def _detail(credentials: Credentials, checked: str) -> str:
    """Of the audit log."""
    return credentials.fingerprint + ("" if checked else ", not found good, stored at the user's word")
