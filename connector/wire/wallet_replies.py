"""Answers of the wallet's host about a key and its account ("Wallet endpoints", as of 2026-11)."""

from dataclasses import dataclass

from connector.venue.key_permissions import KeyPermissions
from connector.wire.json_text import Row, flag, read, time_ms

#: A flag that is no permission.
_BINDING = "ipRestrict"
_END = "tradingAuthorityExpirationTime"
#: How the names of permissions begin, those of tomorrow too.
_PERMISSION = ("enable", "permits")
#: Those that a verdict hangs on have to be there.
_PROMISED = ("enableReading", "enableFutures", "enableWithdrawals")


@dataclass(frozen=True, slots=True)
class WalletAccount:
    """Which markets an account has."""

    has_futures: bool
    #: It trades futures by other paths, with other margin.
    is_portfolio_margin: bool


def key_permissions(body: bytes) -> KeyPermissions:
    """Every permission that is granted, known or not."""

    def meaning(row: Row) -> KeyPermissions:
        flags = {name: flag(value) for name, value in row.items() if name.startswith(_PERMISSION)}
        granted = frozenset(name for name in flags if flags[name])
        for name in _PROMISED:
            flags[name]
        ends_ms = None if row.get(_END) is None else time_ms(row, _END)
        return KeyPermissions(granted, frozenset(flags), flag(row[_BINDING]), time_ms(row, "createTime"), ends_ms)

    return read(body, "key permissions", meaning)


def wallet_account(body: bytes) -> WalletAccount:
    def meaning(row: Row) -> WalletAccount:
        return WalletAccount(flag(row["isFutureEnabled"]), flag(row.get("isPortfolioMarginRetailEnabled", False)))

    return read(body, "wallet account", meaning)
