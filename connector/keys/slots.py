"""Unlock slots: each wraps the data key of a file for one way to open it.

A slot's parameters are bound into what it wraps: a file whose costs or salt were changed opens no more.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from connector.core.secrets import Secret
from connector.keys.costs import SALT_BYTES, Cost, CostRule
from connector.keys.faults import DamagedStoreFault, WrongPasswordFault
from connector.keys.sealing import Header, NotOpened, SealingKey


class SlotKind(StrEnum):
    """By what a store is opened."""

    PASSWORD = "password"
    #: Shown once, when the store is made; serves for a new password, and is replaced by that.
    RECOVERY = "recovery"
    #: A random word that the operating system keeps.
    KEYRING = "keyring"


#: What a wrong one is called.
_CALLED = {
    SlotKind.PASSWORD: "password",
    SlotKind.RECOVERY: "recovery code",
    SlotKind.KEYRING: "word in the system's keyring",
}


@dataclass(frozen=True, slots=True)
class Unlocking:
    """One way to open a store, and what opens it."""

    kind: SlotKind
    word: Secret

    @classmethod
    def by_password(cls, text: str) -> "Unlocking":
        return cls(SlotKind.PASSWORD, Secret(text))


@dataclass(frozen=True, slots=True)
class Slot:
    """The data key as one way to open it has wrapped it."""

    kind: SlotKind
    cost: Cost
    salt: str
    wrapped: str

    @classmethod
    def made(cls, header: Header, data_key: SealingKey, unlocking: Unlocking, cost: Cost) -> "Slot":
        """Wraps the data key anew."""
        salt = os.urandom(SALT_BYTES)
        key = cost.key_of(unlocking.word, salt)
        wrapped = key.wrap(data_key, _bound_to(header, unlocking.kind, cost, salt.hex()))
        key.wipe()
        return cls(unlocking.kind, cost, salt.hex(), wrapped)

    def opened(self, header: Header, word: Secret, path: Path) -> SealingKey:
        """The data key. Raises `WrongPasswordFault`."""
        key = self.cost.key_of(word, bytes.fromhex(self.salt))
        try:
            return key.unwrap(self.wrapped, _bound_to(header, self.kind, self.cost, self.salt))
        except NotOpened:
            raise WrongPasswordFault(path, _CALLED[self.kind]) from None
        finally:
            key.wipe()

    def entries(self) -> Iterator[tuple[str, str]]:
        """Its lines in the file."""
        values = (self.cost.memory_kib, self.cost.iterations, self.cost.lanes, self.salt, self.wrapped)
        for name, value in zip(_NAMES, values, strict=True):
            yield f"slot.{self.kind}.{name}", str(value)


_NAMES = ("argon2id_memory_kib", "argon2id_iterations", "argon2id_lanes", "salt", "wrapped")


def slot_of(entries: Mapping[str, str], kind: SlotKind, rule: CostRule, path: Path) -> Slot | None:
    """The slot of that kind in a file's lines; None where it has none. Raises `DamagedStoreFault`."""
    lines = [entries.get(f"slot.{kind}.{name}") for name in _NAMES]
    if all(line is None for line in lines):
        return None
    try:
        memory, iterations, lanes = (int(line or "") for line in lines[:3])
        salt, wrapped = (line or "" for line in lines[3:])
        is_salt = len(bytes.fromhex(salt)) == SALT_BYTES
    except ValueError:
        raise DamagedStoreFault(path, f"its {kind} slot is none") from None
    cost = Cost(memory, iterations, lanes)
    if not is_salt or not rule.admits(cost):
        raise DamagedStoreFault(
            path, f"its {kind} slot asks for {memory} KiB, {iterations} passes, {lanes} lanes, outside the bounds"
        )
    return Slot(kind, cost, salt, wrapped)


def _bound_to(header: Header, kind: SlotKind, cost: Cost, salt: str) -> bytes:
    return header.bound_to("slot", kind, "argon2id", str(cost.memory_kib), str(cost.iterations), str(cost.lanes), salt)
