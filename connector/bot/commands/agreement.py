"""`connector agreement sign`: the venue's agreement about contracts on traditional finance, signed by a person.

Until an account has signed it, the venue refuses orders of such contracts that open (-4411). It is signed once for the
account, by whoever is asked at a terminal: no program and no script signs it for them.
"""

from collections.abc import Callable
from enum import StrEnum

from connector.core.clock import Clock
from connector.exchange.account.venue_api import VenueApi
from connector.net.gateway import Gateway
from connector.net.http import Http
from connector.net.limits.throttle import Throttle
from connector.net.sign import Signer, key_fingerprint
from connector.venue.domains import Domain, host_of

_MOST_NAMED = 10
_WORD = "sign"


class AgreementAct(StrEnum):
    """What can be done about it."""

    SIGN = "sign"


async def sign_agreement(
    domain: Domain, signer: Signer, clock: Clock, say: Callable[[str], None], ask: Callable[[str], str]
) -> bool:
    """Says what is signed, and for whom, asks, and signs it; whether it was signed. Raises `ConnectorFault`."""
    http = Http(through_proxy=not domain.is_local)
    gateway = Gateway(domain, http, Throttle(), clock)
    gateway.sign_with(signer)
    api = VenueApi(gateway)
    try:
        await gateway.measure_clock()
        symbols = (await api.instruments()).on_traditional_finance
        for line in _what_is_signed(domain, signer, symbols):
            say(line)
        if ask(f"Type {_WORD} to sign it, anything else to leave it: ").strip() != _WORD:
            say("nothing was signed")
            return False
        await api.sign_agreement()
        say("signed: orders of these contracts are taken from now on; a run that waits for it goes on within a minute")
        return True
    finally:
        await http.close()


def _what_is_signed(domain: Domain, signer: Signer, symbols: tuple[str, ...]) -> tuple[str, ...]:
    more = f" and {len(symbols) - _MOST_NAMED} more" if len(symbols) > _MOST_NAMED else ""
    listed = f"{', '.join(symbols[:_MOST_NAMED])}{more}" if symbols else "none is listed now"
    return (
        "What: the exchange's agreement about perpetual contracts on traditional finance (TradFi-Perps): shares,",
        "      indices, commodities. Its text is the exchange's own: read it there before you sign.",
        f"Contracts that ask for it: {listed}",
        f"Account: that of the key with the fingerprint {key_fingerprint(signer)}, for good; this can't be undone here",
        f"Domain: {domain.name} ({domain.title}), {host_of(domain.rest)}",
    )
