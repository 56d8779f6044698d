"""The one way from the key store into a run: unlocked, checked, and handed on as what signs."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from connector.bot.keys.factor_gate import passed_at_unlock
from connector.bot.keys.key_check import Preflight, found, signer_of
from connector.bot.keys.key_home import KeyHome
from connector.bot.keys.prompts import Abandoned
from connector.bot.session.venues import KeyedVenue
from connector.core.faults import KeyStoreFault, NoKeyFault
from connector.keys.open_store import OpenStore
from connector.net.lookups import run_to_end
from connector.venue.domains import Domain

_LOG = logging.getLogger(__name__)
_ACCEPT: Final = "accept that the key can move money out"


def key_at_start(
    keys: KeyHome,
    domain: Domain,
    preflight: Preflight,
    say: Callable[[str], None] = lambda line: None,
    leverage: int | None = None,
    *,
    accepts_withdraw: bool = False,
) -> KeyedVenue:
    """Unlocks the domain's key, and has it checked before anything is sent with it; what is found is said. `leverage`
    is what the run means to use; `accepts_withdraw`: a key that can move money out is accepted from now on, by a
    password that is given and a code.

    Raises `NoKeyFault` where there is none or it is found bad, `ApprovalFault` where a second factor stands in the way,
    `KeyStoreFault`, `ConnectorFault`.
    """
    store, is_accepted_now = _opened(keys, domain.name, accepts_withdraw=accepts_withdraw)
    try:
        permit = passed_at_unlock(keys, store, leverage, _ACCEPT if is_accepted_now else "")
        credentials = store.credentials()
        if is_accepted_now:
            credentials = replace(credentials, accepts_withdraw=True)
        findings = run_to_end(found(preflight, domain, credentials))
        if findings.refusals:
            keys.record("refused", domain.name, "by the preflight", store)
            raise NoKeyFault(f"{domain.name}: {'; '.join(findings.refusals)}")
        if is_accepted_now:
            store.accept_withdraw()
            keys.record("accepted withdrawals", domain.name, credentials.fingerprint, store)
        for line in findings.lines:
            say(line)
        _mark_checked(store)
        keys.record("took the key", domain.name, credentials.fingerprint, store)
        signer = signer_of(credentials)
    except BaseException:
        store.close()
        raise

    def at_stop() -> None:
        keys.record("let go of the key", domain.name, credentials.fingerprint, store)
        store.close()

    return KeyedVenue(domain, signer, at_stop, permit)


def _opened(keys: KeyHome, domain: str, *, accepts_withdraw: bool) -> tuple[OpenStore, bool]:
    """The store, and whether withdrawals are accepted just now: the password is given then, and not merely found."""
    unlocker = keys.unlocker()
    try:
        store = unlocker.opened(domain)
        try:
            is_new = accepts_withdraw and not store.credentials().accepts_withdraw
            if is_new:
                unlocker.given(domain)
        except BaseException:
            store.close()
            raise
    except Abandoned:
        raise KeyStoreFault("no password was given; the key store stays closed") from None
    return store, is_new


def _mark_checked(store: OpenStore) -> None:
    """When it was checked is told by `connector keys`; a disk that does not take that keeps no bot from its work."""
    try:
        store.mark_checked()
    except KeyStoreFault as fault:
        _LOG.warning("the date of this check is not kept: %s", fault)
