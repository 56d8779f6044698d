"""What is found out about a key before it is stored or used."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from connector.core.faults import UnavailableFault
from connector.core.findings import Concern, Finding, Verdict
from connector.exchange.network.account_checks import Wanted
from connector.exchange.network.doctor import examine
from connector.keys.credentials import Credentials, KeyKind
from connector.net.sign import HmacSigner, KeyPairSigner, Signer
from connector.net.system_clock import SystemClock
from connector.venue.domains import Domain


@dataclass(frozen=True, slots=True)
class Findings:
    """What a preflight has found."""

    #: Of interest to the user.
    lines: tuple[str, ...] = ()
    #: Why the key should not be used; empty when it may.
    refusals: tuple[str, ...] = ()


#: Asks the exchange what a key can do. Raises `ConnectorFault` where it can't be asked.
Preflight = Callable[[Domain, Credentials], Awaitable[Findings]]


async def found(preflight: Preflight, domain: Domain, credentials: Credentials) -> Findings:
    """What it finds, as a coroutine of its own. Raises `ConnectorFault`."""
    return await preflight(domain, credentials)


def signer_of(credentials: Credentials) -> Signer:
    """What signs with that key. Raises `ConfigFault` for a private key that is none."""
    if credentials.kind is KeyKind.HMAC:
        return HmacSigner(credentials.api_key, credentials.api_secret)
    return KeyPairSigner(credentials.api_key, credentials.api_secret)


async def check_key(domain: Domain, credentials: Credentials) -> Findings:
    """What the exchange says of the key and its account. Raises `UnavailableFault` where it does not answer, or where
    the account itself can't trade."""
    wanted = Wanted(accepts_withdrawal=credentials.accepts_withdraw)
    examined = await examine(domain, signer_of(credentials), SystemClock(), wanted)
    refusals = [row for row in examined.findings if row.verdict is Verdict.REFUSAL]
    for row in refusals:
        if row.concern is not Concern.KEY:
            raise UnavailableFault(line_of(row))
    warnings = (f"warning: {line_of(row)}" for row in examined.findings if row.verdict is Verdict.WARNING)
    taken = () if refusals else (f"{domain.name} takes the key",)
    return Findings((*taken, *warnings), tuple(map(line_of, refusals)))


def line_of(finding: Finding) -> str:
    """A finding in one line: what it is, why, and what mends it."""
    return "; ".join((finding.line, *details(finding)))


def details(finding: Finding) -> list[str]:
    """Its causes, the likeliest first, and what mends it."""
    causes = [f"{'or' if number else 'likely'}: {cause}" for number, cause in enumerate(finding.causes)]
    return [*causes, *([f"do: {finding.remedy}"] if finding.remedy else [])]
