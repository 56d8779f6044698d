"""How the stores of a home are opened: each in its own way, and who sits there is asked as seldom as that goes."""

from collections.abc import Callable, Iterator
from typing import Final

from connector.bot.keys.prompts import Terminal
from connector.core.faults import KeyStoreFault
from connector.keys.faults import DamagedStoreFault, WrongPasswordFault
from connector.keys.key_store import KeyStore
from connector.keys.open_store import OpenStore
from connector.keys.password_sources import FORMS, GIVEN_FORMS, OPTION, PasswordSources
from connector.keys.slots import SlotKind, Unlocking

_TRIES: Final = 3


class Unlocker:
    """Of one command. `opens` opens a store, or raises `WrongPasswordFault`.

    What opened one store is tried at the next one. Where it does not open it, since an old copy was put back, the
    password of that domain is asked for by its name.

    A password is *given* where it was typed at the terminal, or handed over on purpose by `stdin`, `fd:N` or
    `file:PATH`. What lies in the keyring, the environment or systemd's credentials is not: who finds a terminal
    unlocked has it, too.
    """

    def __init__(
        self,
        store: KeyStore,
        sources: PasswordSources,
        terminal: Terminal | None,
        opens: Callable[[str, Unlocking], OpenStore],
    ) -> None:
        self._store = store
        self._sources = sources
        self._terminal = terminal
        self._opens = opens
        #: What opened the stores so far, by domain.
        self.ways: dict[str, Unlocking] = {}
        self._given: list[Unlocking] = []
        self._found: list[Unlocking] = []
        self._is_source_read = False

    def opened(self, domain: str, *, by_given: bool = False) -> OpenStore:
        """The domain's store; `by_given`: by nothing but a password that is given.

        Raises `NoKeyFault`, `KeyStoreFault`, `ConfigFault`, and `Abandoned` where the terminal is left.
        """
        self._look_at(domain)
        wrong: KeyStoreFault | None = None
        for password in self._passwords(by_given=by_given):
            try:
                return self._taken(domain, password)
            except WrongPasswordFault as fault:
                wrong = fault
        if wrong is not None and not self.ways:
            raise wrong
        word = None if by_given else self._in_keyring(domain)
        if word is not None:
            try:
                return self._taken(domain, word)
            except WrongPasswordFault as fault:
                self._tell(fault)
        if self._terminal is None:
            raise wrong or _nobody_is_there(is_given_needed=by_given)
        return self._asked(domain, self._terminal)

    def given(self, domain: str) -> Unlocking:
        """The password that opens the domain's store, asked for where it was not given yet. Raises as `opened`."""
        if self.ways.get(domain) not in self._given:
            self.opened(domain, by_given=True).close()
        return self.ways[domain]

    def _look_at(self, domain: str) -> None:
        """What is damaged or not there is told before anybody is asked."""
        try:
            self._store.read(domain)
        except DamagedStoreFault:
            # Ends before the word is looked at, and says whether an earlier generation is kept.
            self._opens(domain, Unlocking.by_password("")).close()

    def _passwords(self, *, by_given: bool) -> Iterator[Unlocking]:
        """Those at hand: each source is read once, a pipe has nothing more afterwards."""
        if not self._is_source_read and (self._sources.is_on_purpose or not by_given):
            self._is_source_read = True
            password = self._sources.password()
            if password is not None:
                (self._given if self._sources.is_on_purpose else self._found).append(password)
        yield from tuple(self._given)
        if not by_given:
            yield from tuple(self._found)

    def _in_keyring(self, domain: str) -> Unlocking | None:
        try:
            return self._sources.keyring(self._store, domain)
        except KeyStoreFault as fault:
            self._tell(fault)
            return None

    def _tell(self, fault: KeyStoreFault) -> None:
        """Why the keyring does not open it; raised where nobody can be asked instead, or the keyring was named."""
        if self._terminal is None or self._sources.named is not None:
            raise fault
        self._terminal.say(str(fault))

    def _asked(self, domain: str, terminal: Terminal) -> OpenStore:
        is_one_of_several = bool(self.ways.keys() - {domain})
        prompt = f"Enter the password of {domain} >>> " if is_one_of_several else "Enter your password >>> "
        tries = 1
        while True:
            password = Unlocking(SlotKind.PASSWORD, terminal.password(prompt))
            try:
                store = self._taken(domain, password)
            except WrongPasswordFault as fault:
                if tries == _TRIES:
                    raise
                terminal.say(str(fault))
                tries += 1
            else:
                self._given.append(password)
                return store

    def _taken(self, domain: str, unlocking: Unlocking) -> OpenStore:
        store = self._opens(domain, unlocking)
        self.ways[domain] = unlocking
        return store


def _nobody_is_there(*, is_given_needed: bool) -> KeyStoreFault:
    if is_given_needed:
        return KeyStoreFault(
            f"this needs the password itself, typed at a terminal or by {OPTION} {GIVEN_FORMS}; what lies in the "
            "keyring, the environment or systemd's credentials is not enough"
        )
    return KeyStoreFault(f"no password for the key store, and no terminal to ask at; {OPTION} {FORMS}")
