"""The one way from the key store into a run: unlocked, checked, and handed on as what signs."""

import logging
from collections.abc import Callable

from connector.bot.commands.factor_gate import passed_at_unlock
from connector.bot.commands.key_check import Preflight, found, signer_of
from connector.bot.commands.key_home import KeyHome
from connector.bot.session.venues import KeyedVenue
from connector.core.faults import KeyStoreFault, NoKeyFault
from connector.keys.open_store import OpenStore
from connector.net.lookups import run_to_end
from connector.venue.domains import Domain

_LOG = logging.getLogger(__name__)


def key_at_start(
    keys: KeyHome,
    domain: Domain,
    preflight: Preflight,
    say: Callable[[str], None] = lambda line: None,
    leverage: int | None = None,
) -> KeyedVenue:
    """Unlocks the domain's key, and has it checked before anything is sent with it; what is found is said. `leverage`
    is what the run means to use.

    Raises `NoKeyFault` where there is none or it is found bad, `ApprovalFault` where a second factor stands in the way,
    `KeyStoreFault`, `ConnectorFault`.
    """
    store = keys.opened(domain.name)
    try:
        permit = passed_at_unlock(keys, store, leverage)
        credentials = store.credentials()
        findings = run_to_end(found(preflight, domain, credentials))
        if findings.refusals:
            keys.record("refused", domain.name, "by the preflight", store)
            raise NoKeyFault(f"{domain.name}: {'; '.join(findings.refusals)}")
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


def _mark_checked(store: OpenStore) -> None:
    """When it was checked is told by `connector keys`; a disk that does not take that keeps no bot from its work."""
    try:
        store.mark_checked()
    except KeyStoreFault as fault:
        _LOG.warning("the date of this check is not kept: %s", fault)
