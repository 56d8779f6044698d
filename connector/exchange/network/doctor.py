"""What a key and its account are good for, found out before a cent is at risk; nothing is changed at the exchange.

    hosts ──▶ clock ──▶ the key: its permissions, a signed read, whether it may trade ──▶ the account ──▶ the settings

A step that is refused ends those behind it that need it. Where no host of the domain knows a question, the finding says
so and nothing is refused for it.
"""

from dataclasses import dataclass, replace

from connector.core.clock import Clock
from connector.core.faults import ConnectorFault, Fault
from connector.core.figures import cut
from connector.core.findings import Concern, Finding, Verdict, worst
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.network.account_checks import Wanted, account_findings
from connector.exchange.network.host_checks import host_findings
from connector.net.clock_meter import SAMPLES
from connector.net.clock_sync import BIAS_MS
from connector.net.gateway import Gateway
from connector.net.http import Http
from connector.net.limits.throttle import Throttle
from connector.net.sign import Signer
from connector.venue.domains import DOMAINS, Domain
from connector.venue.endpoints import ACCOUNT_CONFIG, KEY_PERMISSIONS, TEST_ORDER, WALLET_ACCOUNT
from connector.venue.key_permissions import KeyPermissions, permission_findings
from connector.venue.refusal_causes import KEY_REFUSALS, causes_of
from connector.wire.wallet_replies import key_permissions, wallet_account

_WITHIN_S = 8.0
#: A clock that is further off is told: requests are dated by the exchange's, logs by this machine's.
_OFFSET_TOLD_MS = 1_000
_SLOW_MS = 500
#: Any will do: what is asked is whether the key may ask it.
_TEST_ORDER = {"symbol": "BTCUSDT"}
_NOT_FOUND = (403, 404)


@dataclass(frozen=True, slots=True)
class Examined:
    """All findings of one key at one domain, in the order in which they were made."""

    domain: Domain
    findings: tuple[Finding, ...]

    @property
    def refusal(self) -> Finding | None:
        """The first refusal; None where the key may be traded with."""
        return worst(self.findings)


async def examine(
    domain: Domain,
    signer: Signer | None,
    clock: Clock,
    wanted: Wanted | None = None,
    throttle: Throttle | None = None,
    *,
    tries_other_domains: bool = False,
) -> Examined:
    """Everything that can be asked of a domain; without a key, of its hosts and its clock. `tries_other_domains`: a key
    that is refused is tried at the others, since its user said so. Raises `UnavailableFault` for a domain that takes no
    key."""
    wanted = wanted or Wanted()
    http = Http(_WITHIN_S, through_proxy=not domain.is_local)
    gateway = Gateway(domain, http, throttle or Throttle(), clock)
    try:
        hosts = await host_findings(gateway, http, clock)
        if signer is None or any(row.verdict is Verdict.REFUSAL for row in hosts):
            return Examined(domain, hosts)
        gateway.sign_with(signer)
        found = (*hosts, *await _Examination(gateway, clock, wanted).findings())
    finally:
        await http.close()
    refusal = worst(found)
    if tries_other_domains and refusal is not None and refusal.check == "key":
        found = (*found, *[await _elsewhere(row, signer, clock) for row in DOMAINS.values() if _is_other(row, domain)])
    return Examined(domain, found)


def _is_other(row: Domain, domain: Domain) -> bool:
    return row.name != domain.name and not row.is_local


async def _elsewhere(row: Domain, signer: Signer, clock: Clock) -> Finding:
    """Whether a key that one domain refuses is one of another."""
    http = Http(_WITHIN_S)
    gateway = Gateway(row, http, Throttle(), clock)
    gateway.sign_with(signer)
    try:
        await gateway.measure_clock(1)
        await gateway.call(ACCOUNT_CONFIG)
    except ConnectorFault as fault:
        return Finding("key_elsewhere", Concern.KEY, Verdict.OK, cut(f"it is no key of {row.title} either: {fault}"))
    finally:
        await http.close()
    return Finding(
        "key_elsewhere",
        Concern.KEY,
        Verdict.WARNING,
        f"the key is one of {row.title}",
        remedy=f"use it with --domain {row.name}",
    )


class _Examination:
    """Of one key."""

    def __init__(self, gateway: Gateway, clock: Clock, wanted: Wanted) -> None:
        self._gateway = gateway
        self._clock = clock
        self._wanted = wanted
        self._wallet_answered = False

    async def findings(self) -> tuple[Finding, ...]:
        clock = await self._clock_finding()
        if clock.verdict is Verdict.REFUSAL:
            return (clock,)
        permissions = await self._permissions()
        key = await self._key()
        if key.verdict is Verdict.REFUSAL:
            # That what it may do was not told either says no more.
            told = (row for row in permissions if row.check != "permissions" or row.verdict is not Verdict.REFUSAL)
            return (clock, *told, key)
        found = (clock, *permissions, key)
        api = VenueApi(self._gateway)
        return (
            *found,
            await self._trading(),
            *await self._wallet(),
            *await account_findings(api, self._wanted, self.told),
        )

    def told(self, check: str, concern: Concern, what: str, fault: ConnectorFault) -> Finding:
        """A request that was refused, with its causes."""
        if not isinstance(fault, Fault):
            return Finding(check, concern, Verdict.REFUSAL, cut(f"{what}: {fault}"))
        causes, remedy = causes_of(fault.code, self._gateway.domain, fault.text, wallet_answered=self._wallet_answered)
        number = f" [{fault.code}]" if fault.code else f" [HTTP {fault.http_status}]" if fault.http_status else ""
        line = cut(f"{what}{number}: {fault.rule.meaning}")
        if fault.code in KEY_REFUSALS:
            concern = Concern.KEY
        elif not fault.was_answered:
            concern = Concern.NETWORK
        return Finding(check, concern, Verdict.REFUSAL, line, causes, remedy or fault.rule.remedy)

    async def _clock_finding(self) -> Finding:
        took_ms: list[int] = []
        try:
            for _ in range(SAMPLES):
                began_ms = self._clock.monotonic_ms()
                await self._gateway.measure_clock(1)
                took_ms.append(self._clock.monotonic_ms() - began_ms)
        except ConnectorFault as fault:
            return self.told("clock", Concern.NETWORK, "the exchange's clock can't be had", fault)
        offset_ms = self._gateway.venue_ms() + BIAS_MS - self._clock.now_ms()
        line = f"this machine's clock is {abs(offset_ms)} ms {'behind' if offset_ms > 0 else 'ahead'}"
        line = f"{line}, a round trip takes {min(took_ms)} ms"
        if abs(offset_ms) >= _OFFSET_TOLD_MS:
            remedy = "let the machine keep its time by NTP; requests are dated by the exchange's clock meanwhile"
            return Finding("clock", Concern.NETWORK, Verdict.WARNING, line, remedy=remedy)
        if min(took_ms) >= _SLOW_MS:
            remedy = "quotes that are late trade badly: move nearer"
            return Finding("clock", Concern.NETWORK, Verdict.WARNING, line, remedy=remedy)
        return Finding("clock", Concern.NETWORK, Verdict.OK, line)

    async def _permissions(self) -> tuple[Finding, ...]:
        domain = self._gateway.domain
        if not domain.wallet:
            return (
                _not_asked(
                    "permissions", f"what the key may do can't be asked here: no host of {domain.title} knows it"
                ),
            )
        try:
            permissions: KeyPermissions = key_permissions(await self._gateway.call(KEY_PERMISSIONS))
        except Fault as fault:
            if fault.http_status in _NOT_FOUND and not fault.code:
                return (_unknown_permissions(domain, fault.http_status),)
            told = self.told("permissions", Concern.KEY, "what the key may do was not told", fault)
            # Nothing trades over the wallet's host: that it is away keeps no bot from its positions.
            return (told if fault.was_answered else replace(told, verdict=Verdict.WARNING),)
        except ConnectorFault as fault:
            return (self.told("permissions", Concern.KEY, "what the key may do was not told", fault),)
        self._wallet_answered = True
        return permission_findings(
            permissions, self._gateway.venue_ms(), accepts_withdrawal=self._wanted.accepts_withdrawal
        )

    async def _key(self) -> Finding:
        try:
            await self._gateway.call(ACCOUNT_CONFIG)
        except ConnectorFault as fault:
            return self.told("key", Concern.KEY, "the key is not accepted", fault)
        return Finding("key", Concern.KEY, Verdict.OK, "the key is accepted, and may read")

    async def _trading(self) -> Finding:
        """Asked with an order that the exchange only looks at, and refuses for what it lacks: it says so after it has
        looked at the key."""
        try:
            await self._gateway.call(TEST_ORDER, _TEST_ORDER, by_rest=True)
        except Fault as fault:
            if fault.code in KEY_REFUSALS or not fault.was_answered:
                refused = self.told("trading", Concern.KEY, "the key may not trade", fault)
                if self._wallet_answered:
                    return refused
                return replace(refused, causes=_first("futures are not enabled on the key", refused.causes))
        except ConnectorFault as fault:
            return self.told("trading", Concern.KEY, "whether the key may trade was not told", fault)
        return Finding("trading", Concern.KEY, Verdict.OK, "orders of the key are looked at: it may trade")

    async def _wallet(self) -> tuple[Finding, ...]:
        """Whether the account has futures at all, apart from the key."""
        if not self._wallet_answered:
            return ()
        try:
            account = wallet_account(await self._gateway.call(WALLET_ACCOUNT))
        except ConnectorFault as fault:
            return (
                replace(
                    self.told("markets", Concern.ACCOUNT, "the account's markets were not told", fault),
                    verdict=Verdict.WARNING,
                ),
            )
        if not account.has_futures:
            line, remedy = "the account has no futures", "open the futures account at the exchange, then make a new key"
            return (Finding("markets", Concern.ACCOUNT, Verdict.REFUSAL, line, remedy=remedy),)
        if account.is_portfolio_margin:
            line = "the account is one of portfolio margin, which trades futures by other paths"
            return (
                Finding(
                    "markets", Concern.ACCOUNT, Verdict.REFUSAL, line, remedy="use an account without portfolio margin"
                ),
            )
        return (Finding("markets", Concern.ACCOUNT, Verdict.OK, "the account has futures, and no portfolio margin"),)


def _first(cause: str, causes: tuple[str, ...]) -> tuple[str, ...]:
    """The key was just taken for reading: what it lacks is likelier than what it is."""
    return (cause, *(other for other in causes if other != cause))


def _unknown_permissions(domain: Domain, http_status: int) -> Finding:
    """The host does not know the question. Live it does, on any other day."""
    line = f"what the key may do can't be asked here: HTTP {http_status}"
    if not domain.is_live:
        return _not_asked("permissions", line)
    line = f"{line}; whether it may withdraw or transfer is not known"
    remedy = "look at the key's permissions in the API management"
    return Finding("permissions", Concern.KEY, Verdict.WARNING, line, remedy=remedy)


def _not_asked(check: str, line: str) -> Finding:
    return Finding(check, Concern.KEY, Verdict.NOT_ASKED, line)
