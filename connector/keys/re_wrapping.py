"""New passwords and new data keys: of all domains together or of none.

A new password wraps the data keys that are there. A rotation makes new ones and seals every field anew. In both, what
the old password opens is gone from the folder when it is done, earlier generations included.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from connector.core.secrets import Secret
from connector.keys.key_file import KeyFile, parsed
from connector.keys.key_store import KeyStore
from connector.keys.recovery_codes import new_recovery_code
from connector.keys.sealing import SealingKey
from connector.keys.slots import Slot, SlotKind, Unlocking


@dataclass(frozen=True, slots=True)
class ReWrapped:
    """What was done; the codes are shown once."""

    domains: tuple[str, ...]
    #: New recovery codes by domain.
    recovery_codes: Mapping[str, str]


def change_password(store: KeyStore, old: Mapping[str, Unlocking], new: Secret) -> ReWrapped:
    """Every store opens by the new password alone. A recovery code that was used is replaced.

    `old` opens each domain. Raises `KeyStoreFault`; then nothing has changed.
    """
    way = Unlocking(SlotKind.PASSWORD, new)
    codes: dict[str, str] = {}

    def made(file: KeyFile, data_key: SealingKey) -> tuple[KeyFile, SealingKey]:
        ways = [way]
        if old[file.header.domain].kind is SlotKind.RECOVERY:
            ways.append(_new_recovery(codes, file.header.domain))
        return _with_slots(store, file, data_key, ways, file.slots), data_key

    return _rewritten(store, old, made, codes)


def rotate(store: KeyStore, old: Mapping[str, Unlocking]) -> ReWrapped:
    """New data keys and new recovery codes; the password stays, a word in the system's keyring goes.

    Raises `KeyStoreFault`; then nothing has changed.
    """
    codes: dict[str, str] = {}

    def made(file: KeyFile, data_key: SealingKey) -> tuple[KeyFile, SealingKey]:
        domain = file.header.domain
        following = SealingKey.random()
        bare = replace(file, fields={})
        for name in file.fields:
            bare = bare.with_field(following, name, file.unsealed(data_key, name, store.path_of(domain)) or "")
        return _with_slots(store, bare, following, [old[domain], _new_recovery(codes, domain)], {}), following

    return _rewritten(store, old, made, codes)


def _rewritten(
    store: KeyStore,
    old: Mapping[str, Unlocking],
    made: Callable[[KeyFile, SealingKey], tuple[KeyFile, SealingKey]],
    codes: dict[str, str],
) -> ReWrapped:
    files: dict[str, KeyFile] = {}
    with store.commit.locked():
        for domain, unlocking in old.items():
            path = store.path_of(domain)
            file = parsed(store.bytes_of(domain), domain, store.rule, path)
            data_key = file.opened(unlocking, path)
            changed, key = made(file, data_key)
            files[domain] = changed.sealed(key)
            data_key.wipe()
            key.wipe()
        store.commit.apply(store.generations(files, forgets=True))
    return ReWrapped(tuple(files), codes)


def _new_recovery(codes: dict[str, str], domain: str) -> Unlocking:
    codes[domain] = new_recovery_code()
    return Unlocking(SlotKind.RECOVERY, Secret(codes[domain]))


def _with_slots(
    store: KeyStore,
    file: KeyFile,
    data_key: SealingKey,
    ways: Sequence[Unlocking],
    kept: Mapping[SlotKind, Slot],
) -> KeyFile:
    slots = {way.kind: Slot.made(file.header, data_key, way, store.rule.usual) for way in ways}
    return replace(file, slots={**kept, **slots})
