"""The key store of a home, as commands open it."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from connector.bot.home import Home, home_at
from connector.bot.keys.prompts import Abandoned, Terminal, terminal_or_none
from connector.bot.keys.unlocking import Unlocker
from connector.core.faults import ConfigFault, KeyStoreFault, NoKeyFault
from connector.keys.audit import Audit
from connector.keys.faults import WrongPasswordFault
from connector.keys.key_store import KeyStore
from connector.keys.open_store import OpenStore
from connector.keys.password_sources import PasswordSources
from connector.keys.slots import Unlocking
from connector.net.core_dumps import forbid_core_dumps
from connector.venue.domains import Domain, domain_named


class KeyHome:
    """A home's key store, the terminal if there is one, and where passwords come from."""

    def __init__(self, home: Path | None, password_from: str | None) -> None:
        # Before anything is typed: what is typed may outlast the prompt in this process's memory.
        forbid_core_dumps()
        self.folders: Home = home_at(home)
        self.store = KeyStore(self.folders.key_stores)
        self.audit = Audit(self.folders.audit_log)
        self._misses_lines = False
        self.terminal = terminal_or_none()
        self.sources = PasswordSources(password_from, say_aside, os.environ)

    def unlocker(self, opens: Callable[[str, Unlocking], OpenStore] | None = None) -> Unlocker:
        """What opens several stores, and asks for the password once; `opens`: other than `opened_by`, which writes it
        into the audit log."""
        return Unlocker(self.store, self.sources, self.terminal, opens or self.opened_by)

    def opened(self, domain: str, *, by_given: bool = False) -> OpenStore:
        """The domain's store; `by_given`: by a password that is typed, or handed over on purpose.

        Raises `NoKeyFault`, `KeyStoreFault`, `ConfigFault`.
        """
        try:
            return self.unlocker().opened(domain, by_given=by_given)
        except Abandoned:
            raise _stays_closed() from None

    def opened_each(
        self, opens: Callable[[str, Unlocking], OpenStore] | None = None, *, by_given: bool = False
    ) -> Iterator[OpenStore]:
        """Every domain's store, each opened in its own way; whoever takes one closes it. Arguments and faults are those
        of `unlocker` and `opened`."""
        unlocker = self.unlocker(opens)
        for domain in self.store.domains():
            try:
                yield unlocker.opened(domain, by_given=by_given)
            except Abandoned:
                raise _stays_closed() from None

    def opened_by(self, domain: str, unlocking: Unlocking) -> OpenStore:
        """The domain's store; whether it opened is in the audit log, and its count in the store.

        Raises `NoKeyFault`, `KeyStoreFault`.
        """
        try:
            store = OpenStore.at(self.store, domain, unlocking)
        except WrongPasswordFault:
            self.record("refused", domain, f"wrong {unlocking.kind}")
            raise
        self.record("unlocked", domain, f"by {unlocking.kind}", store)
        return store

    def record(self, what: str, domain: str, detail: str = "", store: OpenStore | None = None) -> None:
        """A line in the audit log, sealed where a store is open; a disk that takes it not is told, and nothing else."""
        try:
            mark = self.audit.record(what, domain, detail)
            if store is not None and self._is_whole(store):
                store.seal_audit(mark)
        except (KeyStoreFault, NoKeyFault) as fault:
            say_aside(f"not written or not sealed in the audit log: {what} {domain}: {fault}")

    def _is_whole(self, store: OpenStore) -> bool:
        """Whether the log still holds what the store has seen. Where it does not, nothing is sealed over that; it is
        told, and in the log, once."""
        if self.audit.holds(store.audit_mark()):
            return True
        if not self._misses_lines:
            self._misses_lines = True
            self.audit.record("found lines missing", store.domain)
            say_aside(f"{self.audit.path}: lines that the key store has seen are not there: connector audit verify")
        return False

    def asked(self) -> Terminal:
        """The terminal. Raises `ConfigFault` where nobody can be asked."""
        if self.terminal is None:
            raise ConfigFault("terminal", "(none)", "keys are asked for at a terminal", "type this command there")
        return self.terminal


def _stays_closed() -> KeyStoreFault:
    return KeyStoreFault("no password was given; the key store stays closed")


def keyed_domain(name: str) -> Domain:
    """The row of a domain that has keys in a store. Raises `ConfigFault`."""
    row = domain_named(name)
    if row.is_local:
        raise ConfigFault("domain", name, "needs no key: the local exchange makes one up", "just run it")
    return row


def say_aside(line: str) -> None:
    """A warning, apart from what a command prints."""
    sys.stderr.write(f"{line}\n")
