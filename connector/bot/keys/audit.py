"""`connector audit`: whether the log of what was done with keys is whole, and the end of one that is not."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from enum import StrEnum
from functools import partial

from connector.bot.command_output import Facts
from connector.bot.keys.factor_gate import passed_with_code
from connector.bot.keys.key_home import KeyHome
from connector.keys.audit import AuditMark, verified
from connector.keys.open_store import OpenStore


class AuditAct(StrEnum):
    """What can be done with it."""

    VERIFY = "verify"
    RENEW = "renew"


def verify_audit(keys: KeyHome, say: Callable[[str], None]) -> Facts:
    """Says from where to where the log is sealed, and where it is chained only, and returns that.

    Raises `ConfigFault` that names the first line that is not as it was written, `KeyStoreFault`.
    """
    sealed, why = _sealed(keys)
    lines = [*verified(keys.audit.path, sealed), *([why] if why else [])]
    for line in lines:
        say(line)
    return {"file": str(keys.audit.path), "is_whole": True, "is_compared": not why, "lines": lines}


def renew_audit(keys: KeyHome, say: Callable[[str], None]) -> Facts:
    """Puts the log aside and begins a new one, by the password itself, and a code where a second factor is on; returns
    both files.

    Raises `ConfigFault`, `KeyStoreFault`, `ApprovalFault`.
    """
    keys.asked()
    with ExitStack() as opened:
        stores = []
        for store in keys.opened_each(partial(OpenStore.at, keys.store), by_given=True):
            stores.append(opened.enter_context(closing(store)))
            passed_with_code(keys, store, "renew the audit log")
        aside = keys.audit.put_aside()
        if aside is not None:
            say(f"put aside: {aside}")
        mark = keys.audit.record("began anew", "", f"after {aside.name}" if aside else "")
        for store in stores:
            store.reseal_audit(mark)
    say(f"{keys.audit.path}: begins anew")
    return {"file": str(keys.audit.path), "put_aside": str(aside) if aside else None}


def _sealed(keys: KeyHome) -> tuple[dict[str, AuditMark], str]:
    """The marks by domain, and why there are none. Nothing is added to the log for this."""
    domains = keys.store.domains()
    if not domains:
        return {}, ""
    if keys.terminal is None and keys.sources.is_silent:
        return {}, "the counts in the key store were not compared: no password, and no terminal to ask at"
    return {store.domain: _mark(store) for store in keys.opened_each(partial(OpenStore.at, keys.store))}, ""


def _mark(store: OpenStore) -> AuditMark:
    try:
        return store.audit_mark()
    finally:
        store.close()
