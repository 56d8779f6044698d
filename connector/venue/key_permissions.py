"""What a key of a futures bot must be allowed, may be allowed, and must not be: a row a permission.

Source: "Get API Key Permission", as of 2026-11. Permissions that are not known here are told, since the list grows.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from connector.core.findings import Concern, Finding, Verdict

_DAY_MS: Final = 86_400_000
#: After so long the venue takes the permission to trade from a key that is bound to no address (unverified: users
#: met it, no page states it).
_UNBOUND_DAYS: Final = 90
#: An end that is nearer than this is told.
_SOON_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class KeyPermissions:
    """What one key is allowed, by the venue's own names."""

    granted: frozenset[str]
    #: All that the answer tells of, granted or not.
    told: frozenset[str]
    is_bound_to_addresses: bool
    created_ms: int
    #: When its permission to trade ends; None where the venue does not say.
    ends_ms: int | None = None


NEEDED: Final = {
    "enableReading": ("reading", "the key may not read", "enable reading on the key"),
    "enableFutures": (
        "futures",
        "the key may not trade futures",
        "enable futures on the key; a key that is older than the futures account has to be made anew",
    ),
}
FORBIDDEN: Final = {
    "enableWithdrawals": ("withdrawals", "the key may withdraw", "take the permission from the key"),
    "enableInternalTransfer": (
        "internal_transfer",
        "the key may send money to other users",
        "take the permission from the key",
    ),
    "permitsUniversalTransfer": (
        "universal_transfer",
        "the key may move money between wallets",
        "take the permission from the key",
    ),
}
#: What a futures bot has no use for.
_NOT_NEEDED: Final = {
    "enableMargin": "margin",
    "enableSpotAndMarginTrading": "spot and margin",
    "enableVanillaOptions": "options",
    "enableFixApiTrade": "FIX trading",
    "enableFixReadOnly": "FIX reading",
    "enablePortfolioMarginTrading": "portfolio margin",
}
_OVERRULE: Final = "or overrule it with --accept-withdraw-permission of connect or run"


def permission_findings(key: KeyPermissions, now_ms: int, *, accepts_withdrawal: bool = False) -> tuple[Finding, ...]:
    """Every permission's verdict; `accepts_withdrawal`: its user wants a key that can move money out."""
    return (
        *(_needed(key, name) for name in NEEDED),
        *(_forbidden(key, name, accepts_withdrawal=accepts_withdrawal) for name in FORBIDDEN),
        _binding(key, now_ms),
        *_ending(key, now_ms),
        *_surplus(key),
    )


def _needed(key: KeyPermissions, name: str) -> Finding:
    check, missing, remedy = NEEDED[name]
    if name in key.granted:
        return Finding(f"permission_{check}", Concern.KEY, Verdict.OK, f"the key may {_MAY[check]}")
    return Finding(f"permission_{check}", Concern.KEY, Verdict.REFUSAL, missing, remedy=remedy)


_MAY: Final = {"reading": "read", "futures": "trade futures"}


def _forbidden(key: KeyPermissions, name: str, *, accepts_withdrawal: bool) -> Finding:
    check, granted, remedy = FORBIDDEN[name]
    check = f"permission_{check}"
    if name not in key.told:
        line = f"whether {granted} was not told"
        return Finding(check, Concern.KEY, Verdict.WARNING, line, remedy="look at it in the API management")
    if name not in key.granted:
        return Finding(check, Concern.KEY, Verdict.OK, granted.replace("may ", "may not "))
    if accepts_withdrawal:
        line = f"{granted}, which was accepted: whoever steals it can take the money"
        return Finding(check, Concern.KEY, Verdict.WARNING, line, remedy=remedy)
    line = f"{granted}: whoever steals it can take the money"
    return Finding(check, Concern.KEY, Verdict.REFUSAL, line, remedy=f"{remedy}, {_OVERRULE}")


def _binding(key: KeyPermissions, now_ms: int) -> Finding:
    age = max(0, now_ms - key.created_ms) // _DAY_MS
    made = f"made {_day(key.created_ms)}, {age} days ago" if key.created_ms else "of unknown age"
    if key.is_bound_to_addresses:
        return Finding(
            "address_restriction", Concern.KEY, Verdict.OK, f"the key works from its addresses alone ({made})"
        )
    ends = f": about {_day(key.created_ms + _UNBOUND_DAYS * _DAY_MS)}" if key.created_ms else ""
    return Finding(
        "address_restriction",
        Concern.KEY,
        Verdict.WARNING,
        f"the key works from any address ({made}); the exchange takes the permission to trade from such keys after "
        f"about {_UNBOUND_DAYS} days{ends}",
        remedy="bind it to this machine's address in the API management",
    )


def _ending(key: KeyPermissions, now_ms: int) -> tuple[Finding, ...]:
    if key.ends_ms is None:
        return ()
    left = (key.ends_ms - now_ms) // _DAY_MS
    if left < 0:
        line = f"the key's permission to trade ended on {_day(key.ends_ms)}"
        return (Finding("key_end", Concern.KEY, Verdict.REFUSAL, line, remedy="renew it in the API management"),)
    verdict = Verdict.WARNING if left < _SOON_DAYS else Verdict.OK
    line = f"the key's permission to trade ends on {_day(key.ends_ms)}, in {left} days"
    return (Finding("key_end", Concern.KEY, verdict, line, remedy="" if verdict is Verdict.OK else "renew it"),)


def _surplus(key: KeyPermissions) -> tuple[Finding, ...]:
    spare = sorted(key.granted & _NOT_NEEDED.keys())
    unknown = sorted(key.granted - NEEDED.keys() - FORBIDDEN.keys() - _NOT_NEEDED.keys())
    if not spare and not unknown:
        return ()
    named = ", ".join((*(_NOT_NEEDED[name] for name in spare), *unknown))
    line = f"the key may do more than is needed: {named}"
    return (Finding("surplus_permissions", Concern.KEY, Verdict.WARNING, line, remedy="take away what is not needed"),)


def _day(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).strftime("%Y-%m-%d")
