"""What is found out about a key before it is stored or used."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from connector.bot.quoting.strategy_modules import made
from connector.bot.session.instance_journal import Keeping, own_orders
from connector.core.faults import ConfigFault, UnavailableFault
from connector.core.findings import Concern, Finding, Verdict
from connector.exchange.network.account_checks import Wanted
from connector.exchange.network.doctor import examine
from connector.keys.credentials import Credentials, KeyKind
from connector.net.sign import HmacSigner, KeyPairSigner, Signer
from connector.net.system_clock import SystemClock
from connector.strategies.start_check import largest_side
from connector.strategies.strategy import RunSettings
from connector.venue.domains import Domain
from connector.venue.key_permissions import FORBIDDEN


@dataclass(frozen=True, slots=True)
class Findings:
    """What a preflight has found."""

    #: Of interest to the user.
    lines: tuple[str, ...] = ()
    #: Why the key should not be used; empty when it may.
    refusals: tuple[str, ...] = ()


#: Refusals of these keep money from being taken out: they are about no order.
_ABOUT_WITHDRAWAL: Final = frozenset(f"permission_{check}" for check, *_ in FORBIDDEN.values())
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


def wanted_by(settings: RunSettings, keeping: Keeping, domain: Domain, signer: Signer) -> Wanted:
    """What a run of these settings, which keeps its orders there, asks of the key and its account."""

    strategy = made(settings)

    def notional_at(price: Decimal, held: Collection[Decimal]) -> Decimal:
        return largest_side(tuple(strategy.first_quotes(price)), held, price)

    return Wanted(
        settings.market,
        settings.leverage,
        settings.position_mode,
        notional_at,
        is_own=own_orders(keeping, domain, signer),
    )


def wanted_by_each(settings: Sequence[RunSettings], keeping: Keeping, domain: Domain, signer: Signer) -> Wanted:
    """The same of several strategies that one run has."""
    first, *others = (wanted_by(one, keeping, domain, signer) for one in settings)
    return replace(first, beside=tuple(others))


async def check_key(
    domain: Domain,
    credentials: Credentials,
    wanted: Callable[[Signer], Wanted] = lambda signer: Wanted(),
    *,
    tells_withdrawal_alone: bool = False,
) -> Findings:
    """What the exchange says of the key and its account. `wanted` is what a run is going to ask of them;
    `tells_withdrawal_alone`: that the key can move money out is a warning, accepted or not.

    Raises `UnavailableFault` where it does not answer, or where the account itself can't trade, `ConfigFault` where it
    does not allow what the settings want.
    """
    signer = signer_of(credentials)
    wants = replace(wanted(signer), accepts_withdrawal=credentials.accepts_withdraw)
    findings = (await examine(domain, signer, SystemClock(), wants)).findings
    if tells_withdrawal_alone:
        findings = tuple(_as_warning(row) if row.check in _ABOUT_WITHDRAWAL else row for row in findings)
    refusals = [row for row in findings if row.verdict is Verdict.REFUSAL]
    for row in refusals:
        if row.concern is Concern.SETTINGS:
            raise ConfigFault("settings", domain.name, line_of(row))
        if row.concern is not Concern.KEY:
            raise UnavailableFault(line_of(row))
    warnings = (f"warning: {line_of(row)}" for row in findings if row.verdict is Verdict.WARNING)
    taken = () if refusals else (f"{domain.name} takes the key",)
    return Findings((*taken, *warnings), tuple(map(line_of, refusals)))


def _as_warning(finding: Finding) -> Finding:
    return replace(finding, verdict=Verdict.WARNING) if finding.verdict is Verdict.REFUSAL else finding


def line_of(finding: Finding) -> str:
    """A finding in one line: what it is, why, and what mends it."""
    return "; ".join((finding.line, *details(finding)))


def details(finding: Finding) -> list[str]:
    """Its causes, the likeliest first, and what mends it."""
    causes = [f"{'or' if number else 'likely'}: {cause}" for number, cause in enumerate(finding.causes)]
    return [*causes, *([f"do: {finding.remedy}"] if finding.remedy else [])]
