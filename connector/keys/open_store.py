"""A domain's store while it is open: what is sealed in it comes out here, and goes in."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from connector.core.faults import NoKeyFault
from connector.core.secrets import Secret
from connector.keys.audit import AuditMark
from connector.keys.credentials import Credentials, KeyKind
from connector.keys.key_file import KeyFile
from connector.keys.key_store import KeyStore, no_key
from connector.keys.recovery_codes import new_recovery_code
from connector.keys.sealing import SealingKey
from connector.keys.slots import Slot, SlotKind, Unlocking
from connector.venue.domains import CONNECTOR

_KEY: Final = "api_key"
_SECRET: Final = "api_secret"
_TERMS: Final = "terms"
_AUDIT: Final = "audit"


class OpenStore:
    """Closed by `close`, which wipes the data key."""

    def __init__(self, store: KeyStore, domain: str, file: KeyFile, data_key: SealingKey) -> None:
        self.store = store
        self.domain = domain
        self._file = file
        self._data_key = data_key

    @classmethod
    def at(cls, store: KeyStore, domain: str, unlocking: Unlocking) -> "OpenStore":
        """Opens a domain's store. Raises `NoKeyFault`, `KeyStoreFault`."""
        return cls(store, domain, *store.opened(domain, unlocking))

    @property
    def file(self) -> KeyFile:
        """The file as it was last read or written."""
        return self._file

    def credentials(self) -> Credentials:
        """The domain's key. Raises `NoKeyFault`, `KeyStoreFault`."""
        key, secret, terms = (self.field(name) for name in (_KEY, _SECRET, _TERMS))
        if key is None or secret is None or terms is None:
            raise no_key(self.domain)
        said = json.loads(terms)
        return Credentials(
            self.domain, KeyKind(said["kind"]), Secret(key), Secret(secret), bool(said["accepts_withdraw"])
        )

    def field(self, name: str) -> str | None:
        """The text of a sealed field; None where there is none. Raises `KeyStoreFault`."""
        return self._file.unsealed(self._data_key, name, self.store.path_of(self.domain))

    def put_fields(self, **texts: str | None) -> None:
        """Seals texts into fields, or removes fields (None), in one write. Raises `KeyStoreFault`."""
        self._change(lambda file: _with_fields(file, self._data_key, texts))

    def rewrite(self, made: Callable[[Callable[[str], str | None]], Mapping[str, str | None]], **facts: str) -> None:
        """Seals what follows from the fields as they are by then, and takes in facts, in one write: no other process
        writes between the reading and the writing. `made` gets a reader of fields, and gives what to seal (None:
        remove). What it raises changes nothing.

        Raises `KeyStoreFault`.
        """
        path = self.store.path_of(self.domain)

        def rewritten(file: KeyFile) -> KeyFile:
            texts = made(lambda name: file.unsealed(self._data_key, name, path))
            return replace(_with_fields(file, self._data_key, texts), facts=_told({**file.facts, **facts}))

        self._change(rewritten)

    def put_key(self, credentials: Credentials, checked: str = "") -> None:
        """The domain's key from now on, in place of an earlier one. Raises `KeyStoreFault`."""
        self._change(lambda file: _with_key(file, self._data_key, credentials, self.store.stamp(), checked))

    def accept_withdraw(self) -> None:
        """A key that can move money out is used nevertheless from now on. Raises `NoKeyFault`, `KeyStoreFault`."""
        kind = self.credentials().kind
        self.put_fields(**{_TERMS: _terms(kind, accepts_withdraw=True)})

    def mark_checked(self) -> None:
        """The preflight has passed just now. Raises `KeyStoreFault`."""
        self.put_facts(checked=self.store.stamp())

    def put_facts(self, **facts: str) -> None:
        """What is told without a password; an empty word takes a fact away. Raises `KeyStoreFault`."""
        self._change(lambda file: replace(file, facts=_told({**file.facts, **facts})))

    def seal_audit(self, mark: AuditMark) -> None:
        """The audit log went at least so far; where it was seen further by another process, that stands. Raises
        `KeyStoreFault`."""
        self.rewrite(lambda field: {_AUDIT: max(mark, AuditMark.of(field(_AUDIT)), key=lambda each: each.lines).text()})

    def reseal_audit(self, mark: AuditMark) -> None:
        """The audit log is taken as it is, whatever it was before. Raises `KeyStoreFault`."""
        self.put_fields(**{_AUDIT: mark.text()})

    def audit_mark(self) -> AuditMark:
        """How far the audit log went when this store saw it last. Raises `KeyStoreFault`."""
        return AuditMark.of(self.field(_AUDIT))

    def reread(self) -> None:
        """Takes in what another process wrote meanwhile. Raises `KeyStoreFault`, `NoKeyFault`."""
        file = self.store.read(self.domain)
        file.check_same(self._data_key, self.store.path_of(self.domain))
        self._file = file

    def add_slot(self, unlocking: Unlocking) -> None:
        """One more way to open it, or another word for it. Raises `KeyStoreFault`."""
        slot = Slot.made(self._file.header, self._data_key, unlocking, self.store.rule.usual)
        self._change(lambda file: replace(file, slots={**file.slots, slot.kind: slot}))

    def put_slot(self, kind: SlotKind, slot: Slot | None) -> None:
        """A slot as it was before; None: one way less to open it. Raises `KeyStoreFault`."""

        def made(file: KeyFile) -> KeyFile:
            others = {each: kept for each, kept in file.slots.items() if each is not kind}
            return replace(file, slots=others if slot is None else {**others, kind: slot})

        self._change(made)

    def close(self) -> None:
        self._data_key.wipe()

    def _change(self, made: Callable[[KeyFile], KeyFile]) -> None:
        self._file = self.store.change(self.domain, self._data_key, made)


def created(store: KeyStore, credentials: Credentials, password: Secret, checked: str = "") -> tuple[OpenStore, str]:
    """A new file for a domain that has none, and its recovery code. Raises `KeyStoreFault`."""
    domain = credentials.domain
    data_key = SealingKey.random()
    code = new_recovery_code()
    bare = KeyFile.new(CONNECTOR, domain, store.stamp())
    ways = (Unlocking(SlotKind.PASSWORD, password), Unlocking(SlotKind.RECOVERY, Secret(code)))
    slots = {way.kind: Slot.made(bare.header, data_key, way, store.rule.usual) for way in ways}
    file = _with_key(replace(bare, slots=slots), data_key, credentials, store.stamp(), checked).sealed(data_key)
    with store.commit.locked():
        if store.path_of(domain).exists():
            raise NoKeyFault(f"{store.path_of(domain)}: another connector made it meanwhile; nothing was stored")
        store.commit.apply(store.generations({domain: file}))
    return OpenStore(store, domain, file, data_key), code


def _with_key(file: KeyFile, data_key: SealingKey, key: Credentials, added: str, checked: str) -> KeyFile:
    terms = _terms(key.kind, accepts_withdraw=key.accepts_withdraw)
    texts = {_KEY: key.api_key.reveal(), _SECRET: key.api_secret.reveal(), _TERMS: terms}
    told = {"kind": str(key.kind), "fingerprint": key.fingerprint, "added": added}
    return replace(_with_fields(file, data_key, texts), facts=_told({**file.facts, **told, "checked": checked}))


def _terms(kind: KeyKind, *, accepts_withdraw: bool) -> str:
    return json.dumps({"kind": kind, "accepts_withdraw": accepts_withdraw})


def _told(facts: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in facts.items() if value}


def _with_fields(file: KeyFile, data_key: SealingKey, texts: Mapping[str, str | None]) -> KeyFile:
    for name, text in texts.items():
        if text is None:
            file = replace(file, fields={each: sealed for each, sealed in file.fields.items() if each != name})
        else:
            file = file.with_field(data_key, name, text)
    return file
