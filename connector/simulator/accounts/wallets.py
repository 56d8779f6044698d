"""Money of an account outside its futures wallet: its spot and its funding wallet, and the ways between the three.

Each account has wallets of its own, those of one owner too: an owner's money goes from account to account by other
paths of the venue, which this exchange lacks.

Source: "User universal transfer" (2026-10). Of its directions the six between these three wallets are kept.
"""

from connector.simulator.accounts.accounts import Account

FUTURES, SPOT, FUNDING = "UMFUTURE", "MAIN", "FUNDING"
#: From where to where, by the venue's word for it.
WAYS: dict[str, tuple[str, str]] = {
    f"{source}_{target}": (source, target)
    for source in (SPOT, FUTURES, FUNDING)
    for target in (SPOT, FUTURES, FUNDING)
    if source != target
}


def wallet_of(account: Account, wallet: str) -> dict[str, int]:
    """What lies in a wallet, 1e-8 by asset."""
    return {FUTURES: account.wallets, SPOT: account.spot, FUNDING: account.funding}[wallet]


def put(account: Account, wallet: str, asset: str, amount_e8: int) -> None:
    """Puts money into the spot or the funding wallet, or takes it out when negative."""
    held = wallet_of(account, wallet)
    held[asset] = held.get(asset, 0) + amount_e8
