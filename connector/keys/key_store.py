"""The key stores of one home: a file a domain in `conf/connectors/`, all opened by one password.

Each file has a data key of its own, so that who opens one domain's holds nothing of another's. Every change is made
under a lock, as one (`Commit`), with the generation before it kept beside the file.
"""

import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from connector.core.faults import KeyStoreFault, NoKeyFault
from connector.keys.commit import Commit
from connector.keys.costs import CostRule
from connector.keys.credentials import KeyFacts
from connector.keys.faults import DamagedStoreFault
from connector.keys.key_file import KeyFile, parsed
from connector.keys.private_files import PrivateFiles, check_private
from connector.keys.sealing import SealingKey
from connector.keys.slots import Slot, Unlocking

_LOG = logging.getLogger(__name__)
_ENDING: Final = ".yml"
_PREVIOUS: Final = ".yml.previous"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


class KeyStore:
    """The files of one folder. `now_s` gives seconds since the epoch."""

    def __init__(
        self,
        folder: Path,
        rule: CostRule | None = None,
        files: PrivateFiles | None = None,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self.folder = folder
        self.rule = rule or CostRule()
        self._files = files or PrivateFiles()
        self.now_s = now_s
        self.commit = Commit(folder, self._files)

    def domains(self) -> tuple[str, ...]:
        """The domains that have a key, by name. Raises `KeyStoreFault`."""
        if not self._settle():
            return ()
        try:
            names = (path.name.removesuffix(_ENDING) for path in self.folder.iterdir() if path.name.endswith(_ENDING))
            # A copy beside it ("NAME (1).yml") is none of a domain.
            return tuple(sorted(name for name in names if _NAME.fullmatch(name)))
        except OSError as error:
            raise KeyStoreFault(f"{self.folder}: can't be read: {error.strerror}") from error

    def facts(self) -> tuple[KeyFacts, ...]:
        """What can be told of each key without a password. Raises `KeyStoreFault`."""
        return tuple(facts_of(self.read(domain)) for domain in self.domains())

    def path_of(self, domain: str) -> Path:
        """Where the file of a domain lies, whether it is there or not."""
        return self.folder / f"{domain}{_ENDING}"

    def has(self, domain: str) -> bool:
        """Whether the domain has a file. Raises `KeyStoreFault`."""
        return domain in self.domains()

    def read(self, domain: str) -> KeyFile:
        """The domain's file, checked as far as that goes without a password.

        Raises `NoKeyFault` where there is none, `KeyStoreFault` where it can't be used.
        """
        self._settle()
        return parsed(self.bytes_of(domain), domain, self.rule, self.path_of(domain))

    def bytes_of(self, domain: str) -> bytes:
        """The file as it lies there. Raises `NoKeyFault`, `KeyStoreFault`."""
        path = self.path_of(domain)
        try:
            check_private(path)
            return self._files.read(path)
        except FileNotFoundError:
            raise no_key(domain) from None
        except OSError as error:
            raise KeyStoreFault(f"{path}: can't be read: {error.strerror}") from error

    def opened(self, domain: str, unlocking: Unlocking) -> tuple[KeyFile, SealingKey]:
        """The file and its data key; a slot that costs less than is usual by now is made anew.

        Raises `NoKeyFault`, `KeyStoreFault`.
        """
        path = self.path_of(domain)
        try:
            file = self.read(domain)
        except DamagedStoreFault as fault:
            raise self._with_previous(domain, fault) from None
        data_key = file.opened(unlocking, path)
        if file.slots[unlocking.kind].cost.is_below(self.rule.usual):
            file = self._upgraded(file, data_key, unlocking)
        return file, data_key

    def change(self, domain: str, data_key: SealingKey, made: Callable[[KeyFile], KeyFile]) -> KeyFile:
        """Makes one change to the file as it is by now, whoever wrote it meanwhile. Raises `KeyStoreFault`."""
        with self.commit.locked():
            file = parsed(self.bytes_of(domain), domain, self.rule, self.path_of(domain))
            file.check_same(data_key, self.path_of(domain))
            changed = made(file).sealed(data_key)
            self.commit.apply(self.generations({domain: changed}))
        return changed

    def generations(self, files: Mapping[str, KeyFile], *, forgets: bool = False) -> dict[str, bytes | None]:
        """The changes that write these files, each with the generation before it beside it.

        `forgets` keeps the new one twice: an old password must not open what lies beside a file.
        """
        changes: dict[str, bytes | None] = {}
        for domain, file in files.items():
            path = self.path_of(domain)
            is_kept = path.exists() and not forgets
            changes[f"{domain}{_PREVIOUS}"] = self._files.read(path) if is_kept else file.text()
            changes[path.name] = file.text()
        return changes

    def remove(self, domain: str) -> None:
        """The file and what lies beside it are gone. Raises `KeyStoreFault`."""
        with self.commit.locked():
            self.commit.apply({f"{domain}{_PREVIOUS}": None, f"{domain}{_ENDING}": None})

    def restore(self, domain: str) -> None:
        """Puts the generation before in the place of one that is damaged.

        Raises `KeyStoreFault` where the present one is whole: what was used up or approved since is not undone so.
        """
        with self.commit.locked():
            if self._is_whole(domain):
                raise KeyStoreFault(f"{self.path_of(domain)}: is whole, so nothing is restored")
            path = self.folder / f"{domain}{_PREVIOUS}"
            try:
                data = self._files.read(path)
            except FileNotFoundError:
                raise KeyStoreFault(f"{path}: no earlier generation is kept; restore a backup") from None
            parsed(data, domain, self.rule, path)
            self.commit.apply({f"{domain}{_ENDING}": data})

    def _is_whole(self, domain: str) -> bool:
        try:
            parsed(self.bytes_of(domain), domain, self.rule, self.path_of(domain))
        except (DamagedStoreFault, NoKeyFault):
            return False
        return True

    def stamp(self) -> str:
        """Now, as files tell it."""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.now_s()))

    def _upgraded(self, file: KeyFile, data_key: SealingKey, unlocking: Unlocking) -> KeyFile:
        slot = Slot.made(file.header, data_key, unlocking, self.rule.usual)
        try:
            return self.change(
                file.header.domain, data_key, lambda now: replace(now, slots={**now.slots, slot.kind: slot})
            )
        except KeyStoreFault as fault:
            _LOG.warning("a slot is not made anew at today's cost: %s", fault)
            return file

    def _settle(self) -> bool:
        """What an earlier process decided and did not finish is finished before anything is read. Whether there is a
        folder at all. Raises `KeyStoreFault`."""
        try:
            check_private(self.folder)
            is_pending = self.commit.is_pending()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise KeyStoreFault(f"{self.folder}: can't be read: {error.strerror}") from error
        if is_pending:
            with self.commit.locked():
                pass
        return True

    def _with_previous(self, domain: str, fault: DamagedStoreFault) -> KeyStoreFault:
        """The fault, with what can be done about it."""
        path = self.folder / f"{domain}{_PREVIOUS}"
        try:
            parsed(self._files.read(path), domain, self.rule, path)
        except (KeyStoreFault, OSError):
            return fault
        return DamagedStoreFault(self.path_of(domain), fault.what, has_previous=True)


def facts_of(file: KeyFile) -> KeyFacts:
    """What can be told of its key without a password."""
    said = file.facts.get
    words = (said("kind", "?"), said("fingerprint", "?"), said("added", "?"), said("checked", ""))
    return KeyFacts(file.header.domain, *words, has_factor="second_factor" in file.facts)


def no_key(domain: str) -> NoKeyFault:
    """The line for a domain without a key."""
    return NoKeyFault(f"domain: {domain}: has no API key; give it one: connector connect {domain}")
