"""One key store as a value: header, facts that are no secret, slots, sealed fields, and a seal over all of them.

The facts (kind of key, fingerprint, dates) are read without a password, and believed after it: the seal covers every
line before it, so that nothing in the file can be changed by who has no password, checksum rebuilt or not.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from connector.keys import key_text
from connector.keys.costs import CostRule
from connector.keys.faults import DamagedStoreFault, OtherDomainFault, ResealedFault, WrongPasswordFault
from connector.keys.sealing import Header, NotOpened, SealingKey
from connector.keys.slots import Slot, SlotKind, Unlocking, slot_of

_HEADER: Final = ("connector", "domain", "store", "created")
_FACT: Final = re.compile(r"fact\.([a-z0-9_]+)")
_FIELD: Final = re.compile(r"field\.([a-z0-9_]+)")


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What one file holds. Changed by `dataclasses.replace`, and written by `sealed`."""

    header: Header
    slots: Mapping[SlotKind, Slot]
    #: Plain words by name: kind, fingerprint, dates.
    facts: Mapping[str, str] = field(default_factory=dict)
    #: Sealed texts by name.
    fields: Mapping[str, str] = field(default_factory=dict)
    seal: str = ""
    #: Counts the writes.
    generation: int = 0

    @classmethod
    def new(cls, connector: str, domain: str, created: str) -> "KeyFile":
        """A file without slots and fields."""
        return cls(Header(key_text.FORMAT, connector, domain, os.urandom(16).hex(), created), {})

    def sealed(self, data_key: SealingKey) -> "KeyFile":
        """The next generation, as it is written."""
        following = replace(self, generation=self.generation + 1)
        seal = data_key.seal(_digest(following), self.header.bound_to("seal"))
        return replace(following, seal=seal)

    def with_field(self, data_key: SealingKey, name: str, text: str) -> "KeyFile":
        """The file with that text sealed into that field."""
        sealed = data_key.seal(text.encode(), self.header.bound_to("field", name))
        return replace(self, fields={**self.fields, name: sealed})

    def unsealed(self, data_key: SealingKey, name: str, path: Path) -> str | None:
        """The text of a field; None where there is none. Raises `DamagedStoreFault`."""
        if name not in self.fields:
            return None
        try:
            return data_key.unseal(self.fields[name], self.header.bound_to("field", name)).decode()
        except (NotOpened, UnicodeDecodeError):
            raise DamagedStoreFault(path, f"its field {name} was changed") from None

    def opened(self, unlocking: Unlocking, path: Path) -> SealingKey:
        """The data key, after the whole file was found to be as it was written.

        Raises `WrongPasswordFault`, or `DamagedStoreFault` where somebody changed the file and rebuilt its checksum.
        """
        slot = self.slots.get(unlocking.kind)
        if slot is None:
            raise WrongPasswordFault(path, f"{unlocking.kind}: it has no such slot")
        data_key = slot.opened(self.header, unlocking.word, path)
        self.check(data_key, path)
        return data_key

    def check(self, data_key: SealingKey, path: Path) -> None:
        """Raises `DamagedStoreFault` where one line of it was changed. The key is the one in its slots."""
        if self._sealed_digest(data_key) != _digest(self):
            raise DamagedStoreFault(path, "it was changed by someone who rebuilt its checksum")

    def check_same(self, data_key: SealingKey, path: Path) -> None:
        """The same with a key that was taken out of an earlier generation: raises `ResealedFault`, too, where this one
        is under another."""
        if self._sealed_digest(data_key) is None:
            raise ResealedFault(path)
        self.check(data_key, path)

    def _sealed_digest(self, data_key: SealingKey) -> bytes | None:
        """What the seal says of the other lines; None where this key does not open it."""
        try:
            return data_key.unseal(self.seal, self.header.bound_to("seal"))
        except NotOpened:
            return None

    def text(self) -> bytes:
        """The file's bytes."""
        return key_text.written({**dict(_entries(self)), "seal": self.seal})


def parsed(data: bytes, domain: str, rule: CostRule, path: Path) -> KeyFile:
    """What a file holds, checked as far as that goes without a password.

    Raises `DamagedStoreFault`, `NewerStoreFault` or `OtherDomainFault`.
    """
    entries = key_text.read(data, path)
    try:
        header = Header(int(entries["format"]), *(entries[name] for name in _HEADER))
        generation = int(entries["generation"])
        seal = entries["seal"]
    except (KeyError, ValueError):
        raise DamagedStoreFault(path, "its header is none") from None
    if header.domain != domain:
        raise OtherDomainFault(path, header.domain, domain)
    slots = {kind: slot for kind in SlotKind if (slot := slot_of(entries, kind, rule, path))}
    found = KeyFile(header, slots, _named(_FACT, entries), _named(_FIELD, entries), seal, generation)
    if found.text() != data:
        raise DamagedStoreFault(path, "it was changed by hand")
    return found


def _named(pattern: re.Pattern[str], entries: Mapping[str, str]) -> dict[str, str]:
    return {match[1]: value for name, value in entries.items() if (match := pattern.fullmatch(name))}


def _digest(file: KeyFile) -> bytes:
    return hashlib.sha256(key_text.written(dict(_entries(file)))).digest()


def _entries(file: KeyFile) -> Iterator[tuple[str, str]]:
    """Every line but the seal and the checksum."""
    header = file.header
    yield "format", str(header.format)
    yield from zip(_HEADER, (header.connector, header.domain, header.store_id, header.created), strict=True)
    yield "generation", str(file.generation)
    yield from ((f"fact.{name}", value) for name, value in sorted(file.facts.items()))
    for kind in SlotKind:
        if kind in file.slots:
            yield from file.slots[kind].entries()
    yield from ((f"field.{name}", value) for name, value in sorted(file.fields.items()))
