"""What an account's futures wallet is worth in USDT, all figures by one measure: each asset at its index price.

    equity = wallet + unrealised

`available` is what may be ordered with: of each asset by itself, of all together in multi-assets mode.
"""

from typing import NamedTuple

from connector.simulator.accounts.accounts import Account
from connector.simulator.engine import Engine
from connector.simulator.payloads.account_snapshot import AccountSnapshot
from connector.simulator.payloads.wallet_payloads import results_e8, value_e8

USDT = "USDT"


class Worth(NamedTuple):
    """In 1e-8 USDT."""

    wallet_e8: int
    unrealised_e8: int

    @property
    def equity_e8(self) -> int:
        return self.wallet_e8 + self.unrealised_e8


def worth_of(engine: Engine, account: Account) -> Worth:
    """The wallets of all assets, and what positions would bring at the mark."""
    results = results_e8(engine, account)
    return Worth(value_e8(engine.collateral, account.wallets, USDT), value_e8(engine.collateral, results, USDT))


def available_e8(engine: Engine, account: Account) -> int:
    """What may be ordered with, in 1e-8 USDT."""
    snapshot = AccountSnapshot(account, engine)
    if account.multi_assets:
        return snapshot.available_e8(USDT)
    free = {asset: snapshot.available_e8(asset) for asset in account.wallets}
    return value_e8(engine.collateral, free, USDT)
