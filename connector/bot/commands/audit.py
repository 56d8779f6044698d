"""`connector audit verify`: whether the log of what was done with keys is whole."""

from collections.abc import Callable
from enum import StrEnum

from connector.bot.commands.key_home import KeyHome
from connector.keys.audit import AuditMark, verified
from connector.keys.open_store import OpenStore


class AuditAct(StrEnum):
    """What can be done with it."""

    VERIFY = "verify"


def verify_audit(keys: KeyHome, say: Callable[[str], None]) -> None:
    """Says from where to where the log is sealed, and where it is chained only.

    Raises `ConfigFault` that names the first line that is not as it was written, `KeyStoreFault`.
    """
    sealed, why = _sealed(keys)
    for line in verified(keys.audit.path, sealed):
        say(line)
    if why:
        say(why)


def _sealed(keys: KeyHome) -> tuple[dict[str, AuditMark], str]:
    """The marks by domain, and why there are none. Nothing is added to the log for this."""
    domains = keys.store.domains()
    if not domains:
        return {}, ""
    if keys.terminal is None and keys.sources.is_silent:
        return {}, "the counts in the key store were not compared: no password, and no terminal to ask at"
    marks = {}
    unlocking = keys.unlocking(domains[0])
    for domain in domains:
        store = OpenStore.at(keys.store, domain, unlocking)
        marks[domain] = store.audit_mark()
        store.close()
    return marks, ""
